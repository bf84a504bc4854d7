#!/usr/bin/env python3
"""Every command of the project; the first call builds what it needs."""

import os
import sys

from config import bootstrap


def main():
    bootstrap.ensure(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

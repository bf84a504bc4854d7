"""`manage.py test`: the whole suite with pytest; further arguments go to pytest."""

import os
import sys

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the test suite with pytest; every further argument is pytest's."
    requires_system_checks = []

    def run_from_argv(self, argv):
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *argv[2:]])

"""`manage.py load_demo`: three committees with invented people and everything that they did in the past months."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import load
from config.refusals import Refusal


class Command(BaseCommand):
    help = "Load the demo data, once; refuses in production."

    def handle(self, *, verbosity, **options):
        if settings.PRODUCTION:
            raise CommandError("演示数据不能载入正式环境。")
        fresh = not load.is_loaded()
        if fresh:
            call_command("load_reference", verbosity=0)
            self._load()
        if verbosity:
            self.stdout.write("演示数据已载入。" if fresh else "演示数据已经在库中，没有改动。")

    def _load(self):
        try:
            load.load(timezone.now())
        except Refusal as refusal:
            raise CommandError(f"演示数据没有载入：{refusal}") from refusal

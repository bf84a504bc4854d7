"""`manage.py load_demo`: three committees with invented people and everything that they did in the past months."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import load


class Command(BaseCommand):
    help = "Load the demo data, once; refuses in production."

    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError("演示数据不能载入正式环境。")
        if load.is_loaded():
            self.stdout.write("演示数据已经在库中，没有改动。")
            return
        load.load(timezone.now())
        self.stdout.write("演示数据已载入。")

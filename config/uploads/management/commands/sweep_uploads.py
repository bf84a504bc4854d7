from django.core.management.base import BaseCommand
from django.utils import timezone

from config.uploads import store


class Command(BaseCommand):
    help = "Remove files older than a day that belong to nothing; a process that died may have left them."

    def handle(self, **options):
        self.stdout.write(f"{store.sweep(timezone.now())} files removed")

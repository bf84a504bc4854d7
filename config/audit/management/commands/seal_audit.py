from django.core.management.base import BaseCommand
from django.utils import timezone

from config.audit import sealing


class Command(BaseCommand):
    help = "Seal the audit entries that are older than two minutes; the worker does it every minute."

    def handle(self, **options):
        sealed = sealing.seal(timezone.now())
        self.stdout.write(f"{sealed} entries sealed; head: {sealing.head() or 'none'}")

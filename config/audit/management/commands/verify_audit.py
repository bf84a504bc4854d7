from django.core.management.base import BaseCommand, CommandError

from config.audit import sealing


class Command(BaseCommand):
    help = "Prove that nobody touched the audit trail, or name every row that is not as it was written."

    def add_arguments(self, parser):
        parser.add_argument("--head", default="", help='a head noted earlier outside this machine ("42:9f3c…")')

    def handle(self, *, head, **options):
        findings = sealing.verify(head)
        for finding in findings:
            self.stderr.write(f"{finding.where}: {finding.what}")
        if findings:
            raise CommandError(f"The audit trail is damaged in {len(findings)} places.")
        self.stdout.write(f"The audit trail is whole; head: {sealing.head() or 'none'}")

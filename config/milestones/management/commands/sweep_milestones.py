from django.core.management.base import BaseCommand, CommandError

from config.milestones import clock, heartbeat


class Command(BaseCommand):
    help = "Settle the milestones that are due, as the worker does twice a minute; safe to run at any time."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=1000, help="milestones in one transaction")
        parser.add_argument(
            "--trust-clock", action="store_true", help="the clock was wrong and has been set right: sweep again"
        )

    def handle(self, *, limit, trust_clock, **options):
        if trust_clock:
            heartbeat.trust_clock()
        report = clock.sweep(limit=limit)
        if report.refused:
            raise CommandError(report.refused)
        self.stdout.write(
            f"已办 {report.done}，未提醒 {report.skipped}，待重试 {report.failed}，多次失败 {report.dead}；"
            f"通知 {report.notices} 条，用时 {report.seconds} 秒"
        )

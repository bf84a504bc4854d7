"""`manage.py import_regions FILE [--dry-run]`: load administrative divisions (docs/how-to/load-regions.md)."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.refusals import Refusal
from members.region_import import import_regions

WIDTH = 30


class Command(BaseCommand):
    help = "Load divisions from a .csv or .csv.xz file with the columns code, name, level, parent: all rows or none."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check and count, store nothing")

    def handle(self, *, file, dry_run, verbosity, **options):
        progress = _Bar(self.stderr) if verbosity else lambda *step: None
        try:
            report = import_regions(file, at=timezone.now(), dry_run=dry_run, progress=progress)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            self.stderr.write("", ending="\n" if verbosity and self.stderr.isatty() else "")
        for line in report.refused:
            self.stdout.write(str(line))
        self.stdout.write(
            f"共 {report.rows} 行：新增 {report.created}，更正 {report.updated}，"
            f"未变 {report.unchanged}，拒绝 {len(report.refused)}。"
        )
        if report.refused:
            raise CommandError("有行被拒绝，没有存入任何数据。")
        if dry_run:
            self.stdout.write("试运行，没有存入任何数据。")


class _Bar:
    """One line that grows on a terminal; elsewhere one line for each tenth."""

    def __init__(self, out):
        self.out, self.last = out, None

    def __call__(self, stage, done, total):
        if self.out.isatty():
            bar = f"{'█' * (WIDTH * done // total):<{WIDTH}} " if total else ""
            self.out.write(f"\r{stage} {bar}{done} / {total or '…'} ", ending="")
        elif total and (stage, 10 * done // total) != self.last:
            self.last = stage, 10 * done // total
            self.out.write(f"{stage} {done} / {total}")

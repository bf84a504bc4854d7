"""`manage.py load_demo`: three committees with invented people and everything that they did in the past months.

`--city panjin|tangshan` loads a whole city in real size instead, `--size N` an invented county with so many
proposals of five years; both beside the ordinary demo or alone.
"""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import cities, load, sized
from config.demo.accounts import PASSWORD
from config.refusals import Refusal


class Command(BaseCommand):
    help = "Load the demo data, once; refuses in production."

    def add_arguments(self, parser):
        parser.add_argument("--city", choices=sorted(cities.CITIES), help="a whole city in real size")
        parser.add_argument(
            "--county", action="append", default=[], metavar="CODE", help="of the city this county alone; may repeat"
        )

        parser.add_argument("--size", type=int, metavar="N", help="an invented county with so many proposals")

    def handle(self, *, verbosity, city, county, size, **options):
        if settings.PRODUCTION:
            raise CommandError("演示数据不能载入正式环境。")
        if county and not city:
            raise CommandError("--county 要和 --city 一起用。")
        if size is not None and city:
            raise CommandError("--size 和 --city 不能一起用。")
        if size is not None:
            self._size(size, verbosity)
            return
        if city:
            self._city(city, county, verbosity)
            return
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

    def _city(self, city, counties, verbosity):
        if cities.is_loaded(city):
            if verbosity:
                self.stdout.write("这座城市已经在库中，没有改动。")
            return
        call_command("load_reference", verbosity=0)
        say = self.stdout.write if verbosity else lambda words: None
        try:
            loaded = cities.load(city, timezone.now(), counties=counties, tell=lambda words: say(f"{words}……"))
        except Refusal as refusal:
            raise CommandError(f"这座城市没有载入：{refusal}") from refusal
        self._tell(loaded, say)

    def _size(self, size, verbosity):
        say = self.stdout.write if verbosity else lambda words: None
        if sized.is_loaded():
            say("示范县已经在库中，没有改动。")
            return
        call_command("load_reference", verbosity=0)
        try:
            loaded = sized.load(size, timezone.now(), tell=lambda words: say(f"{words}……"))
        except Refusal as refusal:
            raise CommandError(f"示范县没有载入：{refusal}") from refusal
        self._tell(loaded, say)

    @staticmethod
    def _tell(loaded, say):
        say("，".join(f"{name} {number}" for name, number in loaded.counts.items()) + "。")
        say(f"各政协办账号（密码都是 {PASSWORD}）：")
        for name, username in loaded.offices:
            say(f"  {name}：{username}")

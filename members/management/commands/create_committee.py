"""`manage.py create_committee --region 431024 --slug jiahe --brand 嘉事好商量`: a new tenant, ready for its staff."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from config.refusals import Refusal
from members.models import Region, User
from members.models.regions import CODE_LENGTH
from members.presets import committees as presets
from members.roles import Role
from members.services import accounts as services


class Command(BaseCommand):
    help = "Found a committee with its three offices, sectors, special committees and the first staff account."

    def add_arguments(self, parser):
        parser.add_argument("--region", required=True, help="code, 431024 or 431024000000")
        parser.add_argument("--slug", required=True, help="its name in addresses: jiahe")
        parser.add_argument("--brand", required=True, help="its public brand: 嘉事好商量")
        parser.add_argument("--name", default="", help="政协嘉禾县委员会 when left out")
        parser.add_argument("--short-name", default="", help="嘉禾县政协 when left out")
        parser.add_argument("--term", type=int, default=1)
        parser.add_argument("--sectors", help="names parted by commas; the usual ones when left out")
        parser.add_argument("--special-committees", help="names parted by commas; the usual ones when left out")
        parser.add_argument("--staff-username", help="SLUG-admin when left out")
        parser.add_argument("--staff-name", default="管理员")

    def handle(self, *, region, sectors, special_committees, staff_username, staff_name, **options):
        place = Region.objects.in_force().filter(code=region.ljust(CODE_LENGTH, "0")).first()
        if place is None:
            raise CommandError(f"没有代码为 {region} 的行政区划，请先运行 load_reference 或 import_regions。")
        named = {key: options[key] for key in ("slug", "brand", "name", "short_name", "term")}
        account = User(username=staff_username or f"{named['slug']}-admin", name=staff_name, is_staff=True)
        at = timezone.now()
        try:
            with transaction.atomic():
                committee = presets.found_committee(
                    place, **named, sectors=_names(sectors), special_committees=_names(special_committees), at=at
                )
                account.full_clean(exclude=["password"])
                password = services.open_account(account, committee=committee, role=Role.OFFICE_STAFF, by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as problem:
            raise CommandError("\n".join(problem.messages)) from problem
        bodies = committee.bodies.count()
        self.stdout.write(f"已建立{committee.name}：三办、{bodies} 个界别和专门委员会。")
        self.stdout.write(
            f"工作人员账号 {account.username}，一次性密码 {password}（首次登录须修改，此处只显示这一次）。"
        )


def _names(listed: str | None) -> list[str] | None:
    """The names in a list that people type, with either comma."""
    if listed is None:
        return None
    return [name.strip() for name in listed.replace(",", ",").split(",") if name.strip()]

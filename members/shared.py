"""What of this app other committees may copy: schemes of scoring (row 104 shares them)."""

from members import sharing
from members.models import Committee, ScoreScheme
from members.roles import Permission
from members.services.scoring.sharing import export_scheme, make_scheme


def register() -> None:
    """Called when the project starts."""
    sharing.register(
        "score-scheme", label="考评方案", offered=_schemes, export=export_scheme, make=make_scheme,
        permission=Permission.DUTY_MANAGE, lines=scheme_lines,
    )  # fmt: skip


def _schemes(committee: Committee):
    return ScoreScheme.objects.filter(committee=committee).order_by("-year", "pk")


def scheme_lines(payload: dict) -> list[str]:
    """The groups of the snapshot with their items, in words."""
    return [
        f"{group['name']}：{'、'.join(item['name'] for item in group['items'])}" if group["items"] else group["name"]
        for group in payload["groups"]
    ]

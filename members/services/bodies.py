"""What happens to bodies: opened, changed, moved in the tree, closed; what they take in and may spend.

Seats stand in `members.services.body_seats`, whole lists of people in `members.services.body_import`.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from members.models import (
    HOSTS,
    Body,
    BodyBudget,
    BodyKind,
    Intake,
    Membership,
    Organisation,
    Region,
    User,
)
from members.rules import bodies as rules

OWN_WORDS = {"introduction", "feature", "rules_text"}
"""Fields that the leaders of a body may write themselves."""


@transaction.atomic
def open_body(body: Body, *, organisations: Iterable[Organisation] = (), by: User | None, at: datetime) -> Body:
    """设立: put a new body, not saved yet, into the tree of its committee."""
    rules.require("open", by, body)
    organisations = list(organisations)
    _check_units(body, organisations)
    save(body)
    body.organisations.set(organisations)
    log.record("body.open", body, by=by, at=at, scope=body.committee_id, kind=body.get_kind_display())
    return body


@transaction.atomic
def change_body(
    body: Body,
    *,
    changed: Iterable[str],
    organisations: Iterable[Organisation] | None = None,
    by: User | None,
    at: datetime,
) -> None:
    """修改资料: save what a form has put on `body`; `changed` names the fields, nothing else is written.

    `organisations` left out stay as they are. The leaders of the body may change what it says of itself only.
    """
    changed = [name for name in changed if name != "organisations"]
    rules.require("describe" if set(changed) <= OWN_WORDS and organisations is None else "change", by, body)
    hold(body)
    _check_units(body, organisations or ())
    if "parent" in changed:
        changed.remove("parent")
        move_body(body, parent=body.parent, by=by, at=at)
    if changed:
        save(body, update_fields=changed)
    labels = [str(Body._meta.get_field(name).verbose_name) for name in changed]
    if organisations is not None:
        body.organisations.set(organisations)
        labels.append("对接单位")
    if labels:
        log.record("body.change", body, by=by, at=at, scope=body.committee_id, fields=labels)


@transaction.atomic
def move_body(body: Body, *, parent: Body | None, by: User | None, at: datetime) -> None:
    """调整上级: hang `body` below `parent` (None: to the top), with everything below it."""
    rules.require("move", by, body)
    hold(body)
    body.parent = parent
    save(body, update_fields=["parent"])
    log.record("body.move", body, by=by, at=at, scope=body.committee_id, parent=str(parent or "最上级"))


@transaction.atomic
def close_body(body: Body, *, reason: str, by: User | None, at: datetime) -> None:
    """撤销: the body takes no part any more, its seats and intakes end today; what stands below must go first."""
    rules.require("close", by, body)
    if not reason.strip():
        raise Incomplete("请写明撤销的原因。", {"reason": "请写明撤销的原因。"})
    today = timezone.localdate(at)
    if not Body.objects.filter(pk=body.pk, is_active=True).update(is_active=False, closed_on=today):
        raise WrongState(f"“{body}”已经撤销。")
    if below := list(body.children.active().order_by("pk")[:4]):
        named = "、".join(f"“{child}”" for child in below[:3]) + ("等" if len(below) > 3 else "")
        raise Refusal(f"“{body}”下面还有{named}，请先把下级机构撤销或移到别的上级之下。")
    if body.kind == BodyKind.SECTOR and body.sector_members.in_force(today).exists():
        raise Refusal(f"还有委员属于“{body}”界别，请先在“委员”里为他们调整界别。")
    ended = Membership.objects.in_force(today).filter(body=body).update(until=today)
    Membership.objects.filter(body=body, since__gt=today).update(until=F("since"))
    for taken in ("body", "sector"):
        Intake.objects.current().filter(**{taken: body}).update(until=today)
    body.is_active, body.closed_on = False, today
    log.record("body.close", body, by=by, at=at, scope=body.committee_id, reason=reason, seats_ended=ended)


@transaction.atomic
def set_intake(
    body: Body, *, sectors: Iterable[Body], regions: Iterable[Region], by: User | None, at: datetime
) -> None:
    """归口: from today `body` takes in exactly these sectors and regions; what it gives up ends, history stays."""
    rules.require("intake", by, body)
    if body.kind not in HOSTS:
        raise Refusal("只有专门委员会和办公室接收界别和地方的委员。")
    hold(body)
    today, sectors, regions = timezone.localdate(at), list(sectors), list(regions)
    for sector in sectors:
        if sector.committee_id != body.committee_id or sector.kind != BodyKind.SECTOR:
            raise Incomplete("界别须属于同一个政协委员会。", {"sectors": f"“{sector}”不是本会的界别。"})
    elsewhere = Intake.objects.current().filter(sector__in=sectors).exclude(body=body)
    if taken := elsewhere.select_related("body", "sector").first():
        why = f"“{taken.sector}”已归口{taken.body}。一个界别只归口一个专委会，请先在那里取消。"
        raise Incomplete(why, {"sectors": why})
    held = list(Intake.objects.current().filter(body=body))
    wanted = {("sector", row.pk) for row in sectors} | {("region", row.pk) for row in regions}
    kept = {_key(row): row for row in held if _key(row) in wanted}
    for row in held:
        if _key(row) not in wanted:
            Intake.objects.filter(pk=row.pk).update(until=max(row.since, today))
    for what, key in sorted(wanted - kept.keys()):
        save(Intake(body=body, since=today, **{f"{what}_id": key}))
    named = [row.name for row in (*sectors, *regions)]
    log.record("body.intake", body, by=by, at=at, scope=body.committee_id, takes=named)


def _key(intake):
    return ("sector", intake.sector_id) if intake.sector_id else ("region", intake.region_id)


@transaction.atomic
def set_budget(
    body: Body, *, year: int, granted: Decimal, spent: Decimal, source: str = "", by: User | None, at: datetime
) -> BodyBudget:
    """工作经费: what the body may spend in `year` and what it has spent, in yuan; written anew as it changes."""
    rules.require("budget", by, body)
    hold(body)
    row = BodyBudget.objects.filter(body=body, year=year).first() or BodyBudget(body=body, year=year)
    row.granted, row.spent, row.source = granted, spent, source
    save(row)
    log.record("body.budget", body, by=by, at=at, scope=body.committee_id, year=year, granted=granted, spent=spent)
    return row


# --- shared with the other services of bodies ----------------------------------------------------------------------


def hold(body: Body) -> None:
    """Writing the row holds it until the end: nobody closes the body or fills the same seat meanwhile."""
    if not Body.objects.filter(pk=body.pk, is_active=True).update(is_active=True):
        raise WrongState(f"“{body}”已经撤销，不能再改动。")


def _check_units(body, organisations):
    if any(unit.committee_id != body.committee_id for unit in organisations):
        raise Incomplete("单位须属于同一个政协委员会。", {"organisations": "选了别的政协委员会的单位。"})

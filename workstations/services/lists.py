"""资源清单 and 需求清单: offered and ended; raised, looked at, claimed, done, thanked (rows 91, 107, 159).

What is public names nobody: telephone, e-mail and identity numbers are refused, for whom a need is stays inside.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from config.transitions import take
from config.uploads import store
from members.facts import Fact
from members.models import Member, User
from members.queries import holders
from members.roles import Permission
from members.services import duty
from workstations.models import Demand, DemandKind, Resource, StationPost
from workstations.rules import lists as rules
from workstations.states import DemandState, ProjectState

KIND = "lists"  # of the notices
RESOURCE_FIELDS = ("title", "field", "words")
DEMAND_FIELDS = ("kind", "title", "field", "words", "region", "station", "who")


def said(words: str, field: str, missing: str) -> str:
    """`words` stripped; Incomplete at `field` when there are none, or they reveal a person."""
    words = words.strip()
    if not words:
        raise Incomplete(missing, {field: missing})
    require_plain(**{field: words})
    return words


# --- resources ---------------------------------------------------------------------------------------------------


@transaction.atomic
def offer(resource: Resource, *, by: User | None, at: datetime) -> Resource:
    """登记资源: a member for oneself, the office for a member, a body or an organisation."""
    rules.require("offer", by, resource)
    _check_giver(resource)
    resource.at = at
    save(resource)
    log.record("resource.offer", resource, by=by, at=at, scope=resource.scope, giver=str(resource.giver))
    return resource


@transaction.atomic
def edit_resource(resource: Resource, *, by: User | None, at: datetime) -> None:
    """修改资源: its words; who gives it stays."""
    rules.require("offer", by, resource)
    require_plain(title=resource.title, words=resource.words)
    if not Resource.objects.select_for_update().filter(pk=resource.pk, is_active=True).exists():
        raise WrongState("这一项已经停止提供，不能再修改。")
    save(resource, update_fields=RESOURCE_FIELDS)
    log.record("resource.edit", resource, by=by, at=at, scope=resource.scope)


@transaction.atomic
def end_resource(resource: Resource, *, by: User | None, at: datetime) -> None:
    """停止提供: it leaves the list; projects that used it keep it."""
    rules.require("offer", by, resource)
    if not Resource.objects.filter(pk=resource.pk, is_active=True).update(is_active=False):
        raise WrongState("这一项已经停止提供。")
    resource.is_active = False
    log.record("resource.end", resource, by=by, at=at, scope=resource.scope)


def _check_giver(resource):
    require_plain(title=resource.title, words=resource.words)
    if resource.member_id and not resource.member.is_in_force:
        raise Incomplete("这位委员已不在任。", {"member": "这位委员已不在任。"})
    if resource.body_id and not rules.givers(resource.committee_id).filter(pk=resource.body_id).exists():
        raise Incomplete("请另选一个机构。", {"body": "资源清单是公开的，请另选一个可以公开的机构。"})


# --- demands: raised and looked at -------------------------------------------------------------------------------


@transaction.atomic
def raise_demand(demand: Demand, *, verified: bool = False, by: User, at: datetime) -> Demand:
    """登记需求; who keeps it may say at once that it was looked at (`verified`), and it is public."""
    rules.require("raise", by, demand)
    require_plain(title=demand.title, words=demand.words)
    _check_station(demand, by)
    demand.raised_by, demand.raised_at = by, at
    save(demand)
    log.record("demand.raise", demand, by=by, at=at, scope=demand.scope, kind=demand.get_kind_display())
    if verified:
        accept(demand, by=by, at=at)
    else:
        title = f"待核实的{demand.get_kind_display()}：{demand}"
        tell(keepers(demand) - {by.pk}, demand, "raised", title, at=at)
    return demand


def _check_station(demand, by):
    """A member leaves it to any station of the committee; a keeper names one that is kept."""
    if demand.station_id and not demand.station.is_open:
        raise Incomplete("这个站点已关闭。", {"station": "这个站点已关闭，请另选一个。"})


@transaction.atomic
def accept(demand: Demand, *, by: User | None, at: datetime) -> None:
    """核实: it is so; from now on it is public and can be claimed."""
    rules.require("keep", by, demand)
    take(demand, "accept", by=by, at=at)
    if by is None or demand.raised_by_id != by.pk:
        tell({demand.raised_by_id}, demand, "accepted", f"您登记的需求已核实并公开：{demand}", at=at)


@transaction.atomic
def edit_demand(demand: Demand, *, by: User | None, at: datetime) -> None:
    """修改需求: as long as nobody has claimed it."""
    rules.require("keep", by, Demand.objects.select_related("station").get(pk=demand.pk))
    rules.require("keep", by, demand)
    require_plain(title=demand.title, words=demand.words)
    waiting = [DemandState.RAISED, DemandState.OPEN]
    if not Demand.objects.select_for_update().filter(pk=demand.pk, state__in=waiting).exists():
        raise WrongState("已经有人认领或已经办结，不能再修改。")
    save(demand, update_fields=DEMAND_FIELDS)
    log.record("demand.edit", demand, by=by, at=at, scope=demand.scope)


# --- demands: claimed and settled --------------------------------------------------------------------------------


@transaction.atomic
def claim(demand: Demand, member: Member, *, by: User, at: datetime) -> None:
    """认领 a micro-wish on the phone; of two who tap the second is told who was first."""
    rules.require("claim", by, demand)
    if member.user_id != by.pk or member.committee_id != demand.committee_id:
        raise Refusal("只能由委员本人认领本会的微心愿。")
    if demand.kind != DemandKind.WISH:
        raise Refusal("这一项要立项办理，请联系政协办；微心愿才可以直接认领。")
    take(demand, "claim", by=by, at=at, claimed_by=member, claimed_at=at)
    tell(
        keepers(demand) | {demand.raised_by_id},
        demand,
        f"claimed:{at:%y%m%d%H%M%S}",
        f"{member}认领了微心愿：{demand}",
        at=at,
    )


@transaction.atomic
def give_back(demand: Demand, *, reason: str, by: User | None, at: datetime) -> None:
    """退回: it waits for somebody else."""
    rules.require("settle", by, demand)
    reason = said(reason, "reason", "请写明退回的原因。")
    _refuse_running(demand, "退回")
    member = demand.claimed_by
    release(demand, reason=reason, by=by, at=at)
    told = keepers(demand) | {demand.raised_by_id} | ({member.user_id} if member else set())
    who = {by.pk} if by else set()
    title = f"退回认领：{demand}"
    tell(told - who, demand, f"given-back:{at:%y%m%d%H%M%S}", title, body=f"原因：{reason}", at=at)


def release(demand: Demand, *, reason: str, by: User | None, at: datetime) -> None:
    """The claim ends; the caller has checked who may, and holds the transaction."""
    take(demand, "give_back", by=by, at=at, claimed_by=None, claimed_at=None, data={"reason": reason})


@transaction.atomic
def finish(demand: Demand, *, result: str, photos: Iterable = (), by: User | None, at: datetime) -> None:
    """办结: what came of it, with photos; public at once."""
    rules.require("settle", by, demand)
    result = said(result, "result", "请写明办得怎么样。")
    _refuse_running(demand, "办结")
    take(demand, "finish", by=by, at=at, result=result, settled_at=at)
    attach(demand, photos, by=by, at=at)
    told = (keepers(demand) | {demand.raised_by_id}) - ({by.pk} if by else set())
    tell(told, demand, "done", f"已实现，请看一看并说声谢谢：{demand}", body=result, at=at)


@transaction.atomic
def thank(demand: Demand, *, words: str, by: User | None, at: datetime) -> None:
    """致谢, by who keeps it and did not do it: the second person's word makes a wish a fact of the member's duty."""
    rules.require("thank", by, demand)
    words = said(words, "words", "请写一句感谢的话。")
    if not Demand.objects.filter(pk=demand.pk, state=DemandState.DONE, thanks="").update(thanks=words):
        raise WrongState("还没有办结，或已经写过感谢的话。")
    demand.thanks = words
    log.record("demand.thank", demand, by=by, at=at, scope=demand.scope)
    if demand.claimed_by_id is None:
        return
    if not demand.projects.filter(state=ProjectState.DONE).exists():
        deed = duty.Deed(
            member=demand.claimed_by_id, on=timezone.localdate(demand.settled_at), fact=Fact.CHARITY,
            key=f"demand:{demand.pk}", title=f"实现{demand.get_kind_display()}：{demand}",
            url=demand.get_absolute_url(),
        )  # fmt: skip
        duty.record([deed], by=by, at=at)
    tell({demand.claimed_by.user_id}, demand, "thanked", f"有人向您致谢：{demand}", body=words, at=at)


@transaction.atomic
def drop(demand: Demand, *, reason: str, by: User | None, at: datetime) -> None:
    """不再办理, with the reason that who raised or claimed it reads."""
    rules.require("keep", by, demand)
    reason = said(reason, "reason", "请写明不再办理的原因。")
    _refuse_running(demand, "停办")
    take(demand, "drop", by=by, at=at, result=reason, settled_at=at)
    told = {demand.raised_by_id} | ({demand.claimed_by.user_id} if demand.claimed_by_id else set())
    told -= {by.pk} if by else set()
    tell(told, demand, "dropped", f"不再办理：{demand}", body=f"原因：{reason}", at=at)


def _refuse_running(demand, verb):
    if demand.projects.filter(state=ProjectState.RUNNING).exists():
        raise Refusal(f"这项需求已经立项，请在项目里办结或中止，不能单独{verb}。")


# --- shared ------------------------------------------------------------------------------------------------------


def attach(row: Model, photos: Iterable, *, by, at: datetime) -> None:
    """Keep the photos of what was done, public with the row."""
    try:
        for photo in photos:
            store.attach(row, photo, by=by, at=at, purpose="done")
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {"photos": "".join(problem.messages)}) from problem


def keepers(demand: Demand) -> set[int]:
    """Whom the news of a need goes to: the keepers of its station, without one the office."""
    kept = StationPost.objects.in_force().keepers().filter(station=demand.station_id)
    found = {member or user for member, user in kept.values_list("member__user", "user")} - {None}
    return found or holders(Permission.STATION_MANAGE, demand.committee)


def tell(recipients: Iterable[int], row, what: str, title: str, *, body: str = "", at: datetime) -> None:
    key = f"{row._meta.model_name}:{row.pk}:{what}"
    outbox.send(
        sorted(recipients), kind=KIND, title=title, body=body, url=row.get_absolute_url(), key=key, at=at,
        scope=row.scope,
    )  # fmt: skip

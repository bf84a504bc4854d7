"""回头看: a campaign over all B replies: told to the units, checked by them, spot-checked, ended one by one."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.saving import save
from config.transitions import take
from config.uploads import store
from config.uploads.checks import Checked, clean_image
from members.models import Committee
from proposals import rules
from proposals.models import Assignment, LookBack, LookBackItem, Round
from proposals.notices import supervision as notices
from proposals.queries import look_backs as queries
from proposals.services import rating
from proposals.services.assignments import reopen
from proposals.states import AssignmentState, LookBackItemState, LookBackState

KIND = "look-back"
PHOTOS = "check"
MOST_PHOTOS = 9
LONGEST = datetime.timedelta(days=366)
NAMED = 5


@transaction.atomic
def start(committee: Committee, *, name: str, check_due_on, plenary=None, by, at) -> LookBack:
    """启动: everything graded B and not yet seen kept is taken up; each unit hears how many are its own."""
    campaign = LookBack(
        committee=committee, name=name.strip(), plenary=plenary, check_due_on=check_due_on, opened_at=at, by=by
    )
    rules.require("start_look_back", by, campaign)
    today = timezone.localdate(at)
    missing = {}
    if not campaign.name:
        missing["name"] = "请填写名称。"
    if check_due_on is None or not today < check_due_on <= today + LONGEST:
        missing["check_due_on"] = "自查期限应在今天以后、一年以内。"
    if plenary is not None and plenary.committee_id != committee.pk:
        missing["plenary"] = "请选择本会的届次。"
    if missing:
        raise Incomplete("".join(missing.values()), missing)
    if LookBack.objects.filter(committee=committee, state=LookBackState.OPEN).exists():
        raise WrongState("本会已有一次回头看正在进行，结束以后才能再启动。")
    cases = list(queries.to_look_back(committee, plenary))
    if not cases:
        raise Incomplete("这个范围内没有需要回头看的 B 类答复。")
    save(campaign, doubled="本会已有一次回头看正在进行，或已有同名的回头看，请刷新后再看。")
    LookBackItem.objects.bulk_create(
        [LookBackItem(campaign=campaign, assignment=case, round_id=case.b_round) for case in cases], batch_size=500
    )
    items = list(campaign.items.all())
    clock.plan_many(items, kind=KIND, due_on=check_due_on, round=1, scope=committee.pk, at=at)
    log.record("lookback.start", campaign, by=by, at=at, scope=campaign.scope, number=len(items))
    notices.looked_back(campaign, Counter(case.unit_id for case in cases), at=at)
    return campaign


@transaction.atomic
def check(item: LookBackItem, *, found: str, words: str, photos: Iterable = (), by, at) -> LookBackItem:
    """自查: the unit says how it stands, with photos; until the end is written it may say so anew."""
    rules.require("check_look_back", by, item)
    _require_running(item)
    missing = {}
    if found not in dict(LookBackItem._meta.get_field("found").choices):
        missing["found"] = "请选择自查结果。"
    if not words.strip():
        missing["words"] = "请写明做了什么，进展到哪一步。"
    if missing:
        raise Incomplete("".join(missing.values()), missing)
    _require_short(words)
    take(
        item, "check", by=by, at=at, found=found, check_words=words.strip(), checked_by=by, checked_at=at,
        data={"found": found},
    )  # fmt: skip
    _keep(item, photos, by=by, at=at)
    clock.cancel(item, kind=KIND, reason="已自查", at=at)
    notices.checked(item, at=at)
    return item


def _keep(item, photos, *, by, at):
    """The same photo sent again by a second click is kept once."""
    kept = set(store.of(item, PHOTOS).values_list("sha256", flat=True))
    for photo in photos:
        with _named("photos"):
            photo = photo if isinstance(photo, Checked) else clean_image(photo)
        photo.seek(0)
        digest = hashlib.sha256(photo.read()).hexdigest()
        if digest in kept:
            continue
        kept.add(digest)
        if len(kept) > MOST_PHOTOS:
            raise Incomplete(f"照片最多 {MOST_PHOTOS} 张。", {"photos": f"照片最多 {MOST_PHOTOS} 张，已有的也算在内。"})
        with _named("photos"):
            store.attach(item, photo, by=by, at=at, purpose=PHOTOS)


@contextmanager
def _named(field):
    try:
        yield
    except ValidationError as problem:
        said = "".join(problem.messages)
        raise Incomplete(said, {field: said}) from problem


@transaction.atomic
def spot(item: LookBackItem, *, has_leader, has_person, in_order, words: str, cause: str = "", by, at) -> LookBackItem:
    """抽查: is a leader in charge, is there a person, does it go on in order; and why it was B (查原因)."""
    rules.require("spot_look_back", by, item)
    _require_running(item)
    seen = {"has_leader": has_leader, "has_person": has_person, "in_order": in_order}
    missing = {name: "请选择有或没有。" for name, value in seen.items() if value is None}
    if not words.strip():
        missing["words"] = "请写明怎样抽查，看到了什么。"
    if missing:
        raise Incomplete("抽查还不完整，请逐项填写。", missing)
    _require_short(words)
    changes = {**seen, "spot_words": words.strip(), "cause": cause or item.cause, "spotted_by": by, "spotted_at": at}
    if not LookBackItem.objects.filter(pk=item.pk, state__in=queries.UNSETTLED).update(**changes):
        raise WrongState("这一件已有结论，不用再抽查。")
    for name, value in changes.items():
        setattr(item, name, value)
    log.record("lookbackitem.spot", item, by=by, at=at, scope=item.scope, **seen)
    return item


@transaction.atomic
def verify(item: LookBackItem, *, words: str, cause: str = "", by, at) -> LookBackItem:
    """核实兑现: seen kept; a case that is still followed closes with it, one that ended otherwise keeps 包落实 now."""
    assignment = _begin_end(item, words, cause, by=by, needs_cause=False)
    if assignment.round != item.round.number:
        raise WrongState("这件事已经重新办理，请按“二次办理”登记结论。")
    _end(item, "verify", words, cause, by=by, at=at)
    if assignment.state == AssignmentState.FOLLOWING:
        rating.verify(assignment, kept=True, words=words.strip(), by=by, at=at)
    elif assignment.implemented_at is None:
        Assignment.objects.filter(pk=assignment.pk).update(implemented_at=at)
    notices.settled(item, at=at)
    return item


@transaction.atomic
def explain(item: LookBackItem, *, words: str, cause: str, promised_on=None, by, at) -> LookBackItem:
    """说明情况: not kept yet, for a reason; who put it forward hears it, and a case still followed gets a new date."""
    assignment = _begin_end(item, words, cause, by=by)
    if assignment.round != item.round.number:
        raise WrongState("这件事已经重新办理，请按“二次办理”登记结论。")
    is_followed = assignment.state == AssignmentState.FOLLOWING
    if is_followed and (promised_on is None or promised_on <= timezone.localdate(at)):
        raise Incomplete("请写明新的承诺日期。", {"promised_on": "请填写今天以后的日期，到时再核实。"})
    _end(item, "explain", words, cause, by=by, at=at, promised_on=promised_on if is_followed else None)
    if is_followed:
        clock.cancel(assignment, kind="promise", reason="已作说明，改期核实", at=at)
        due_at = timezone.make_aware(datetime.datetime.combine(promised_on, datetime.time(9)))
        clock.once(
            assignment, kind="promise", code=f"again-{item.pk}", due_at=due_at, scope=assignment.committee_id,
            round=assignment.round,
        )  # fmt: skip
    notices.explained(item, at=at)
    notices.settled(item, at=at)
    return item


@transaction.atomic
def rework(item: LookBackItem, *, words: str, cause: str, by, at) -> Round:
    """二次办理: a new round; where the case has been opened again meanwhile, that round is the one."""
    assignment = _begin_end(item, words, cause, by=by)
    if assignment.round == item.round.number:
        if assignment.micro_id and assignment.state == AssignmentState.CLOSED:
            raise WrongState("这件微建议已经办结，不能重新办理；请登记“说明情况”，需要再办的请另提。")
        again = reopen(assignment, reason=words.strip(), by=by, at=at)
    else:
        again = assignment.rounds.get(number=item.round.number + 1)
    _end(item, "rework", words, cause, by=by, at=at, again=again)
    notices.settled(item, at=at)
    return again


def _begin_end(item, words, cause, *, by, needs_cause=True) -> Assignment:
    """The assignment as it stands now, held until this is done."""
    rules.require("settle_look_back", by, item)
    _require_running(item)
    missing = {}
    if not words.strip():
        missing["words"] = "请写明结论的依据。"
    if needs_cause and not (cause or item.cause):
        missing["cause"] = "请选择为什么是 B 类、为什么还没有兑现。"
    if missing:
        raise Incomplete("".join(missing.values()), missing)
    _require_short(words)
    return Assignment.objects.select_for_update(of=("self",)).get(pk=item.assignment_id)


def _end(item, verb, words, cause, *, by, at, **changes):
    take(item, verb, by=by, at=at, words=words.strip(), cause=cause or item.cause, settled_at=at, **changes)
    clock.cancel(item, kind=KIND, reason="已有结论", at=at)


def _require_running(item):
    if item.campaign.state != LookBackState.OPEN:
        raise WrongState("这次回头看已经结束。")


def _require_short(words):
    if len(words.strip()) > 500:
        raise Incomplete("最多 500 字。", {"words": "最多 500 字。"})


@transaction.atomic
def close(campaign: LookBack, *, by, at) -> LookBack:
    """结束: only when every item has its end; nothing graded B drops off."""
    rules.require("close_look_back", by, campaign)
    open_ones = campaign.items.filter(state__in=queries.UNSETTLED).order_by("pk")
    names = [f"《{item.assignment}》" for item in open_ones.select_related("assignment")[:NAMED]]
    if names:
        number = open_ones.count()
        more = "等" if number > NAMED else ""
        raise Incomplete(f"还有 {number} 件没有结论，不能结束：{'、'.join(names)}{more}。")
    take(campaign, "close", by=by, at=at, closed_at=at)
    return campaign


END = {
    LookBackItemState.VERIFIED: verify,
    LookBackItemState.EXPLAINED: explain,
    LookBackItemState.REWORKED: rework,
}

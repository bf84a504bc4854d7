"""登记台: what the register does with a report: number it, send it back, shelve it, lay it beside another."""

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from members.models import next_number
from proposals import rules, threads_information
from proposals.models import Bulletin, Information
from proposals.notices import information as notices
from proposals.services import information_facts as facts
from proposals.states import BulletinState, InformationState

S = InformationState
MAIN = (S.REGISTERED, S.IN_ISSUE, S.ISSUED)
"""What another report may be laid beside."""
CHANGED = "这件信息在此期间已经变了，请刷新后再看。"


@transaction.atomic
def register(information: Information, *, by, at) -> Information:
    """登记: numbered within the year."""
    rules.require("keep_information", by, information)
    _register(information, by=by, at=at)
    notices.registered(information, at=at)
    return information


def _register(information, *, by, at):
    stamps = {}
    if information.number is None:
        year = timezone.localtime(at).year
        stamps = {"year": year, "number": next_number(information.committee, "information", year)}
    take(information, "register", by=by, at=at, **stamps)
    facts.reported(information, by=by, at=at)


@transaction.atomic
def return_(information: Information, *, words: str, by, at) -> Information:
    """退回补充, with what is to be added."""
    rules.require("keep_information", by, information)
    words = _said(words, "请写明要补充什么，报送人会看到。")
    take(information, "return_", by=by, at=at, words=words, data={"words": words})
    notices.returned(information, words, at=at)
    return information


@transaction.atomic
def shelve(information: Information, *, words: str, by, at) -> Information:
    """留存未编, with the reason that its author reads; a word of the public behind it is free again."""
    rules.require("keep_information", by, information)
    words = _said(words, "请写明为什么不编，报送人会看到。")
    _require_no_doubles(information)
    take(information, "shelve", by=by, at=at, words=words, data={"words": words})
    notices.shelved(information, words, at=at)
    threads_information.came_to_nothing(information, because="社情民意信息留存未编", by=by, at=at)
    return information


@transaction.atomic
def take_up(information: Information, *, by, at) -> Information:
    """重新登记 what was shelved."""
    rules.require("keep_information", by, information)
    stamps = {"same_as": None, "words": ""}
    if information.number is None:
        year = timezone.localtime(at).year
        stamps |= {"year": year, "number": next_number(information.committee, "information", year)}
    take(information, "take_up", by=by, at=at, **stamps)
    threads_information.taken_up(information, by=by, at=at)
    notices.taken_up_again(information, at=at)
    return information


@transaction.atomic
def mark_same(information: Information, *, of: Information, by, at) -> Information:
    """记为重复: it goes the way of the other one, and its author's name stays.

    Beside one that is issued already it is shelved: the matter has been reported.
    """
    rules.require("keep_information", by, information)
    main = Information.objects.select_for_update().get(pk=of.pk)
    _require_fits(information, main)
    if information.state == S.SUBMITTED:
        _register(information, by=by, at=at)
    Information.objects.filter(same_as=information).update(same_as=main)
    if main.state == S.ISSUED:
        words = f"与已报送的《{main.title}》反映同一件事"[:300]
        take(information, "shelve", by=by, at=at, words=words, same_as=main, data={"words": words})
        threads_information.finished(information, by=by, at=at)
    elif main.state == S.IN_ISSUE:
        take(information, "put_in", by=by, at=at, bulletin=main.bulletin, same_as=main)
    else:
        unchanged = Information.objects.filter(pk=information.pk, state=information.state, same_as=None)
        if not unchanged.update(same_as=main, updated_at=at):
            raise WrongState(CHANGED)
        information.same_as = main
    log.record("information.same", information, by=by, at=at, scope=information.scope, of=str(main))
    notices.same(information, at=at)
    return information


def _require_fits(information, main):
    if information.pk == main.pk:
        raise Incomplete("不能与自己重复。", {"of": "请选另一件。"})
    if main.committee_id != information.committee_id or main.state not in MAIN:
        raise Incomplete("只能并到本会已登记的信息。", {"of": "请选已登记、采编中或已报送的一件。"})
    if main.same_as_id:
        words = f"那一件已经记为与{main.same_as}重复，请选后者。"
        raise Incomplete(words, {"of": words})
    if information.state not in (S.SUBMITTED, S.REGISTERED) or information.same_as_id:
        raise WrongState(f"“{information.get_state_display()}”的信息不能记为重复。")
    if main.state == S.IN_ISSUE and main.bulletin.state != BulletinState.EDITING:
        raise Refusal("那一件所在的专期正在送签，签发后再办，或先请签发人退回。")
    if main.state == S.ISSUED and information.doubles.exists():
        raise Refusal("有别的信息与这一件重复，请先撤销重复。")


@transaction.atomic
def set_apart(information: Information, *, by, at) -> Information:
    """撤销重复: it stands for itself again, out of the issue that it came into with the other."""
    rules.require("keep_information", by, information)
    if information.same_as_id is None or information.state not in (S.REGISTERED, S.IN_ISSUE):
        raise WrongState("这件信息现在没有记为重复，或者已经报送，不能撤销。")
    if information.state == S.IN_ISSUE:
        if information.bulletin.state != BulletinState.EDITING:
            raise Refusal("专期正在送签，签发人退回后才能改。")
        take(information, "take_out", by=by, at=at, bulletin=None, same_as=None)
    else:
        unchanged = Information.objects.filter(pk=information.pk, state=information.state, same_as__isnull=False)
        if not unchanged.update(same_as=None, updated_at=at):
            raise WrongState(CHANGED)
        information.same_as = None
    log.record("information.apart", information, by=by, at=at, scope=information.scope)
    return information


def _require_no_doubles(information):
    if information.doubles.filter(state=S.REGISTERED).exists():
        raise Refusal("有别的信息记为与这一件重复，请先撤销重复，再留存这一件。")


def _said(words: str, lacking: str) -> str:
    words = words.strip()
    if not words:
        raise Incomplete(lacking, {"words": lacking})
    return words


def with_doubles(information: Information) -> list[Information]:
    """The report and those that go its way."""
    doubles = Information.objects.filter(same_as=information, state=information.state).select_related("committee")
    return [information, *doubles.order_by("pk")]


def put_in(information: Information, bulletin: Bulletin, *, by, at) -> None:
    """编入: with its doubles; called by the issue's own services, inside their transaction."""
    for each in with_doubles(information):
        take(each, "put_in", by=by, at=at, bulletin=bulletin)
        notices.put_in(each, at=at)


def take_out(information: Information, *, by, at) -> None:
    for each in with_doubles(information):
        take(each, "take_out", by=by, at=at, bulletin=None)

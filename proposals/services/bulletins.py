"""《社情民意》专期: edited from reports, signed, numbered. The reports stay as their authors wrote them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import in_words
from config.transitions import take
from members.models import Committee, next_number
from proposals import rules, threads_information
from proposals.models import Bulletin, Information
from proposals.notices import information as notices
from proposals.services import information_desk as desk
from proposals.states import BulletinState, InformationState

USUAL_RANGE = "县委、县政府"
HEADS = {"problem": "情况和问题", "cause": "原因分析", "suggestion": "意见建议"}


@transaction.atomic
def begin(reports: Iterable[Information], *, committee: Committee, by, at) -> Bulletin:
    """开始采编: a draft issue from one or several registered reports, in their own words."""
    bulletin = Bulletin(committee=committee, editor=by)
    rules.require("edit_bulletin", by, bulletin)
    reports = list(reports)
    if not reports:
        raise Incomplete("请先选一件或几件已登记的信息。", {"reports": "请至少选一件。"})
    _require_fit(reports, committee)
    bulletin.title = reports[0].title
    bulletin.text = compose(reports)[:6000]
    last = Bulletin.objects.filter(committee=committee).order_by("-pk").values_list("range", flat=True).first()
    bulletin.range = last or USUAL_RANGE
    bulletin.save()
    log.record("bulletin.begin", bulletin, by=by, at=at, scope=bulletin.scope, reports=len(reports))
    for information in reports:
        desk.put_in(information, bulletin, by=by, at=at)
    return bulletin


def _require_fit(reports, committee):
    for information in reports:
        if information.committee_id != committee.pk:
            raise Refusal("只能选本会的信息。")
        if information.state != InformationState.REGISTERED:
            raise WrongState(f"《{information.title}》现在是“{information.get_state_display()}”，不能编入。")
        if information.same_as_id:
            raise Refusal(f"《{information.title}》记为重复，会随那一件一起编入，请选那一件。")


def compose(reports: list[Information]) -> str:
    """What the editor begins with: under each head what every report says, by the report's title where several."""
    parts = []
    for number, (field, head) in zip("一二三", HEADS.items(), strict=True):
        said = [(report.title, getattr(report, field).strip()) for report in reports]
        said = [(title, words) for title, words in said if words]
        lines = [words if len(reports) == 1 else f"（{title}）{words}" for title, words in said]
        if lines:
            parts.append("\n".join([f"{number}、{head}", *lines]))
    return "\n".join(parts)


@transaction.atomic
def edit(bulletin: Bulletin, *, title: str, text: str, range: str, by, at) -> Bulletin:
    rules.require("edit_bulletin", by, bulletin)
    _require_editing(bulletin)
    bulletin.title, bulletin.text, bulletin.range = title.strip(), text.strip(), range.strip()
    with in_words():
        bulletin.full_clean()
    bulletin.save(update_fields=["title", "text", "range", "updated_at"])
    log.record("bulletin.edit", bulletin, by=by, at=at, scope=bulletin.scope)
    return bulletin


def _require_editing(bulletin):
    """The row stays locked, so that nobody puts forward what is being changed."""
    held = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if held.state != BulletinState.EDITING:
        raise WrongState(f"“{held.get_state_display()}”的专期不能再改，签发人退回后可以。")


@transaction.atomic
def add(bulletin: Bulletin, information: Information, *, by, at) -> None:
    """Put one more report in; the text is the editor's to change."""
    rules.require("edit_bulletin", by, bulletin)
    _require_editing(bulletin)
    _require_fit([information], bulletin.committee)
    desk.put_in(information, bulletin, by=by, at=at)


@transaction.atomic
def take_out(bulletin: Bulletin, information: Information, *, by, at) -> None:
    rules.require("edit_bulletin", by, bulletin)
    _require_editing(bulletin)
    if information.bulletin_id != bulletin.pk:
        raise WrongState("这件信息已经不在这一期里。")
    if information.same_as_id and information.same_as.bulletin_id == bulletin.pk:
        raise Refusal("它记为与另一件重复，会一起编入；不是同一件事的，请先撤销重复。")
    desk.take_out(information, by=by, at=at)


@transaction.atomic
def drop(bulletin: Bulletin, *, by, at) -> None:
    """放弃: before it is signed the reports go back to the register, and the draft goes."""
    rules.require("edit_bulletin", by, bulletin)
    _require_editing(bulletin)
    for information in bulletin.reports.order_by("pk"):
        take(information, "take_out", by=by, at=at, bulletin=None)
    log.record("bulletin.drop", bulletin, by=by, at=at, scope=bulletin.scope)
    bulletin.delete()


@transaction.atomic
def put_forward(bulletin: Bulletin, *, by, at) -> Bulletin:
    """送签."""
    rules.require("edit_bulletin", by, bulletin)
    Bulletin.objects.select_for_update().filter(pk=bulletin.pk).first()  # nobody takes the last report out meanwhile
    lacks = {}
    for field, words in {"title": "请写标题。", "text": "请写正文。", "range": "请写报送范围。"}.items():
        if not getattr(bulletin, field).strip():
            lacks[field] = words
    if lacks:
        raise Incomplete("".join(lacks.values()), lacks)
    if not bulletin.reports.exists():
        raise Refusal("这一期里还没有信息，请先编入一件，或放弃这一期。")
    take(bulletin, "put_forward", by=by, at=at)
    notices.to_sign(bulletin, at=at)
    return bulletin


@transaction.atomic
def send_back(bulletin: Bulletin, *, words: str, by, at) -> Bulletin:
    """退回修改, with what is to be changed."""
    rules.require("sign_bulletin", by, bulletin)
    words = words.strip()
    if not words:
        raise Incomplete("请写明要改什么。", {"words": "请写明要改什么。"})
    take(bulletin, "send_back", by=by, at=at, data={"words": words})
    notices.sent_back(bulletin, words, at=at)
    return bulletin


@transaction.atomic
def sign(bulletin: Bulletin, *, by, at) -> Bulletin:
    """签发: numbered within the year; its reports are issued with it."""
    rules.require("sign_bulletin", by, bulletin)
    year = timezone.localtime(at).year
    stamps = {"year": year, "number": next_number(bulletin.committee, "bulletin", year), "signer": by}
    take(bulletin, "sign", by=by, at=at, issued_at=at, **stamps)
    for information in bulletin.reports.select_related("committee", "word").order_by("pk"):
        take(information, "issue", by=by, at=at)
        threads_information.finished(information, by=by, at=at)
    notices.issued(bulletin, at=at)
    return bulletin


def sent_back_with(bulletin: Bulletin) -> str:
    """What the signer asked for, while it is being changed."""
    if bulletin.state != BulletinState.EDITING:
        return ""
    line = log.history(bulletin).filter(verb="bulletin.send_back").first()
    return line.data.get("words", "") if line else ""

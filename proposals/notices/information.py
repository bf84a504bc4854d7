"""What is said to whom about information; the author hears of every step that it takes."""

from config.notices import outbox
from members.queries import holders
from members.roles import Permission
from proposals.models import Bulletin, Delivery, Information, Instruction, InstructionStep


def _tell(people, kind, row, title, body="", *, url, moment="", at):
    """One notice each; `moment` tells two occasions of the same row apart."""
    outbox.send(
        set(people), kind=kind, title=title, body=body, url=url, key=f"{kind}:{row.pk}:{moment}", at=at,
        scope=row.scope,
    )  # fmt: skip


def _stamp(at) -> str:
    return f"{at:%Y%m%d%H%M%S%f}"


def _author(information) -> set[int]:
    return {information.author.user_id} if information.author_id else set()


def _reports(bulletin):
    return list(bulletin.reports.select_related("author").order_by("pk"))


def _each_author(bulletin: Bulletin, kind, row, words: str, body="", *, moment="", at) -> None:
    """`words` says {title}; one letter per report, so that each leads to one's own."""
    for information in _reports(bulletin):
        title = words.format(title=information.title)
        key = f"{moment}:{information.pk}"
        url = information.get_absolute_url()
        outbox.send(
            _author(information), kind=kind, title=title, body=body, url=url, key=f"{kind}:{row.pk}:{key}", at=at,
            scope=bulletin.scope,
        )  # fmt: skip


# --- a report ----------------------------------------------------------------------------------------------------


def submitted(information: Information, *, by, at):
    desk = holders(Permission.INFORMATION_EDIT, information.committee) - {by and by.pk}
    title = f"新的社情民意信息：{information.title}"
    _tell(desk, "information-new", information, title, url=information.get_absolute_url(), moment=_stamp(at), at=at)


def registered(information: Information, *, at):
    title = f"您反映的《{information.title}》已登记"
    url = information.get_absolute_url()
    _tell(_author(information), "information-registered", information, title, information.serial, url=url, at=at)


def returned(information: Information, words, *, at):
    title = f"请补充：《{information.title}》"
    people, url = _author(information) | {information.drafter_id}, information.get_absolute_url()
    _tell(people, "information-returned", information, title, words, url=url, moment=_stamp(at), at=at)


def shelved(information: Information, words, *, at):
    title = f"您反映的《{information.title}》留存，暂未编用"
    url = information.get_absolute_url()
    _tell(_author(information), "information-shelved", information, title, words, url=url, moment=_stamp(at), at=at)


def taken_up_again(information: Information, *, at):
    title = f"您反映的《{information.title}》重新登记"
    url = information.get_absolute_url()
    _tell(_author(information), "information-again", information, title, url=url, moment=_stamp(at), at=at)


def same(information: Information, *, at):
    title = f"您反映的《{information.title}》与另一件合并采编"
    body = "与已登记的一件反映同一件事，合并采编，您的署名保留。"
    url = information.get_absolute_url()
    _tell(_author(information), "information-same", information, title, body, url=url, moment=_stamp(at), at=at)


def put_in(information: Information, *, at):
    title = f"您反映的《{information.title}》已进入采编"
    url = information.get_absolute_url()
    _tell(_author(information), "information-edited", information, title, url=url, moment=_stamp(at), at=at)


# --- an issue ----------------------------------------------------------------------------------------------------


def to_sign(bulletin: Bulletin, *, at):
    signers = holders(Permission.INFORMATION_SIGN, bulletin.committee)
    title = f"请签发社情民意：{bulletin.title}"
    url = bulletin.get_absolute_url()
    _tell(signers, "bulletin-to-sign", bulletin, title, f"报送：{bulletin.range}", url=url, moment=_stamp(at), at=at)


def sent_back(bulletin: Bulletin, words, *, at):
    title = f"社情民意退回修改：{bulletin.title}"
    url = bulletin.get_absolute_url()
    _tell([bulletin.editor_id], "bulletin-back", bulletin, title, words, url=url, moment=_stamp(at), at=at)


def issued(bulletin: Bulletin, *, at):
    title = f"已签发：{bulletin}"
    url = bulletin.get_absolute_url()
    _tell([bulletin.editor_id], "bulletin-issued", bulletin, title, "请登记报送。", url=url, at=at)
    words = f"您反映的《{{title}}》已编入社情民意{bulletin.serial}"
    _each_author(bulletin, "information-issued", bulletin, words, f"报送：{bulletin.range}", at=at)


def delivered(delivery: Delivery, *, at):
    words = f"您反映的《{{title}}》已报送{delivery.receiver}"
    _each_author(delivery.bulletin, "information-sent", delivery, words, at=at)


def adopted(delivery: Delivery, *, at):
    words = f"您反映的《{{title}}》被{delivery.receiver}采用"
    _each_author(
        delivery.bulletin, "information-adopted", delivery, words, delivery.adopted_as, moment=_stamp(at), at=at
    )


# --- an instruction ----------------------------------------------------------------------------------------------


def instructed(instruction: Instruction, *, at):
    """The author hears that it was noticed and at which level; the quoted words stay inside."""
    noticed = f"得到{instruction.get_level_display()}领导批示"
    if instruction.bulletin_id:
        words = f"您反映的《{{title}}》{noticed}"
        _each_author(instruction.bulletin, "information-instruction", instruction, words, at=at)
    if instruction.proposal_id:
        title = f"提案《{instruction.proposal.title}》{noticed}"
        _signers(instruction.proposal, "proposal-instruction", instruction, title, at=at)


def _signers(proposal, kind, row, title, body="", *, at):
    """Everybody who signed it, and who wrote it down for an organisation."""
    signed = proposal.signatures.signed().filter(member__isnull=False).values_list("member__user", flat=True)
    outbox.send(
        {*signed, *filter(None, [proposal.drafter_id])}, kind=kind, title=title, body=body,
        url=proposal.get_absolute_url(), key=f"{kind}:{row.pk}", at=at, scope=proposal.scope,
    )  # fmt: skip


def followed(step: InstructionStep, *, at):
    instruction = step.instruction
    if instruction.bulletin_id:
        said = f"{step.who}：{step.words}"
        words = "您反映的《{title}》有了新的落实情况"
        _each_author(instruction.bulletin, "information-followed", step, words, said, at=at)
    if instruction.proposal_id:
        title = f"提案《{instruction.proposal.title}》的批示有了新的落实情况"
        _signers(instruction.proposal, "proposal-followed", step, title, f"{step.who}：{step.words}", at=at)

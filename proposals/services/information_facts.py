"""What the duty ledger hears of information: reported, adopted at a level, noticed by a leader; each once.

What was entered by mistake is taken back by counter-entries, so every function may be called again at any time.
"""

from django.utils import timezone

from members.facts import Fact, Share
from members.models import DutyRecord
from members.services import duty
from proposals.models import Bulletin, Delivery, Information, Instruction
from proposals.states import SignatureRole


def _key(information) -> str:
    return f"information:{information.pk}"


def _deed(information, fact, *, on, key, detail="", title=""):
    return duty.Deed(
        member=information.author_id, on=on, fact=fact, detail=detail, key=key, title=title or information.title,
        url=information.get_absolute_url(),
    )  # fmt: skip


def reported(information: Information, *, by, at) -> None:
    """反映: on the day when it was submitted first, told then and again at the register, where one may come that was
    turned from a proposal; a report of an organisation is nobody's."""
    if information.author_id:
        day = timezone.localdate(information.submitted_at)
        duty.record([_deed(information, Fact.INFORMATION, on=day, key=_key(information))], by=by, at=at)


def withdrawn(information: Information, *, by, at) -> None:
    duty.retract(_key(information), reason="报送人已撤回", by=by, at=at)


def adoptions(bulletin: Bulletin, *, reason: str, by, at) -> None:
    """采用: one fact for each report of a member and each level at which the issue was adopted, on the first day.

    A level at which nothing is adopted any longer is taken back, with the `reason`.
    """
    days: dict[str, object] = {}
    adopted = Delivery.objects.filter(bulletin=bulletin, adopted_on__isnull=False)
    for level, day in adopted.order_by("adopted_on", "pk").values_list("level", "adopted_on"):
        days.setdefault(level, day)
    deeds = []
    for information in bulletin.reports.filter(author__isnull=False).order_by("pk"):
        for level, _ in Delivery._meta.get_field("level").choices:
            key = f"{_key(information)}:adopted:{level}"
            if level in days:
                fact = Fact.INFORMATION_ADOPTED
                deeds.append(_deed(information, fact, on=days[level], key=key, detail=level))
            else:
                duty.retract(key, reason=reason, by=by, at=at)
    duty.record(deeds, by=by, at=at)


def instructed(instruction: Instruction, *, by, at) -> None:
    """批示: one fact for each member whose report or signature stands behind what was written on."""
    key = f"instruction:{instruction.pk}"
    deeds = {deed.member: deed for deed in _behind(instruction, key)}
    standing = set(DutyRecord.objects.standing().filter(key=key).values_list("member", flat=True))
    if gone := standing - set(deeds):
        duty.retract(key, reason="批示登记已更正", by=by, at=at, members=gone)
    duty.record(deeds.values(), by=by, at=at)


def struck(instruction: Instruction, *, reason: str, by, at) -> None:
    duty.retract(f"instruction:{instruction.pk}", reason=reason, by=by, at=at)


def _behind(instruction, key):
    told = {"on": instruction.on, "fact": Fact.INSTRUCTION, "detail": instruction.level, "key": key}
    if instruction.proposal_id:
        proposal = instruction.proposal
        signed = list(proposal.signatures.signed().filter(member__isnull=False).order_by("-position", "-pk"))
        for signature in signed:
            share = _share(signature, len(signed))
            yield duty.Deed(
                member=signature.member_id, title=proposal.title, url=proposal.get_absolute_url(), share=share,
                sharers=len(signed) if share != Share.SOLE else 0, **told,
            )  # fmt: skip
    if instruction.bulletin_id:
        for information in instruction.bulletin.reports.filter(author__isnull=False).order_by("-pk"):
            yield duty.Deed(
                member=information.author_id, title=information.title, url=information.get_absolute_url(), **told
            )


def _share(signature, signers: int) -> str:
    if signature.role == SignatureRole.WRITER:
        return Share.WRITER
    if signers == 1:
        return Share.SOLE
    return Share.FIRST if signature.role == SignatureRole.FIRST else Share.JOINT

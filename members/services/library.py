"""制度库与经验库: rules that bind, and practices that committees share and copy from each other."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from config.audit import log
from config.notices import outbox
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from config.uploads import store
from members import sharing
from members.models import Committee, Practice, PracticeUse, Regulation, RegulationState, User
from members.queries import holders
from members.roles import Permission
from members.rules import library as rules

# --- regulations -------------------------------------------------------------------------------------------------


@transaction.atomic
def add_regulation(regulation: Regulation, *, files=(), by: User | None, at: datetime) -> Regulation:
    """登记制度: a new row, not saved yet, with its files."""
    rules.require_keeper(by, regulation)
    save(regulation)
    _attach(regulation, files, by=by, at=at)
    log.record("regulation.add", regulation, by=by, at=at, scope=regulation.committee_id)
    return regulation


@transaction.atomic
def edit_regulation(regulation: Regulation, *, changed: list[str], files=(), by: User | None, at: datetime) -> None:
    """修改: save what a form has put on it; `changed` names the fields. A repealed one stays as it was."""
    rules.require_keeper(by, regulation)
    in_force = Regulation.objects.filter(pk=regulation.pk).exclude(state=RegulationState.REPEALED)
    if not in_force.update(updated_at=at):
        raise WrongState("已废止的制度不再修改，请登记新的一件。")
    if changed:
        save(regulation, update_fields=[*changed, "updated_at"])
    _attach(regulation, files, by=by, at=at)
    fields = _labels(regulation, changed)
    log.record("regulation.edit", regulation, by=by, at=at, scope=regulation.committee_id, fields=fields)


@transaction.atomic
def repeal(regulation: Regulation, *, on: date, reason: str, by: User | None, at: datetime) -> None:
    """废止 from the day `on`; it stays in the library, with the day."""
    rules.require_keeper(by, regulation)
    if on < regulation.issued_on:
        raise Incomplete("废止日期不能早于印发日期。", {"on": "废止日期不能早于印发日期。"})
    standing = Regulation.objects.filter(pk=regulation.pk).exclude(state=RegulationState.REPEALED)
    if not standing.update(state=RegulationState.REPEALED, repealed_on=on, updated_at=at):
        raise WrongState(f"“{regulation}”已经废止。")
    regulation.state, regulation.repealed_on = RegulationState.REPEALED, on
    said = {"on": on, "reason": reason.strip()}
    log.record("regulation.repeal", regulation, by=by, at=at, scope=regulation.committee_id, **said)


# --- practices ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_practice(practice: Practice, *, attached=None, by: User | None, at: datetime) -> Practice:
    """登记经验, shared at once where its `is_shared` says so; `attached` is (kind, row) to snapshot, or None."""
    rules.require_keeper(by, practice)
    _snapshot(practice, attached)
    save(practice)
    log.record("practice.add", practice, by=by, at=at, scope=practice.committee_id, shared=practice.is_shared)
    return practice


@transaction.atomic
def edit_practice(practice: Practice, *, changed: list[str], attached=None, by: User | None, at: datetime) -> None:
    """修改: the fields in `changed`, and a fresh snapshot where something is attached anew."""
    rules.require_keeper(by, practice)
    if attached:
        changed = [*changed, *_snapshot(practice, attached)]
    if changed:
        save(practice, update_fields=[*changed, "updated_at"])
        fields = _labels(practice, changed)
        log.record("practice.edit", practice, by=by, at=at, scope=practice.committee_id, fields=fields)


@transaction.atomic
def share(practice: Practice, *, by: User | None, at: datetime) -> None:
    """与各级政协共享."""
    _set_shared(practice, True, "practice.share", "这条经验已经共享。", by=by, at=at)


@transaction.atomic
def withdraw(practice: Practice, *, by: User | None, at: datetime) -> None:
    """取消共享: others see it no longer; what they copied stays theirs."""
    _set_shared(practice, False, "practice.withdraw", "这条经验没有共享。", by=by, at=at)


def _set_shared(practice, shared, verb, otherwise, *, by, at):
    rules.require_keeper(by, practice)
    if not Practice.objects.filter(pk=practice.pk, is_shared=not shared).update(is_shared=shared, updated_at=at):
        raise WrongState(otherwise)
    practice.is_shared = shared
    log.record(verb, practice, by=by, at=at, scope=practice.committee_id)


@transaction.atomic
def adopt(practice: Practice, *, committee: Committee, by: User, at: datetime):
    """采用: make what is attached a draft of `committee`, note the use, tell the committee that shares.

    Returns the new row, which has get_absolute_url().
    """
    rules.require_adopter(by, practice, committee)
    # Writing the row holds it: nobody withdraws it meanwhile.
    if not Practice.objects.filter(pk=practice.pk, is_shared=True).update(is_shared=True):
        raise WrongState("这条经验已不再共享。")
    kind = sharing.of(practice.payload_kind)
    if kind is None:
        raise Refusal("这条经验没有附可以复制的内容。")
    made = kind.make(committee, practice.payload, by=by, at=at)
    use = PracticeUse.objects.create(practice=practice, committee=committee, made=str(made)[:100], by=by, at=at)
    log.record("practice.adopt", practice, by=by, at=at, scope=committee.pk, made=use.made)
    outbox.send(
        holders(Permission.REFERENCE_MANAGE, practice.committee), kind="practice",
        title=f"{committee}采用了“{practice}”", body=f"复制了{kind.label}“{use.made}”。",
        url=practice.get_absolute_url(), key=f"practice-use:{use.pk}", at=at, scope=practice.committee_id,
    )  # fmt: skip
    return made


def _snapshot(practice, attached) -> list[str]:
    """Put a snapshot of `attached` on the practice; the names of the fields it changed."""
    if not attached:
        return []
    name, row = attached
    kind = sharing.of(name)
    if kind is None or not kind.offered(practice.committee).filter(pk=row.pk).exists():
        raise Incomplete("只能附上本会的内容。", {"attach": "只能附上本会的内容，请重新选择。"})
    practice.payload_kind, practice.payload_title, practice.payload = name, str(row)[:64], kind.export(row)
    return ["payload_kind", "payload_title", "payload"]


# --- both --------------------------------------------------------------------------------------------------------


def _attach(regulation, files, *, by, at):
    for file in files:
        try:
            store.attach(regulation, file, by=by, at=at, purpose="text", kind="document")
        except ValidationError as problem:
            words = " ".join(problem.messages)
            raise Incomplete(words, {"files": words}) from None


def _labels(row, fields):
    return [str(row._meta.get_field(name).verbose_name) for name in fields]

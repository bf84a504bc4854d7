"""预检: what loading a roster would do, row by row, with everything that is wrong at once; nothing is written."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from members.models import Body, Committee, Member, Party, User
from members.models.regions import Region
from members.roster import values
from members.roster.columns import Column, plain
from members.roster.known import Known
from members.roster.sheets import Fault, Line, Table

LONGEST = {Column.NAME: 64, Column.NUMBER: 32, Column.WORK_POST: 64, Column.SPECIALTIES: 128}
FIELDS = {
    Column.SECTOR: "sector", Column.NUMBER: "number", Column.STANDING: "is_standing", Column.WORK_POST: "work_post",
    Column.PARTY: "party", Column.SPECIALTIES: "specialties", Column.REGION: "region", Column.SINCE: "since",
}  # fmt: skip
"""Columns that are fields of a Member; the phone is the account's, special committees are posts."""


@dataclass(frozen=True)
class Change:
    """One field of a member already known: in words, for the person who decides."""

    column: Column
    before: str
    after: str


@dataclass
class Outcome:
    """What one row leads to: a new member, a changed one, nothing, or a refusal with its reasons."""

    row: int
    name: str
    values: dict[Column, object]
    member: Member | None = None
    user: User | None = None  # an account of a former term or of the office that a new member goes on with
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    made: Member | None = None  # the new membership, once it is loaded

    @property
    def verb(self) -> str:
        if self.faults:
            return "refused"
        if self.member is None:
            return "created"
        return "updated" if self.changes else "skipped"

    @property
    def summary(self) -> str:
        """A new member in one line."""
        words = [_words(self.values[column]) for column in FIELDS if column in self.values]
        return " · ".join(word for word in [masked(self.values.get(Column.PHONE, "")), *words] if word)


@dataclass
class Plan:
    """The whole dry run; `in = created + updated + skipped + refused`, and all or nothing is loaded."""

    committee: Committee
    outcomes: list[Outcome]
    faults: list[Fault]
    notes: list[str]
    known: Known

    def of(self, verb: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.verb == verb]

    @property
    def counts(self) -> dict[str, int]:
        """Rows in all, and how many lead to what."""
        verbs = [outcome.verb for outcome in self.outcomes]
        return {"rows": len(verbs), **{verb: verbs.count(verb) for verb in VERBS}}

    @property
    def is_loadable(self) -> bool:
        return bool(self.outcomes) and not self.faults and not self.of("refused")

    @property
    def all_faults(self) -> list[Fault]:
        return [*self.faults, *(fault for outcome in self.outcomes for fault in outcome.faults)]

    @property
    def digest(self) -> str:
        """The same for two dry runs that would do the same."""
        told = [
            [
                outcome.row,
                outcome.verb,
                outcome.member and outcome.member.pk,
                outcome.user and outcome.user.pk,
                [(change.column, change.before, change.after) for change in outcome.changes],
            ]
            for outcome in self.outcomes
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


VERBS = ("created", "updated", "skipped", "refused")


def check(table: Table, committee: Committee, *, by: User | None, today: date) -> Plan:
    """Hold a table against what is known; the number of queries does not grow with its lines."""
    parsed = [_parse(line, table.epoch) for line in table.lines]
    phones = {outcome.values[Column.PHONE] for outcome in parsed if Column.PHONE in outcome.values}
    known = Known.of(committee, today=today, by=by, phones=phones)
    for outcome in parsed:
        _name_places(outcome, known)
        _find(outcome, known)
        (_check_known if outcome.member else _check_new)(outcome, known)
    _check_together(parsed, known)
    return Plan(committee, parsed, table.faults, table.notes, known)


# --- one cell after the other ------------------------------------------------------------------------------------


def _parse(line: Line, epoch: int) -> Outcome:
    outcome = Outcome(line.row, values.text(line.cells.get(Column.NAME, "")), {}, faults=list(line.faults))
    unfit = {fault.column for fault in line.faults}
    readers = {
        Column.PHONE: values.phone, Column.TERM: values.term, Column.STANDING: values.yes_or_no,
        Column.PARTY: values.party, Column.COMMITTEES: values.listed,
        Column.SINCE: lambda value: values.day(value, epoch),
    }  # fmt: skip
    for column, value in line.cells.items():
        if column in unfit:
            continue
        try:
            outcome.values[column] = readers.get(column, values.text)(value)
        except ValueError as problem:
            _refuse(outcome, column, str(problem))
            continue
        if column in LONGEST and len(outcome.values[column]) > LONGEST[column]:
            _refuse(outcome, column, f"超过 {LONGEST[column]} 个字，请缩短。")
    if Column.NAME not in line.cells:
        _refuse(outcome, Column.NAME, "缺姓名。")
    return outcome


def _refuse(outcome, column, words):
    outcome.faults.append(Fault(words, outcome.row, column))


def _name_places(outcome: Outcome, known: Known):
    """Names of sectors, regions and special committees become rows; the nearest name is offered for an unknown one."""
    given = outcome.values
    if Column.SECTOR in given:
        words = given.pop(Column.SECTOR)
        if sector := known.sectors.get(plain(words)):
            given[Column.SECTOR] = sector
        else:
            _refuse(outcome, Column.SECTOR, f"本会没有界别“{words}”{known.nearest(plain(words), known.sectors)}")
    if Column.REGION in given:
        words = given.pop(Column.REGION)
        regions = known.regions.get(plain(words), [])
        if len(regions) == 1:
            given[Column.REGION] = regions[0]
        elif regions:
            whole = "、".join(f"{region.parent}{region}" for region in regions)
            _refuse(outcome, Column.REGION, f"有几个“{words}”，请写全：{whole}。")
        else:
            _refuse(outcome, Column.REGION, f"辖区里没有“{words}”{known.nearest(plain(words), known.regions)}")
    if Column.COMMITTEES in given:
        found = []
        for words in given.pop(Column.COMMITTEES):
            if body := known.special.get(plain(words)):
                found.append(body)
            else:
                near = known.nearest(plain(words), known.special)
                _refuse(outcome, Column.COMMITTEES, f"本会没有专委会“{words}”{near}")
        given[Column.COMMITTEES] = sorted(found, key=lambda body: (body.position, body.pk))
    term = given.pop(Column.TERM, known.committee.term)
    if term != known.committee.term:
        words = f"本会现为第 {known.committee.term} 届，文件里是第 {term} 届。换届请用“换届”，不用导入。"
        _refuse(outcome, Column.TERM, words)


# --- who it is ---------------------------------------------------------------------------------------------------


def _find(outcome: Outcome, known: Known):
    """By phone, else by 委员证号, else by name and sector if only one is meant."""
    given = outcome.values
    outcome.member = known.by_phone.get(given.get(Column.PHONE)) or known.by_number.get(given.get(Column.NUMBER))
    if outcome.member is None and Column.SECTOR in given:
        same = known.by_name.get((outcome.name, given[Column.SECTOR].pk), [])
        if len(same) == 1:
            outcome.member = same[0]
        elif same:
            words = f"{given[Column.SECTOR]}有 {len(same)} 位{outcome.name}，请填手机号或委员证号，好认出是哪一位。"
            _refuse(outcome, Column.NAME, words)


def _check_known(outcome: Outcome, known: Known):
    member, given = outcome.member, outcome.values
    if outcome.name and outcome.name != member.user.name:
        by_phone = known.by_phone.get(given.get(Column.PHONE)) is member
        known_by = Column.PHONE if by_phone else Column.NUMBER
        words = f"这个{known_by}是委员{member.user.name}的，文件里写的是{outcome.name}。"
        _refuse(outcome, Column.NAME, words + "请核对；确实改了名的，先在账号里改名。")
    holder = known.by_number.get(given.get(Column.NUMBER))
    if holder not in (None, member):
        _refuse(outcome, Column.NUMBER, f"这个委员证号已登记给{holder.user.name}。")
    elif given.get(Column.NUMBER) in known.numbers_left - {""}:
        _refuse(outcome, Column.NUMBER, "这个委员证号属于一位本届已离任的委员。")
    if Column.PHONE in given and given[Column.PHONE] != member.user.phone:
        _check_phone_free(outcome, known)
        if member.user_id in known.foreign:
            words = f"{member.user.name}同时在其他政协任职，手机号由系统管理员修改。"
            _refuse(outcome, Column.PHONE, words)
    if given.get(Column.SINCE) and member.until and given[Column.SINCE] > member.until:
        _refuse(outcome, Column.SINCE, f"晚于任职止（{member.until:%Y-%m-%d}）。")
    outcome.changes = [*_changes(member, given, known)]


def _check_phone_free(outcome, known):
    phone = outcome.values[Column.PHONE]
    if phone in known.accounts:
        _refuse(outcome, Column.PHONE, "这个手机号已登记在另一个账号上，请核对号码。")
    elif phone in known.names_taken:
        _refuse(outcome, Column.PHONE, "这个手机号是另一个账号的用户名，请先修改那个账号。")


def _check_new(outcome: Outcome, known: Known):
    given, failed = outcome.values, {fault.column for fault in outcome.faults}
    for column in (Column.PHONE, Column.SECTOR):
        if column not in given and column not in failed:
            _refuse(outcome, column, f"本届名单里没有这个人，新增委员要填{column}。")
    if given.get(Column.NUMBER) in known.numbers_left - {""}:
        _refuse(outcome, Column.NUMBER, "这个委员证号属于一位本届已离任的委员。")
    account = known.accounts.get(given.get(Column.PHONE))
    if account is None:
        if Column.PHONE in given:
            _check_phone_free(outcome, known)
    elif account.pk in known.left:
        ended = known.left[account.pk].until
        _refuse(outcome, Column.PHONE, f"{account.name}本届任职已于 {ended:%Y-%m-%d} 结束，不能再次新增。")
    elif account.pk not in known.own:
        words = "这个手机号已登记在另一个账号上，请核对号码；这个人如果也在其他政协任职，请系统管理员办理。"
        _refuse(outcome, Column.PHONE, words)
    elif account.name != outcome.name:
        _refuse(outcome, Column.PHONE, f"这个手机号已登记在{account.name}的账号上，请核对。")
    elif not account.is_active:
        _refuse(outcome, Column.PHONE, f"{account.name}的账号已停用，请先在账号里启用。")
    else:
        outcome.user = account


def _check_together(outcomes: list[Outcome], known: Known):
    """What only shows when rows are held against each other."""
    seen = {}
    for outcome in outcomes:
        given = outcome.values
        keys = [(column, given[column]) for column in (Column.PHONE, Column.NUMBER) if column in given]
        if outcome.member:
            keys.append((Column.NAME, outcome.member.pk))
        elif Column.PHONE not in given and Column.SECTOR in given:
            keys.append((Column.NAME, (outcome.name, given[Column.SECTOR].pk)))
        for column, value in keys:
            first = seen.setdefault((column, value), outcome.row)
            if first != outcome.row and not any(fault.words.startswith("与第") for fault in outcome.faults):
                same = "是同一位委员" if column is Column.NAME else f"的{column}相同"
                _refuse(outcome, column, f"与第 {first} 行{same}。")


# --- what would change -------------------------------------------------------------------------------------------


def _changes(member: Member, given: dict, known: Known):
    if Column.PHONE in given and given[Column.PHONE] != member.user.phone:
        yield Change(Column.PHONE, member.user.masked_phone, masked(given[Column.PHONE]))
    for column, name in FIELDS.items():
        if column in given and given[column] != getattr(member, name):
            before, after = getattr(member, name), given[column]
            if column is Column.REGION:
                yield Change(column, known.place_of(before), known.place_of(after))
            elif column is Column.PARTY:
                yield Change(column, Party(before).label if before else "", Party(after).label)
            else:
                yield Change(column, _words(before), _words(after))
    if Column.COMMITTEES in given:
        before, after = known.seats_of(member), given[Column.COMMITTEES]
        if {body.pk for body in before} != {body.pk for body in after}:
            yield Change(Column.COMMITTEES, "、".join(map(str, before)), "、".join(map(str, after)))


def masked(phone: str) -> str:
    return User(phone=phone).masked_phone if phone else ""


def _words(value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, Party):
        return value.label
    return str(value) if isinstance(value, Body | Region | str) else ""

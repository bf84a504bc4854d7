"""How a filed proposal is handled: handed over, talked over, answered by one unit or several, rated, kept."""

import datetime
import functools

from django.utils import timezone

from config.demo import sized_texts
from config.demo.days import moment
from config.demo.sized_rows import after
from config.workdays import count
from proposals.models import (
    Assignment,
    Contact,
    Extension,
    Handing,
    Rating,
    Reply,
    ReturnRequest,
    Round,
    Supervision,
)
from proposals.states import (
    AssignmentRole,
    AssignmentState,
    ContactStage,
    ContactWay,
    HandingState,
    ProposalState,
    PublicationLevel,
    ReplyState,
    RequestState,
    Satisfaction,
    SupervisionKind,
    SupervisionState,
)

A, S = AssignmentState, Satisfaction
SPOKEN = {S.SATISFIED: "办得好，感谢。", S.BASIC: "", S.UNSATISFIED: "答复没有写明完成时间，请再研究。"}
WORK = (ReplyState.DRAFT, ReplyState.CHECKING, ReplyState.SUBMITTED, ReplyState.SIGNED)


@functools.lru_cache(maxsize=4096)
def _due(day: datetime.date, months: int) -> tuple[datetime.date, str]:
    found = count.deadline(day, count.Limit(months, "months", f"交办之日起 {months} 个月"))
    return found.due_on, found


@functools.lru_cache(maxsize=4096)
def _workdays(day: datetime.date, days: int) -> datetime.date:
    return count.add(day, days)


class Handling:
    """One filed proposal from 交办 on; everything that would lie ahead of now is left out."""

    def __init__(self, world, rows, dice, life, year):
        self.world, self.rows, self.dice, self.life, self.year = world, rows, dice, life, year
        self.now, self.proposal = world.now, life.proposal
        self.assignment: Assignment | None = None

    def tell(self) -> None:
        """A proposal of its own: to the lead unit, maybe with others beside it."""
        at = self.year.hand_at(self.life.filed_at)
        if self.life.fate == "filed" or at > self.now:
            return
        units = self._units()
        if self.life.fate == "given_back" and (back := self._given_back(units[1], at)):
            at = back
        self.assignment = self._open(units[0], at, AssignmentRole.LEAD)
        self.proposal.state, self.proposal.unit = ProposalState.ASSIGNED, units[0]
        self.rows.note(
            "proposal.assign", self.proposal, self.world.clerk, at, before=ProposalState.FILED,
            after=ProposalState.ASSIGNED, unit=str(units[0]),
        )  # fmt: skip
        opinions = [self._opinion(unit, at) for unit in units[2 : 2 + self._co_count()]]
        self._handle(opinions)

    def join(self, lead: "Handling") -> None:
        """A merged one: the same unit's assignment beside that of the lead case."""
        given = lead.assignment
        self.assignment = self._open(given.unit, max(given.assigned_at, self.life.filed_at), given.role, lead=given)
        self.proposal.unit = given.unit
        self._handle([])

    # --- units ---------------------------------------------------------------------------------------------------

    def _units(self) -> list:
        named = [self.world.units[name] for name in self.life.said.matter.units]
        others = self.dice.sample(list(self.world.units.values()), 6)
        found = named if self.dice.random() < 0.8 else [*others[:1], *named]
        return list(dict.fromkeys([*found, *others]))

    def _co_count(self) -> int:
        return self.dice.choices([0, 1, 2], [68, 24, 8])[0]

    def _open(self, unit, at, role, *, lead=None, months=3) -> Assignment:
        day = timezone.localdate(at)
        due_on, why = _due(day, months)
        is_co, leader, handler = role == AssignmentRole.CO, self.world.leaders[unit.pk], self.world.handlers[unit.pk]
        raters = [] if is_co else self.life.raters
        made = Assignment(
            committee=self.world.committee, proposal=self.proposal, role=role, lead=lead, title=self.proposal.title,
            text="\n".join([self.proposal.situation, self.proposal.analysis, *self.proposal.points]), unit=unit,
            leader_name=leader.name, leader_post=unit.leader_post, handler=handler, due_on=due_on,
            due_why=why.as_json(), duty=sized_texts.CO_DUTY if is_co else sized_texts.DUTY,
            quality=sized_texts.CO_QUALITY if is_co else sized_texts.QUALITY, rater=raters[0] if raters else None,
            contact_due_on=None if is_co else _workdays(day, 15), assigned_at=at, assigned_by=self.world.clerk,
        )  # fmt: skip
        made.first = Round(assignment=made, number=1, due_on=due_on, opened_at=at)
        self.rows.add(made, made.first)
        self.rows.co_raters += [(made, user) for user in raters[1:]]
        self.rows.note("assignment.open", made, self.world.clerk, at, unit=str(unit), due_on=due_on)
        if lead is None or is_co:
            self._line(made, at)
        return made

    def _line(self, made, at):
        """What went out at the meeting stands among its lines."""
        if self.year.meeting is not None and at == self.year.handed_at:
            self.rows.add(
                Handing(
                    meeting=self.year.meeting, proposal=self.proposal, unit=made.unit, role=made.role,
                    state=HandingState.DONE, assignment=made,
                )
            )  # fmt: skip

    def _given_back(self, unit, at) -> datetime.datetime | None:
        """A first unit that says it is not its matter, and is right; when it goes to another one, if that was yet."""
        asked, decided, again = after(at, 2), after(at, 4), after(at, 6)
        if again > self.now:
            return None
        made, reason = self._open(unit, at, AssignmentRole.LEAD), "不属于本单位职责，建议由主管部门承办。"
        made.state, made.accepted_at = A.RETURNED, after(at, 1)
        made.returned_at, made.return_reason = decided, reason
        handler = self.world.handlers[unit.pk]
        self.rows.add(
            ReturnRequest(
                assignment=made, reason=reason, asked_by=handler, asked_at=asked, state=RequestState.GRANTED,
                decided_by=self.world.clerk, decided_at=decided, words="同意退回",
            )
        )  # fmt: skip
        self._took(made, "accept", handler, made.accepted_at, A.PENDING, A.HANDLING)
        self._took(made, "return_", self.world.clerk, decided, A.HANDLING, A.RETURNED)
        return again

    def _opinion(self, unit, at) -> datetime.datetime | None:
        """A co-unit beside the lead: when its opinion was in, or None as long as it is not."""
        made = self._open(unit, at, AssignmentRole.CO, lead=self.assignment, months=1)
        accepted, given = after(at, 1 + self.dice.random()), after(at, 12 + 16 * self.dice.random())
        if accepted <= self.now:
            made.state, made.accepted_at = A.HANDLING, accepted
            self._took(made, "accept", self.world.handlers[unit.pk], accepted, A.PENDING, A.HANDLING)
        if given > self.now:
            return None
        made.state, made.replied_at, made.closed_at = A.CLOSED, given, given
        self._sent(made, made.first, given, "", PublicationLevel.NONE)
        self._took(made, "give_opinion", self.world.handlers[unit.pk], given, A.HANDLING, A.CLOSED)
        return given

    def _took(self, made, verb, by, at, before, now):
        self.rows.note(f"assignment.{verb}", made, by, at, before=before, after=now)

    # --- the way of one assignment -------------------------------------------------------------------------------

    def _handle(self, opinions) -> None:
        made, dice = self.assignment, self.dice
        handler, at = self.world.handlers[made.unit.pk], made.assigned_at
        accepted = after(at, 1 + 3 * dice.random())
        if self.life.fate == "pending" or accepted > self.now:
            return
        made.state, made.accepted_at = A.HANDLING, accepted
        self._took(made, "accept", handler, accepted, A.PENDING, A.HANDLING)
        contacted = after(accepted, 2 + 12 * dice.random())
        if contacted <= self.now:
            made.contacted_at = contacted
            self._contact(made, ContactStage.BEFORE, contacted, handler)
        replied = after(at, 38 + 45 * dice.random())
        if self.life.fate in ("slow", "late"):
            replied = after(moment(made.due_on, 10), 6 + 40 * dice.random())
            self._urge(made)
        elif dice.random() < 0.05:
            replied = self._extended(made, handler, replied)
        replied = max([replied, after(contacted, 3), *(after(given, 2) for given in opinions if given)])
        if self.life.fate in ("late", "at_work") or None in opinions or replied > self.now:
            if contacted <= self.now and None not in opinions and after(replied, -9) < self.now:
                self._draft(made, handler)
            return
        self._answer(made, made.first, replied)

    def _contact(self, made, stage, at, by):
        self.rows.add(
            Contact(
                assignment=made, stage=stage, way=self.dice.choice(ContactWay.values), on=timezone.localdate(at),
                with_whom=f"{self.life.raters[0].name}等", words="介绍了办理打算，听取了提案者的意见。", by=by, at=at,
            )
        )  # fmt: skip

    def _extended(self, made, handler, replied):
        asked = after(made.assigned_at, 60)
        if asked > self.now:
            return replied
        previously, until = made.due_on, count.add_months(made.due_on, 1)
        reason = "需要协调上级资金，论证时间较长。"
        self.rows.add(
            Extension(
                assignment=made, until=until, previously=previously, reason=reason, asked_by=handler, asked_at=asked,
                state=RequestState.GRANTED, decided_by=self.world.supervisor, decided_at=asked, words="同意",
            )
        )  # fmt: skip
        rule = f"经{self.world.supervisor}同意延期，原期限 {previously:%Y-%m-%d}：{reason}"
        made.due_on, made.due_why = until, count.Deadline(until, rule, previously).as_json()
        made.first.due_on, made.clock = until, 2
        return after(replied, 25)

    def _urge(self, made):
        """A dunning letter to who is late, answered after some days."""
        at = after(moment(made.due_on, 10), 3)
        if at > self.now:
            return
        letter = Supervision(
            assignment=made, kind=SupervisionKind.DUNNING, year=at.year, number=self.rows.number("dunning", at.year),
            on=timezone.localdate(at), words=f"《{made.title}》已逾期，请抓紧办理并反馈。",
            answer_due_on=_workdays(timezone.localdate(at), 10), by=self.world.clerk, at=at,
        )  # fmt: skip
        self.rows.add(letter)
        answered = after(at, 2 + 4 * self.dice.random())
        if answered <= self.now:
            letter.state, letter.answer = SupervisionState.ANSWERED, "已安排专人，近期答复。"
            letter.answered_by, letter.answered_at = self.world.handlers[made.unit.pk], answered

    def _draft(self, made, handler):
        """Work that is not sent yet, at any of its steps."""
        state = self.dice.choice(WORK)
        reply = self._reply(made, made.first, "A", PublicationLevel.FULL)
        reply.state = state
        if state in (ReplyState.SUBMITTED, ReplyState.SIGNED):
            reply.checked_by = self.world.leaders[made.unit.pk]
        if state == ReplyState.SIGNED:
            reply.signed_by, reply.signed_at = self.world.leaders[made.unit.pk], after(self.now, -1)
        self.rows.add(reply)

    def _reply(self, made, present, grade, publication) -> Reply:
        words, answers = sized_texts.reply(self.dice, self.life.said, grade or "A")
        return Reply(
            round=present, text=words if grade else "会办意见：同意，涉及本单位的工作按计划推进。",
            answers=answers if grade else [], grade=grade, publication=publication,
            private_reason="内容涉及内部工作安排" if grade and publication == PublicationLevel.NONE else "",
            reason="受资金和政策条件限制。" if grade == "C" else "",
            promise="按计划完成并请提案者察看。" if grade == "B" else "",
            drafted_by=self.world.handlers[made.unit.pk],
        )  # fmt: skip

    def _sent(self, made, present, at, grade, publication) -> Reply:
        reply, leader = self._reply(made, present, grade, publication), self.world.leaders[made.unit.pk]
        year = timezone.localtime(at).year
        self.rows.papers[made.unit.pk, year] += 1
        reply.number = f"示{str(made.unit)[-8:]}函〔{year}〕{self.rows.papers[made.unit.pk, year]}号"
        reply.state, reply.checked_by, reply.signed_by = ReplyState.SENT, leader, leader
        reply.signed_at = reply.sent_at = at
        if grade:
            wording = self.world.wordings[grade]
            reply.grade_wording, reply.grade_since = str(wording), wording.since
        if grade == "B":
            reply.promised_on = timezone.localdate(after(at, 60 + 340 * self.dice.random()))
        self.rows.add(reply)
        return reply

    def _answer(self, made, present, at) -> None:
        """The reply goes out, everybody rates, and what follows from it."""
        dice, proposal = self.dice, self.proposal
        grade = dice.choices("ABC", [62, 28, 10])[0]
        publication = dice.choices([PublicationLevel.FULL, PublicationLevel.NONE], [85, 15])[0]
        if dice.random() < 0.5:
            self._contact(made, ContactStage.DURING, after(at, -6), self.world.handlers[made.unit.pk])
        reply = self._sent(made, present, at, grade, publication)
        made.state, made.replied_at = A.REPLIED, at
        proposal.grade, proposal.publication, proposal.private_reason = grade, publication, reply.private_reason
        self._took(made, "send_reply", self.world.handlers[made.unit.pk], at, A.HANDLING, A.REPLIED)
        if self.life.fate == "replied":
            return
        rated = after(at, 2 + 12 * dice.random())
        for number, rater in enumerate(self.life.raters):
            said = dice.choices([S.SATISFIED, S.BASIC, S.UNSATISFIED], [86, 12, 2])[0]
            rated = after(rated, 0.4) if number else rated
            if rated > self.now:
                return
            self._rate(made, reply, rater, said, rated, is_first=number == 0)
            if said == S.UNSATISFIED:
                self._again(made, rated)
                return
        self._finish(made, reply, rated)

    def _rate(self, made, reply, rater, said, at, *, is_first):
        self.rows.add(
            Rating(
                reply=reply, satisfaction=said, attitude=S.SATISFIED, words=SPOKEN[said], by=rater, at=at
            )
        )  # fmt: skip
        self.rows.note("assignment.rate", made, rater, at, satisfaction=said)
        if is_first:
            self.proposal.satisfaction = said

    def _again(self, made, at) -> None:
        """不满意 once is another round, twice a meeting that settles it."""
        if made.round > 1:
            self._took(made, "call_meeting", self.life.raters[0], at, A.REPLIED, A.MEETING)
            made.state, settled = A.MEETING, after(at, 9)
            if settled <= self.now:
                made.state, made.closed_at = A.CLOSED, settled
                made.settlement = "面商后提案者理解，遗留事项列入下年计划。"
                self._took(made, "settle", self.world.clerk, settled, A.MEETING, A.CLOSED)
                self._close(settled)
            return
        due_on, reason = count.add_months(timezone.localdate(at), 1), SPOKEN[S.UNSATISFIED]
        made.state, made.round, made.clock, made.due_on = A.HANDLING, 2, made.clock + 1, due_on
        why = count.Deadline(due_on, "重新办理 1 个月", timezone.localdate(at))
        made.due_why, made.replied_at = why.as_json(), None
        again = Round(assignment=made, number=2, due_on=due_on, opened_at=at, reason=reason)
        self.rows.add(again)
        self._took(made, "rework", self.life.raters[0], at, A.REPLIED, A.HANDLING)
        replied = after(at, 10 + 15 * self.dice.random())
        if replied <= self.now:
            self._answer(made, again, replied)

    def _finish(self, made, reply, at) -> None:
        made.satisfied_at = at
        if reply.grade != "B":
            made.state, made.implemented_at, made.closed_at = A.CLOSED, at, at
            self._took(made, "close", self.life.raters[-1], at, A.REPLIED, A.CLOSED)
            self._close(at)
            return
        made.state = A.FOLLOWING
        self._took(made, "follow", self.life.raters[-1], at, A.REPLIED, A.FOLLOWING)
        kept = after(moment(reply.promised_on, 10), 2 + 5 * self.dice.random())
        if kept <= self.now and self.dice.random() < 0.95:
            made.state, made.implemented_at, made.closed_at = A.CLOSED, kept, kept
            self.rows.note(
                "assignment.verify", made, self.world.supervisor, kept, kept=True, words="现场看过，已兑现。"
            )
            self._took(made, "close", self.world.supervisor, kept, A.FOLLOWING, A.CLOSED)
            self._close(kept)

    def _close(self, at) -> None:
        """A merged proposal stays merged, whatever its own assignment does."""
        if self.proposal.state == ProposalState.ASSIGNED:
            self.proposal.state, self.proposal.closed_at = ProposalState.CLOSED, at
            self.rows.note(
                "proposal.close", self.proposal, self.world.supervisor, at, before=ProposalState.ASSIGNED,
                after=ProposalState.CLOSED,
            )  # fmt: skip

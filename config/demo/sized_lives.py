"""How proposals come to be and pass the office: put, signed, reviewed, numbered, merged; then the units have them."""

import datetime
import random
import uuid
from dataclasses import dataclass, field

from config.demo import sized_texts
from config.demo.days import moment, workday
from config.demo.sized_handling import Handling
from config.demo.sized_rows import Rows, after
from config.demo.sized_world import World
from config.workdays.count import add_months
from members.models import BodyKind, User
from proposals.models import HandingMeeting, Plenary, Proposal, ProposalReview, Signature
from proposals.states import (
    ProposalState,
    ProposerKind,
    ReviewResult,
    SignatureRole,
    SignatureState,
    Timing,
)

S, R = ProposalState, ReviewResult
FATES = (
    ("", 830), ("merged", 45), ("rejected", 40), ("turned", 30), ("withdrawn", 10), ("given_back", 25), ("slow", 20),
)  # fmt: skip
"""What becomes of a proposal, and of how many in a thousand; without a name nothing out of the ordinary."""
NOW = ("draft", "put", "returned", "filed", "pending", "at_work", "late", "replied", "put", "filed", "at_work")
"""States that are met in any size: the last proposals stand in these."""
AGES = {"draft": 4, "put": 2, "returned": 14, "filed": 13, "pending": 20, "at_work": 40, "late": 130, "replied": 112}
KINDS = ("member", "joint", "party", "sector", "special")
KIND_WEIGHTS = (50, 40, 4, 3, 3)
CANDIDATES = 40
RECENT, FORMER = 0.55, 0.20  # of the last year's and of earlier years' proposals so many are put between the plenaries


@dataclass
class Life:
    """One proposal on its way."""

    proposal: Proposal
    said: sized_texts.Text
    fate: str
    at: datetime.datetime
    filed_at: datetime.datetime | None = None
    raters: list[User] = field(default_factory=list)
    lead: "Life | None" = None
    handling: Handling | None = None


class Year:
    """The proposals of one plenary."""

    def __init__(self, world: World, plenary: Plenary, dice: random.Random, rows: Rows):
        self.world, self.plenary, self.dice, self.rows = world, plenary, dice, rows
        self.is_last = plenary == world.plenaries[-1]
        held = workday(plenary.year, 2, 26)
        self.handed_at = moment(held, 9)
        self.meeting = None
        if self.handed_at <= world.now:
            self.meeting = HandingMeeting(
                committee=world.committee, plenary=plenary, name=f"{plenary.year} 年提案交办会", held_on=held,
                place="县政府会议室", due_on=add_months(held, 3), opinion_due_on=add_months(held, 1),
                by=world.clerk, done_at=self.handed_at,
            )  # fmt: skip
            rows.add(self.meeting)

    def tell(self, size: int) -> None:
        """So many proposals from the draft on."""
        forced = [*NOW][: max(0, size - 2)] if self.is_last else []
        begun = [(self._submitted_at(), "") for _ in range(size - len(forced))]
        begun += [(after(self.world.now, -AGES[name] - self.dice.random()), name) for name in forced]
        leads: list[Life] = []
        lives = []
        for at, forced_as in sorted(begun):
            fate = forced_as or self.dice.choices([name for name, _ in FATES], [weight for _, weight in FATES])[0]
            lives.append(self._life(at, fate, leads))
        filed = sorted((life for life in lives if life.filed_at), key=lambda life: (life.filed_at, life.at))
        kind = f"proposal-{self.plenary.term}"
        for life in filed:
            life.proposal.number = self.rows.number(kind, self.plenary.number)
        for life in filed:
            if life.lead is None:
                life.handling = Handling(self.world, self.rows, self.dice, life, self)
                life.handling.tell()
        for life in filed:
            if life.lead is not None and life.lead.handling.assignment is not None:
                life.handling = Handling(self.world, self.rows, self.dice, life, self)
                life.handling.join(life.lead.handling)

    def _submitted_at(self) -> datetime.datetime:
        between = self.dice.random() < (RECENT if self.is_last else FORMER)
        first = moment(self.plenary.collects_from, 9)
        if not between:
            return first + (self.plenary.collects_until - first) * self.dice.random() ** 0.5
        end = self.world.now if self.is_last else moment(datetime.date(self.plenary.year, 10, 7), 18)
        return self.plenary.collects_until + (end - self.plenary.collects_until) * self.dice.random()

    def _life(self, at, fate, leads) -> Life:
        said, dice = sized_texts.text(self.dice), self.dice
        row = Proposal(
            key=uuid.UUID(int=dice.getrandbits(128), version=4), committee=self.world.committee, title=said.title,
            situation=said.situation, analysis=said.analysis, points=said.points,
            sphere=self.world.categories[said.matter.sphere], state=S.DRAFT,
        )  # fmt: skip
        life = Life(row, said, fate, at)
        signatures = self._signers(life)
        self.rows.add(row, *signatures)
        self.rows.fields.append((row, self.world.categories[said.matter.field]))
        if fate == "draft":
            return life
        row.state, row.plenary, row.submitted_at = S.SUBMITTED, self.plenary, at
        row.timing = Timing.PLENARY if at <= self.plenary.collects_until else Timing.INTERIM
        self.rows.note("proposal.submit", row, row.drafter, at, before=S.DRAFT, after=S.SUBMITTED)
        self._review(life, leads)
        return life

    def _signers(self, life) -> list[Signature]:
        """Who puts it: drafter, raters and signatures as the kind asks."""
        kind, row, dice, at = self.dice.choices(KINDS, KIND_WEIGHTS)[0], life.proposal, self.dice, life.at
        row.kind = ProposerKind(kind)
        if kind == "party":
            row.organisation, row.drafter = dice.choice(self.world.parties)
            life.raters = [row.drafter]
            return []
        if kind in ("sector", "special"):
            wanted = BodyKind.SECTOR if kind == "sector" else BodyKind.SPECIAL_COMMITTEE
            row.body, member = dice.choice([pair for pair in self.world.bodies if pair[0].kind == wanted])
            row.drafter, life.raters = member.user, [member.user]
            return [self._signature(row, member, SignatureRole.CONVENER, 0, at)]
        count = 1 if kind == "member" else dice.randrange(2, 6)
        members = dice.sample(self.world.members, min(count, len(self.world.members)))
        row.drafter, life.raters = members[0].user, [member.user for member in members]
        return [
            self._signature(row, member, SignatureRole.JOINT if n else SignatureRole.FIRST, n, at)
            for n, member in enumerate(members)
        ]

    @staticmethod
    def _signature(row, member, role, position, at) -> Signature:
        return Signature(
            proposal=row, member=member, role=role, state=SignatureState.SIGNED, position=position,
            asked_at=after(at, -3) if position else None, answered_at=after(at, -1),
        )  # fmt: skip

    def _review(self, life, leads):
        row, dice, at = life.proposal, self.dice, after(life.at, dice_days(self.dice, 3, 12))
        if at > self.world.now:
            return
        if life.fate == "withdrawn":
            row.state = S.WITHDRAWN
            self.rows.note("proposal.withdraw", row, row.drafter, at, before=S.SUBMITTED, after=S.WITHDRAWN)
            return
        lead = self._lead_for(life, leads, at) if life.fate == "merged" else None
        result = {"rejected": R.REJECT, "turned": R.TURN, "returned": R.RETURN}.get(life.fate, R.FILE)
        result = R.MERGE if lead else result
        state = {
            R.REJECT: S.REJECTED, R.TURN: S.TURNED, R.RETURN: S.RETURNED, R.FILE: S.FILED, R.MERGE: S.MERGED,
        }[result]  # fmt: skip
        review = ProposalReview(
            proposal=row, result=result, by=self.world.clerk, at=at, content_ok=result not in (R.REJECT, R.TURN),
            form_ok=result != R.RETURN, words="请补充具体建议和调研数据。" if result == R.RETURN else "",
        )  # fmt: skip
        self.rows.add(review)
        if result == R.REJECT:
            self.rows.grounds.append((review, dice.choice(self.world.grounds[-5:])))
        row.state = state
        verb = {R.REJECT: "reject", R.TURN: "turn", R.RETURN: "return_", R.FILE: "file", R.MERGE: "merge"}[result]
        self.rows.note(f"proposal.{verb}", row, self.world.clerk, at, before=S.SUBMITTED, after=state)
        if state in (S.FILED, S.MERGED):
            row.filed_at = life.filed_at = at
            life.lead, row.lead = lead, lead and lead.proposal
        if state == S.FILED and life.fate == "":
            leads.append(life)

    def _lead_for(self, life, leads, at) -> Life | None:
        """A case of the same plenary that is filed and cannot have been answered yet."""
        near = [
            one for one in leads[-CANDIDATES:] if one.filed_at <= at and self.hand_at(one.filed_at) > after(at, -20)
        ]
        return self.dice.choice(near) if near else None

    def hand_at(self, filed_at) -> datetime.datetime:
        """At the meeting, or some days after it was filed."""
        return self.handed_at if filed_at < self.handed_at else after(filed_at, 5)


def dice_days(dice, low: float, high: float) -> float:
    return low + (high - low) * dice.random()

"""Consultations under their procedures: prepared, held, written down, their outcomes classed, routed and followed."""

import random
import uuid
from datetime import date, timedelta
from itertools import islice

from django.utils import timezone

from config.demo import papers
from config.demo.days import Days, moment
from config.demo.matters import WAITS, Handling
from config.demo.names import Names
from config.demo.people import Place
from config.demo.plans import Planning
from config.demo.story import Story
from config.workdays import count
from consultation import services
from consultation.models import Consultation, Outcome, PlanItem, Procedure, Session
from consultation.services import progress
from consultation.states import Category, Channel, ConsultationForm, GateVerdict, OutcomeClass, OutcomeRoute, PlanState
from consultation.steps import ON_FILE, Evidence, ProcedureKind, StepKind
from members.models import Membership
from workstations.models import Workstation

PROCEDURE = "六步协商"
GAP = 5  # workdays between two steps before the meeting
AFTER = 3  # and after it
ARCHIVE = 31  # workdays after the meeting, when every outcome is settled
TASK, LOOK = 10, 22  # workdays from the classing to the task done, and to the look again
INVITED = ("乡贤代表", "法律顾问")
PUBLIC = ("村民代表", "商户代表", "居民代表")


class Talk:
    """One topic from suggestion to archive, as far as data/agenda.toml lets it come; days are workdays ago."""

    def __init__(self, place: Place, told: dict, planning: Planning, days: Days, names: Names, rng: random.Random):
        self.place, self.told, self.planning, self.days, self.names, self.rng = place, told, planning, days, names, rng
        self.consultation: Consultation | None = None
        self.session: Session | None = None
        self.held_on = planning.held_on(told)
        self.steps = self._steps() if "held" in told else []
        kinds = [step.kind for step in self.steps]
        self.turn = kinds.index(StepKind.SESSION) if kinds else 0
        if self.held_on is None:
            self.held, self.opened = -1, 4
        else:
            past = self.held_on < days.today
            self.held = days.since(self.held_on) if past else -count.between(days.today, self.held_on)
            self.opened = self.held + told.get("gap", GAP) * self.turn + 4

    def _steps(self):
        name = self.told.get("procedure", PROCEDURE)
        self.procedure = Procedure.objects.get(committee=None, kind=ProcedureKind.CONSULTATION, name=name)
        return list(self.procedure.steps.all())

    def stories(self):
        happens = bool(self.steps) and self.opened >= 0
        yield self.planning.topic(self.told, self.days.back(self.opened) if happens else None)
        if happens:
            yield self._story()

    def _story(self) -> Story:
        deeds = sorted(self._deeds(), key=lambda deed: -deed[0])
        for number, (n, deed) in enumerate(deeds):
            if n < 0:
                return
            at = yield moment(self.days.back(n), 14, self.rng.randint(0, 2)) + timedelta(minutes=5 * number)
            yield from deed(at) or ()

    def _deeds(self):
        """(workdays ago, what is done), in the order of the procedure."""
        held, gap = self.held, self.told.get("gap", GAP)
        yield self.opened, self._open
        if self.held_on is None:
            return
        yield self.opened - 1, self._start
        if "called_off" in self.told:
            yield held, self._call_off
            return
        for number in range(self.turn):
            yield held + gap * (self.turn - number), self._finish_step
        yield max(min(held + 10, self.opened - 2), 0), self._call_session
        yield held, self._hold
        yield held - 1, self._write_down
        settled = all("class" in outcome for outcome in self.told.get("outcomes", []))
        sessions = sum(step.kind == StepKind.SESSION for step in self.steps)
        for number, step in enumerate(self.steps[self.turn :]):
            if step.evidence == Evidence.OUTCOMES and not settled:
                return
            yield held - 2 - AFTER * max(0, number + 1 - sessions), self._finish_step
        if self.told.get("archived"):
            yield held - ARCHIVE, self._archive

    # --- before --------------------------------------------------------------------------------------------------

    def _open(self, at):
        committee, told = self.place.committee, self.told
        planned = PlanItem.objects.standing().filter(plan__committee=committee, plan__state=PlanState.ISSUED)
        item = planned.filter(title=told["title"]).select_related("plan").first()
        if item and self.held_on and item.plan.year != self.held_on.year:
            item = None
        station = Workstation.objects.filter(committee=committee, name=told.get("station", "")).first()
        lead, second = self.planning.leads[0], self.place.members[3]
        self.consultation = services.open_consultation(
            self._key(),
            committee,
            plan_item=item,
            topic=self.planning.topics[told["title"]],
            title=told["title"],
            summary=told.get("summary", told["reason"]),
            form=told.get("form", ConsultationForm.MICRO),
            channel=told.get("channel", Channel.IN_ROOM),
            place=told.get("place", str(station or "")),
            workstation=station,
            conveners=f"{lead}、{second}（{second.work_post}）",
            by=self.place.staff,
            at=at,
        )

    def _start(self, at):
        services.start(self.consultation, procedure=self.procedure, by=self.place.staff, at=at)

    def _call_off(self, at):
        services.call_off(self.consultation, words=self.told["called_off"], by=self.place.staff, at=at)

    def _finish_step(self, at):
        step, staff = progress.current_step(self.consultation), self.place.staff
        if step.evidence in ON_FILE and progress.missing_evidence(step, at=at):
            paper = papers.evidence(
                step.evidence, title=f"{self.consultation}{step}", text=self.consultation.summary,
                issuer=self.place.committee.name, on=timezone.localdate(at),
            )  # fmt: skip
            services.add_evidence(step, paper, by=staff, at=at)
        verdict = {"verdict": GateVerdict.PASSED, "held_on": timezone.localdate(at)} if step.is_gate else {}
        services.finish_step(step, by=staff, at=at, **verdict)
        self.consultation.refresh_from_db()

    # --- the meeting ---------------------------------------------------------------------------------------------

    def _call_session(self, at):
        starts_at = moment(self.held_on, 9, 30)
        self.session = services.add_session(
            self.consultation, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
            place=self.consultation.place, by=self.place.staff, at=at,
        )  # fmt: skip
        parties = {
            Category.MEMBER: [(str(member), member.work_post) for member in self._members()],
            Category.INVITED: list(zip(islice(self.names, 2), INVITED, strict=True)),
            Category.DEPARTMENT: [
                (self.place.leaders[key].name, f"{self.place.units[key]}负责人") for key in self.told.get("units", [])
            ],
            Category.PUBLIC: list(zip(islice(self.names, 3), PUBLIC, strict=True)),
        }
        for category, people in parties.items():
            services.invite(self.session, category=category, people=people, by=self.place.staff, at=at)

    def _members(self):
        """Who sits in the special committee in charge, who suggested the topic, and named guests."""
        name = self.told.get("body", "提案委员会")
        seats = Membership.objects.filter(body__committee=self.place.committee, body__name=name)
        people = [seat.member for seat in seats.select_related("member__user").order_by("pk")[:7]]
        people += [self.place.member(username) for username in self.told.get("guests", [])]
        author = self.consultation.topic.suggested_by
        return dict.fromkeys([author, *people] if author else people)

    def _hold(self, at):
        people = list(self.session.participants.values_list("pk", flat=True))
        absent = set(people[4::9])
        services.record_attendance(self.session, set(people) - absent, by=self.place.staff, at=at)

    def _write_down(self, at):
        """Minutes and outcomes; each outcome goes its own way from here."""
        said = [outcome["text"] for outcome in self.told.get("outcomes", [])]
        points = "\n".join(f"{number}. {text}" for number, text in enumerate(said, start=1))
        services.write_minutes(
            self.session,
            minutes=f"{self.consultation.summary}\n参会各方围绕议题提出问题、当面回应、充分互动，形成以下意见：\n{points}",
            publish=True,
            seen=0,
            by=self.place.staff,
            at=at,
        )
        for told in self.told.get("outcomes", []):
            outcome = services.add_outcome(
                self._key(), self.consultation, text=told["text"], by=self.place.staff, at=at
            )
            if "class" in told and self.held >= 2:
                yield self._outcome(outcome, told)

    def _archive(self, at):
        services.archive(self.consultation, by=self.place.staff, at=at)

    # --- outcomes ------------------------------------------------------------------------------------------------

    def _outcome(self, outcome: Outcome, told: dict) -> Story:
        """Classed on the second day; the worker routes it on the next morning."""
        left = self.held - 2
        handling = Handling(self.place, told, told.get("unit", ""), self.rng)
        at = yield moment(self.days.back(left), 16, 10 + 5 * outcome.number)
        day = timezone.localdate(at)
        if told["class"] == OutcomeClass.A:
            given = handling.five_fixings(told["unit"], at, "outcome.workdays")
        else:
            given = self._followed(told, day)
        services.classify(
            outcome,
            seen=0,
            outcome_class=told["class"],
            by=self.place.staff,
            at=at,
            route=told.get("route", ""),
            **given,
        )
        if told["class"] == OutcomeClass.A:
            yield from self._handled(outcome, handling, told.get("path", "").split(), left - 1)
        else:
            yield from self._settled(outcome, told, left)

    def _followed(self, told, day: date) -> dict:
        given = {"responsible": self.place.staff, "look_again_on": count.add(day, LOOK)}
        if told.get("route") == OutcomeRoute.VILLAGE_COMMITTEE:
            given["village"] = self.place.villages[told["village"]]
        return given

    def _handled(self, outcome, handling, path, left) -> Story:
        for step in path:
            verb, _, wait = step.partition("+")
            left -= int(wait or WAITS[verb])
            if left < 0:
                return
            at = yield moment(self.days.back(left), 11, self.rng.randint(0, 40)) + timedelta(minutes=len(verb))
            if handling.assignment is None:
                outcome.refresh_from_db()
                handling.assignment = outcome.assignment
            handling.do(verb, at)

    def _settled(self, outcome, told, left) -> Story:
        """The task is done after two weeks, the look comes on its day; what is not told is still open."""
        staff = self.place.staff
        if "done" not in told or left < TASK:
            return
        at = yield moment(self.days.back(left - TASK), 10, 30)
        services.finish_task(outcome.tasks.get(), words=told["done"], by=staff, at=at)
        outcome.refresh_from_db()
        if left < LOOK:
            return
        at = yield moment(self.days.back(left - LOOK), 11)
        if look := told.get("look"):
            next_on = self.days.ahead(look["next"])
            services.look_again(outcome, words=look["words"], settled=False, next_on=next_on, by=staff, at=at)
        elif words := told.get("settled"):
            services.look_again(outcome, words=words, settled=True, by=staff, at=at)

    def _key(self):
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

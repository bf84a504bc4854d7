"""Topics collected, a year's plan made of them, approved, signed by the three offices, issued, adjusted."""

import random
import uuid
from datetime import date, timedelta

from django.utils import timezone

from config.demo import papers
from config.demo.days import Days, moment, workday
from config.demo.people import Place
from config.demo.story import Story
from consultation import services
from consultation.models import AnnualPlan, PlanAdjustment, Procedure, QuotaFormula, Topic
from consultation.services import progress
from consultation.states import AdjustmentReason, GateVerdict, ResultKind, TopicSource
from consultation.steps import ProcedureKind
from members.models import BodyKind, OrganisationKind

GATES = "县级计划审批"
FROM = {TopicSource.PUBLIC: "网上征题", TopicSource.VILLAGE: "走访村组", TopicSource.INFORMATION: "提案委员会"}
PARTICIPANTS = "承办专委会委员、相关界别委员、配合单位负责人、群众代表"


class Planning:
    """What one committee plans for this year and, when it has topics for that, for the next."""

    def __init__(self, place: Place, told: dict, days: Days, rng: random.Random):
        self.place, self.told, self.days, self.rng = place, told, days, rng
        self.year = days.today.year
        self.issued_on = workday(self.year - 1, 12, 24)
        self.topics: dict[str, Topic] = {}
        offices = place.committee.organisations
        self.party = offices.get(kind=OrganisationKind.PARTY_OFFICE).short_name.removesuffix("办")
        standing = [member for member in place.members if member.is_standing]
        self.leads = [f"{member}（{'主席' if n == 0 else '副主席'}）" for n, member in enumerate(standing[:4])]

    def stories(self):
        """The plans; the topics are told beside the consultations (config/demo/consultations.py)."""
        yield self._this_year()
        if any("next" in told for told in self.told["topics"]):
            yield self._next_year()

    # --- topics --------------------------------------------------------------------------------------------------

    def topic(self, told: dict, opened: date | None) -> Story:
        """Suggested in time for the plan and for the consultation; chosen, declined, or still waiting."""
        day = self.days.back(told["age"]) if "age" in told else workday(self.year - 1, 10, 20)
        if opened is not None:
            day = min(day, opened - timedelta(days=30))
        at = yield moment(day, 11, self.rng.randint(0, 59))
        by, named = self.place.staff, {"suggested_by_name": FROM.get(told["source"], self.party)}
        if told["source"] == TopicSource.MEMBER:
            member = self.place.member(told["by"]) if "by" in told else self.rng.choice(self.place.members)
            by, named = member.user, {}
        topic = services.suggest_topic(
            uuid.UUID(int=self.rng.getrandbits(128), version=4), committee=self.place.committee, title=told["title"],
            reason=told["reason"], content_kind=told["kind"], source=told["source"], by=by, at=at, **named,
        )  # fmt: skip
        self.topics[told["title"]] = topic
        if not {"form", "next", "micro", "decline"} & told.keys():
            return
        at = yield at + timedelta(days=1)
        if words := told.get("decline"):
            services.decline_topic(topic, words=words, by=self.place.staff, at=at)
        else:
            services.select_topic(topic, by=self.place.staff, at=at)

    # --- plans ---------------------------------------------------------------------------------------------------

    def held_on(self, told: dict) -> date | None:
        """The day of its meeting, past or to come; None while no day has been set."""
        held = told.get("held")
        if isinstance(held, str) and "-" in held:
            return workday(self.year, *map(int, held.split("-")))
        if isinstance(held, int):
            return self.days.back(held) if held >= 0 else self.days.ahead(-held)
        return None

    def _this_year(self) -> Story:
        items = [told for told in self.told["topics"] if "form" in told and not told.get("added")]
        at = yield moment(workday(self.year - 1, 11, 20), 9, 30)
        plan = self._draft(self.year, items, "form", at)
        at = yield at + timedelta(days=1)
        self._submit(plan, at)
        for day in (workday(self.year - 1, 12, n) for n in (3, 8, 12, 18)):
            at = yield moment(day, 16)
            self._pass_gate(plan, at)
        for number, reviewer in enumerate(self.place.reviewers):
            at = yield moment(self.issued_on, 9, 30 + 10 * number)
            services.sign_plan(plan, by=reviewer, at=at)
        at = yield moment(self.issued_on, 15)
        self._issue(plan, 18, at)
        start = max(self.days.back(58), self.issued_on + timedelta(days=20))
        if "adjustment" in self.told and start <= self.days.back(10):
            yield self._adjusted(plan, self.told["adjustment"], start)

    def _draft(self, year, items, form, at) -> AnnualPlan:
        committee = self.place.committee
        plan = services.draft_plan(
            committee,
            year=year,
            title=f"{committee.short_name}{year}年度协商计划",
            foreword=f"经{self.party}常委会会议研究同意，现将年度协商计划印发给你们，请结合实际认真组织实施。",
            formula=QuotaFormula.objects.get(committee=None, name=self.told["formula"]),
            by=self.place.staff,
            at=at,
        )
        for told in items:
            self._add_item(plan, told, told[form], at)
        return plan

    def _add_item(self, plan, told, form, at):
        held_on = self.held_on(told)
        special = [body for body in self.place.bodies if body.kind == BodyKind.SPECIAL_COMMITTEE]
        services.add_item(
            plan,
            title=told["title"],
            topic=self.topics[told["title"]],
            form=form,
            month=held_on.month if held_on and held_on.year == plan.year else told["month"],
            lead=self.rng.choice(self.leads),
            body=next((body for body in special if body.name == told.get("body")), special[0]),
            participants=PARTICIPANTS,
            result_kind=told.get("result", ResultKind.MINUTES),
            units=[self.place.units[key] for key in told.get("units", [])],
            by=self.place.staff,
            at=at,
        )

    def _submit(self, plan, at):
        name = self.told.get("gates", GATES)
        gates = Procedure.objects.get(committee=None, kind=ProcedureKind.PLAN, name=name)
        services.submit_plan(plan, procedure=gates, by=self.place.staff, at=at)

    def _pass_gate(self, plan, at):
        step, today = progress.current_step(plan), timezone.localdate(at)
        if not step.is_gate:
            paper = papers.evidence(
                step.evidence, title=plan.title, text="向县直单位、乡镇和委员征求意见，收到修改意见九条，均已采纳。",
                issuer=self.place.committee.name, on=today,
            )  # fmt: skip
            services.add_evidence(step, paper, by=self.place.staff, at=at)
        verdict = {"verdict": GateVerdict.PASSED, "held_on": today} if step.is_gate else {}
        services.finish_step(step, by=self.place.staff, at=at, **verdict)
        plan.refresh_from_db()

    def _issue(self, plan, number, at):
        today = timezone.localdate(at)
        number = f"{self.told['number']}〔{today.year}〕{number}号"
        services.issue_plan(plan, number=number, issued_on=today, by=self.place.staff, at=at)

    def _adjusted(self, plan, told, start) -> Story:
        """调整: approved by a meeting, written into the next version, signed and issued again."""
        staff = self.place.staff
        at = yield moment(start, 10)
        adjustment: PlanAdjustment = services.propose_adjustment(
            plan, reason=AdjustmentReason(told["reason"]), words=told["words"], by=staff, at=at
        )
        at = yield at + timedelta(days=6)
        services.approve_adjustment(
            adjustment, meeting=told["meeting"], decided_on=timezone.localdate(at), by=staff, at=at
        )
        at = yield at + timedelta(hours=3)
        plan = services.open_next_version(adjustment, by=staff, at=at)
        services.drop_item(plan.items.get(title=told["drop"]), by=staff, at=at)
        for added in (one for one in self.told["topics"] if one.get("added")):
            self._add_item(plan, added, added["form"], at)
        services.settle_plan(plan, by=staff, at=at)
        for number, reviewer in enumerate(self.place.reviewers):
            at = yield at + timedelta(hours=1 if number else 20)
            services.sign_plan(plan, by=reviewer, at=at)
        at = yield at + timedelta(hours=2)
        self._issue(plan, 9, at)

    def _next_year(self) -> Story:
        """The plan of next year has passed its gates and waits for two of the three signatures."""
        items = [told for told in self.told["topics"] if "next" in told]
        at = yield moment(self.days.back(22), 10)
        plan = self._draft(self.year + 1, items, "next", at)
        at = yield moment(self.days.back(21), 10)
        self._submit(plan, at)
        for back in (16, 11, 7, 4):
            at = yield moment(self.days.back(back), 16)
            self._pass_gate(plan, at)
        at = yield moment(self.days.back(2), 11)
        services.sign_plan(plan, by=self.place.reviewers[-1], at=at)

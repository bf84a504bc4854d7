"""Micro-proposals on their way: each takes the path that data/micros_*.toml gives it, by the services themselves."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from config.demo import pictures
from config.demo.days import Days, moment
from config.demo.people import Place
from config.demo.story import Story
from config.uploads import store
from config.workdays import count
from members.models import Region
from proposals import services
from proposals.models import Assignment, Category, MicroProposal
from proposals.services.assignments import usual_deadline
from proposals.states import PublicationLevel, ReplyGrade, Satisfaction, Verdict

# Workdays that a step usually comes after the one before.
WAITS = {
    "submit": 0, "withdraw": 1, "one_agrees": 1, "two_agree": 1, "agree": 2, "supplement": 2, "disagree": 2,
    "assign": 1, "misassign": 1, "accept": 1, "return": 2, "draft": 7, "forward": 0, "sign": 1, "satisfied": 2,
    "basic": 2, "unsatisfied": 2, "ask": 8, "grant": 1, "refuse": 1, "kept": 30, "broken": 30,
}  # fmt: skip
DUTIES = [
    "牵头核实情况，提出办法并组织实施",
    "现场勘察，会同有关单位拿出方案并抓好落实",
    "听取提交人和群众意见，明确措施、时间和责任人",
]
QUALITIES = ["问题得到解决，提交人满意", "按期书面答复，提交人和群众满意", "一次办成，不留尾巴"]


def five_fixings(place: Place, key: str, at, *, parameter: str, rng: random.Random) -> dict:
    committee, unit = place.committee, place.units[key]
    due = usual_deadline(committee, parameter=parameter, start=timezone.localdate(at))
    return {
        "unit": unit, "leader_name": unit.leader_name, "leader_post": unit.leader_post,
        "handler": place.handlers[key], "due_on": due.due_on,
        "duty": rng.choice(DUTIES), "quality": rng.choice(QUALITIES),
    }  # fmt: skip


class Handling:
    """The unit's part of a matter; shared with the assignments that consultations bring about."""

    def __init__(self, place: Place, told: dict, key: str, rng: random.Random):
        self.place, self.key, self.rng = place, key, rng
        self.replies, self.words = iter(told.get("replies", [])), told.get("words", {})
        self.assignment: Assignment | None = None

    def five_fixings(self, key: str, at, parameter: str = "handling.workdays") -> dict:
        return five_fixings(self.place, key, at, parameter=parameter, rng=self.rng)

    def do(self, step: str, at) -> None:
        getattr(self, f"do_{step}")(at)

    def do_accept(self, at):
        services.accept(self.assignment, by=self.place.handlers[self.key], at=at)

    def do_draft(self, at):
        told = next(self.replies)
        fields = {"grade": ReplyGrade.A, "publication": PublicationLevel.FULL} | told
        if days := fields.pop("promised", None):
            fields["promised_on"] = count.add(timezone.localdate(at), days)
        self.reply = services.draft_reply(self.assignment, by=self.place.handlers[self.key], at=at, **fields)

    def do_forward(self, at):
        services.put_forward(self.reply, by=self.place.handlers[self.key], at=at)

    def do_sign(self, at):
        services.send(self.reply, by=self.place.leaders[self.key], at=at)
        self.assignment.refresh_from_db()

    def _rate(self, satisfaction, at):
        words = self.words.get(satisfaction.value, "")
        services.rate(self.assignment, satisfaction=satisfaction, words=words, by=self.assignment.rater, at=at)
        self.assignment.refresh_from_db()

    def do_satisfied(self, at):
        self._rate(Satisfaction.SATISFIED, at)

    def do_basic(self, at):
        self._rate(Satisfaction.BASIC, at)

    def do_unsatisfied(self, at):
        self._rate(Satisfaction.UNSATISFIED, at)

    def do_ask(self, at):
        handler = self.place.handlers[self.key]
        until = count.add(self.assignment.due_on, 15)
        self.extension = services.ask_extension(
            self.assignment, until=until, reason=self.words["ask"], by=handler, at=at
        )

    def do_grant(self, at):
        services.grant_extension(self.extension, words=self.words["grant"], by=self.place.supervisor, at=at)
        self.assignment.refresh_from_db()

    def do_refuse(self, at):
        services.refuse_extension(self.extension, words=self.words["refuse"], by=self.place.supervisor, at=at)

    def do_kept(self, at):
        services.verify(self.assignment, kept=True, words=self.words["kept"], by=self.place.supervisor, at=at)

    def do_broken(self, at):
        services.verify(self.assignment, kept=False, words=self.words["broken"], by=self.place.supervisor, at=at)


class Matter(Handling):
    """One micro-proposal, from its draft on."""

    def __init__(self, place: Place, told: dict, days: Days, rng: random.Random):
        super().__init__(place, told, told["unit"], rng)
        self.told, self.days = told, days
        town, _, village = told["place"].partition("/")
        self.region = next(one for one in place.towns if one.name == town)
        neighbours = [member for member in place.members if member.region_id == self.region.pk]
        self.author = (place.member(told["by"]) if "by" in told else rng.choice(neighbours)).user
        if village:
            self.region = Region.objects.get(parent=self.region, name=village)

    def story(self) -> Story:
        left = self.told["age"]
        at = yield self._on(left + 1)
        self._draft(at)
        for step in self.told["path"].split():
            verb, _, wait = step.partition("+")
            wait = int(wait or WAITS[verb])
            left -= wait
            at = yield self._on(left) if wait or verb == "submit" else at + timedelta(minutes=self.rng.randint(20, 40))
            self.do(verb, at)

    def _on(self, back):
        if back < 0:
            raise ValueError(f"the path of {self.told['title']} is longer than its age")
        return moment(self.days.back(back), self.rng.choice([9, 10, 11, 14, 15]), self.rng.randint(10, 59))

    def _draft(self, at):
        category = Category.objects.get(committee=None, name=self.told["category"])
        texts = {name: self.told[name] for name in ("title", "body")}
        key = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        self.micro = services.keep_draft(
            key, committee=self.place.committee, by=self.author, category=category, region=self.region, **texts
        )
        MicroProposal.objects.filter(pk=self.micro.pk).update(created_at=at, updated_at=at)
        for number in range(self.told.get("photos", 0)):
            picture = pictures.photo(f"现场照片{number + 1}.jpg", self.rng)
            store.attach(self.micro, picture, by=self.author, at=at, purpose="photo", kind="image")

    def do_submit(self, at):
        services.submit(self.micro, by=self.author, at=at)

    def do_withdraw(self, at):
        services.withdraw(self.micro, by=self.author, at=at)

    def _review(self, verdicts, at):
        """One office after the other says its word, in any order; the missing ones say nothing."""
        reviewers = self.rng.sample(self.place.reviewers, len(verdicts))
        for reviewer, verdict in zip(reviewers, verdicts, strict=True):
            words = "" if verdict == Verdict.AGREE else self.words[verdict.value]
            services.give_verdict(self.micro, verdict=verdict, words=words, by=reviewer, at=at)
            at += timedelta(minutes=self.rng.randint(5, 30))
        self.micro.refresh_from_db()

    def do_one_agrees(self, at):
        self._review([Verdict.AGREE], at)

    def do_two_agree(self, at):
        self._review([Verdict.AGREE] * 2, at)

    def do_agree(self, at):
        self._review([Verdict.AGREE] * 3, at)

    def do_supplement(self, at):
        self._review([Verdict.AGREE, Verdict.AGREE, Verdict.SUPPLEMENT], at)

    def do_disagree(self, at):
        self._review([Verdict.AGREE, Verdict.DISAGREE, Verdict.DISAGREE], at)

    def _assign(self, key, at):
        self.key = key
        given = self.five_fixings(key, at)
        self.assignment = services.assign_micro(self.micro, by=self.place.staff, at=at, **given)

    def do_assign(self, at):
        self._assign(self.told["unit"], at)

    def do_misassign(self, at):
        self._assign(self.told["wrong_unit"], at)

    def do_return(self, at):
        handler = self.place.handlers[self.key]
        services.return_(self.assignment, reason=self.words["return"], by=handler, at=at)
        self.micro.refresh_from_db()

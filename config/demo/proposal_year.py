"""Proposals on their way: each takes the path that data/proposals.toml gives it, by the services themselves."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from config.demo.days import Days, moment
from config.demo.matters import five_fixings
from config.demo.people import Place
from config.demo.story import Story
from members.models import Membership, Post
from proposals import services
from proposals.models import Assignment, Category, Proposal, RejectionGround
from proposals.services import contacts, drafting, handing, merging, opinions, pauses, returns, reviewing, signing
from proposals.services.rating import rater_ids
from proposals.states import (
    OPEN,
    AssignmentRole,
    AssignmentState,
    ProposalState,
    ProposerKind,
    PublicationLevel,
    ReplyGrade,
    Satisfaction,
)

UNIT_OWES = (*OPEN, AssignmentState.REPLIED)


class Case:
    """One proposal, from its draft to the last word said of it; `path` names each step and how many workdays ago."""

    def __init__(self, place: Place, told: dict, days: Days, rng: random.Random, cases: dict[str, "Case"]):
        self.place, self.told, self.days, self.rng, self.cases = place, told, days, rng, cases
        self.desk = place.second
        self.replies, self.talks = iter(told.get("replies", [])), iter(told.get("contacts", []))
        self.opinions = iter(told.get("opinions", []))
        self.ratings, self.said = iter(told.get("ratings", [])), iter(told.get("rating_words", []))
        self.proposal: Proposal | None = None
        cases[told["key"]] = self

    def story(self) -> Story:
        steps = self.told["path"].split()
        if not steps[0].startswith("draft@"):
            steps = [f"draft@{int(steps[0].partition('@')[2]) + 2}", *steps]
        last, at = None, None
        for step in steps:
            verb, _, back = step.partition("@")
            at = yield at + timedelta(minutes=self.rng.randint(15, 40)) if back == last else self._on(int(back))
            last = back
            verb, _, unit = verb.partition(".")
            if self.proposal is not None:
                self.proposal.refresh_from_db()
            getattr(self, f"do_{verb}")(at, **({"key": unit} if unit else {}))

    def _on(self, back):
        return moment(self.days.back(back), self.rng.choice([9, 10, 11, 14, 15]), self.rng.randint(10, 40))

    # --- writing and signing -------------------------------------------------------------------------------------

    def do_draft(self, at):
        told, kind = self.told, ProposerKind(self.told.get("kind", ProposerKind.MEMBER))
        organisation, body = None, None
        if key := told.get("organisation"):
            organisation, self.author = self.place.speaking[key], self.place.speakers[key]
        elif name := told.get("body"):
            body = next(one for one in self.place.bodies if one.name == name)
            director = Membership.objects.filter(body=body, post=Post.DIRECTOR).first()
            self.author = director.member.user if told["by"] == "director" else self.place.member(told["by"]).user
        else:
            self.author = self.place.member(told["by"]).user
        national = Category.objects.filter(committee=None)
        self.proposal = drafting.keep_draft(
            uuid.UUID(int=self.rng.getrandbits(128), version=4), committee=self.place.committee, by=self.author, at=at,
            kind=kind, organisation=organisation, body=body, tags=list(national.filter(name__in=told.get("tags", []))),
            sphere=national.filter(name=told.get("sphere")).first(),
            **{name: told[name] for name in ("title", "situation", "analysis", "points")},
        )  # fmt: skip
        Proposal.objects.filter(pk=self.proposal.pk).update(created_at=at, updated_at=at)

    def do_ask(self, at):
        members = [self.place.member(named) for named in self.told["with"]]
        signing.invite(self.proposal, members, by=self.author, at=at)

    def do_convene(self, at):
        signing.ask_conveners(self.proposal, by=self.author, at=at)

    def do_sign(self, at):
        """Everybody who was asked and is not silent; of several who sign for a body the first."""
        asked = [row.member for row in self.proposal.signatures.filter(answered_at=None).select_related("member__user")]
        if "agree" in self.told:
            asked = [self.place.member(named) for named in self.told["agree"]]
        silent = {self.place.member(named).pk for named in self.told.get("silent", [])}
        asked = [member for member in asked if member.pk not in silent]
        for member in asked[:1] if self.told.get("body") and "with" not in self.told else asked:
            signing.sign(self.proposal, seen=drafting.digest_of(self.proposal), by=member.user, at=at)
            at += timedelta(minutes=self.rng.randint(5, 30))

    def do_submit(self, at):
        drafting.submit(self.proposal, by=self.author, at=at)

    # --- review --------------------------------------------------------------------------------------------------

    def do_file(self, at):
        reviewing.file(self.proposal, by=self.desk, at=at)

    def do_reject(self, at):
        grounds = RejectionGround.objects.filter(committee=None, words=self.told["ground"])
        reviewing.reject(self.proposal, grounds=grounds, words=self.told["words"], by=self.desk, at=at)

    def do_send_back(self, at):
        checks = reviewing.Checks(content_ok=False)
        reviewing.send_back(self.proposal, words=self.told["words"], checks=checks, by=self.desk, at=at)

    def do_turn(self, at):
        reviewing.turn(self.proposal, words=self.told["words"], by=self.desk, at=at)

    def do_merge(self, at):
        into = self.cases[self.told["into"]].proposal
        into.refresh_from_db()
        merging.merge(self.proposal, into, words="同一事项，一并办理，分别答复。", by=self.desk, at=at)

    # --- handing over --------------------------------------------------------------------------------------------

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The units as the meeting gives them out: role and key."""
        told = self.told
        first = [(AssignmentRole.SEPARATE, key) for key in told.get("separate", [])]
        if "unit" in told:
            first = [(AssignmentRole.LEAD, told.get("wrong_unit", told["unit"]))]
        return [*first, *((AssignmentRole.CO, key) for key in told.get("co", []))]

    @property
    def goes_to_meeting(self) -> bool:
        return bool(self.parts) and " hand@" not in self.told["path"] and self.proposal is not None

    def fixings(self, key: str, at) -> dict:
        return five_fixings(self.place, key, at, parameter="proposal.months", rng=self.rng)

    def do_hand(self, at):
        for role, key in self.parts:
            handing.hand_one(self.proposal, role=role, by=self.desk, at=at, **self.fixings(key, at))

    def do_return(self, at):
        wrong, right = self.told["wrong_unit"], self.place.units[self.told["unit"]]
        returns.ask_return(
            self._of(wrong), reason=self.told["return_reason"], suggested=right, by=self.place.handlers[wrong], at=at
        )

    def do_change(self, at):
        returns.change_unit(
            self._of(self.told["wrong_unit"]), reason=self.told["return_reason"], by=self.desk, at=at,
            **self.fixings(self.told["unit"], at),
        )  # fmt: skip

    # --- handling ------------------------------------------------------------------------------------------------

    def _of(self, key: str) -> Assignment:
        """The assignment that the unit `key` has of it now."""
        live = self.proposal.assignments.exclude(state=AssignmentState.RETURNED)
        return live.select_related("committee", "unit", "proposal", "lead").get(unit=self.place.units[key])

    @property
    def _key(self) -> str:
        """The unit that replies: of a merged proposal that of its lead case."""
        told = self.cases[self.told["into"]].told if "into" in self.told else self.told
        return told["unit"] if "unit" in told else told["separate"][0]

    def do_accept(self, at):
        for assignment in self.proposal.assignments.filter(state=AssignmentState.PENDING).select_related("unit"):
            services.accept(assignment, by=assignment.handler, at=at)

    def do_contact(self, at, key=None):
        key = key or self._key
        stage, way, words = next(self.talks)
        contacts.add(
            self._of(key), stage=stage, way=way, on=timezone.localdate(at), with_whom=self.proposal.proposer,
            words=words, by=self.place.handlers[key], at=at,
        )  # fmt: skip

    def do_review_talk(self, at):
        self.do_contact(at)

    def do_opinion(self, at):
        """Each co-unit that has something to say."""
        for key, words in zip(self.told["co"], self.opinions, strict=False):
            self._send(key, {"text": words}, at)

    def do_waive(self, at):
        last = self._of(self.told["co"][-1])
        opinions.waive(last, reason=self.told["waive_reason"], by=self.place.supervisor, at=at)

    def _draft(self, key, told, at):
        fields = {"grade": ReplyGrade.A, "publication": PublicationLevel.FULL} | told
        if "promised" in fields:
            back = fields.pop("promised")
            fields["promised_on"] = self.days.ahead(-back) if back < 0 else self.days.back(back)
        return services.draft_reply(self._of(key), by=self.place.handlers[key], at=at, **fields)

    def _send(self, key, told, at):
        handler, leader = self.place.handlers[key], self.place.leaders[key]
        reply = self._draft(key, told, at - timedelta(minutes=9))
        services.hand_in(reply, by=handler, at=at - timedelta(minutes=8))
        services.check(reply, by=leader, at=at - timedelta(minutes=5))
        services.sign(reply, number=self._letter(key, at), by=leader, at=at - timedelta(minutes=3))
        services.send(reply, by=handler, at=at)

    def _letter(self, key, at) -> str:
        return f"{self.place.units[key].short_name}提函〔{at.year}〕{self.proposal.number}号"

    def do_reply(self, at, key=None):
        self._send(key or self._key, next(self.replies), at)

    def do_draft_reply(self, at):
        self.reply = self._draft(self._key, next(self.replies), at)

    def do_hand_in(self, at):
        services.hand_in(self.reply, by=self.place.handlers[self._key], at=at)

    def do_check(self, at):
        services.check(self.reply, by=self.place.leaders[self._key], at=at)

    def do_rate(self, at):
        """Each who signed says what is written for the next one, else 满意; a refusal ends the round."""
        assignment = self._of(self._key)
        first = assignment.rater_id
        for pk in sorted(rater_ids(assignment), key=lambda pk: (pk != first, pk)):
            given = {"satisfaction": next(self.ratings, Satisfaction.SATISFIED), "words": next(self.said, "")}
            by = next(user for user in (assignment.rater, *assignment.co_raters.all()) if user.pk == pk)
            services.rate(assignment, by=by, attitude=Satisfaction.SATISFIED, at=at, **given)
            if assignment.state not in UNIT_OWES or given["satisfaction"] == Satisfaction.UNSATISFIED:
                break
            at += timedelta(minutes=self.rng.randint(10, 50))

    def do_ask_extension(self, at):
        self.extension = services.ask_extension(
            self._of(self._key), until=self.days.ahead(self.told["extended"]), reason=self.told["extension_reason"],
            by=self.place.handlers[self._key], at=at,
        )  # fmt: skip

    def do_grant(self, at):
        services.grant_extension(
            self.extension, words=self.told["extension_words"], by=self.place.supervisor, at=at
        )  # fmt: skip

    def do_pause(self, at):
        pauses.pause(self._of(self._key), reason=self.told["pause_reason"], by=self.place.supervisor, at=at)

    @property
    def is_filed(self) -> bool:
        return self.proposal is not None and self.proposal.state == ProposalState.FILED

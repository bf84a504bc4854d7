"""What members do beside their proposals: meetings and activities, tasks, quotas, what is written of them."""

import datetime
import random
from itertools import cycle

from config.demo.days import Days, moment
from config.demo.people import Place
from config.demo.pictures import photo
from config.demo.story import Story
from config.uploads import store
from members.models import Body, BodyKind, Practice, Regulation
from members.presets.contacts import PRESETS as CONTACTS
from members.services import contacts, library, profiles
from workstations.models import Activity, ActivityKind, CalendarTheme, Part, Seat, Workstation
from workstations.models import Story as Told
from workstations.presets import duty as presets
from workstations.services import activities, calendar, duty_rules, quotas, seats, stories, tasks
from workstations.states import SeatState

SIGNED_UP = 4  # of those who come, so many sign up by themselves; the others are entered on the roll
PEOPLE = 12


class Duties:
    """The stories of one committee."""

    def __init__(self, place: Place, told: dict, days: Days, rng: random.Random):
        self.place, self.told, self.days, self.rng = place, told, days, rng
        self.committee = place.committee
        self.special = [body for body in place.bodies if body.kind == BodyKind.SPECIAL_COMMITTEE]
        self.known = [member for member in place.members if member.user.username in ("wang", "deng", "zhou")]

    def stories(self) -> list[Story]:
        told = [self._library(), self._tasks()]
        told += [self.activity(one) for one in self.told.get("activities", [])]
        told += [self._questions(one) for one in self.told.get("questions", [])]
        told += [self._story(one) for one in self.told.get("stories", [])]
        return told

    def _back(self, n, hour=10):
        return moment(self.days.back(n), hour)

    # --- activities ----------------------------------------------------------------------------------------------

    def activity(self, told: dict, on: datetime.date | None = None) -> Story:
        """Drafted and published ten days ahead; people sign up, come, and the effects are written down."""
        staff = self.place.staff
        day = on or (self.days.ahead(told["ahead"]) if "ahead" in told else self.days.back(told["back"]))
        opens = min(moment(day - datetime.timedelta(days=12), 9), self.days.now - datetime.timedelta(hours=2))
        at = yield opens
        activity = activities.draft(self._blank(told, day), involved=self._involved(told), by=staff, at=at)
        activities.publish(activity, by=staff, at=at)
        at = yield at + datetime.timedelta(minutes=30)
        people = [] if activity.is_meeting or activity.kind == ActivityKind.TRAINING else self._people(told, activity)
        for member in people[:SIGNED_UP]:
            seats.sign_up(activity, user=member.user, at=at)
        if activity.ends_at > self.days.now:
            return
        at = yield activity.ends_at
        if people:
            seats.add_present(activity, people, by=staff, at=at)
        else:
            self._call_the_roll(activity, told, at)
        at = yield at + datetime.timedelta(hours=2)
        pictures = [store.clean_image(photo(f"现场{n}.jpg", self.rng)) for n in (1, 2)]
        activities.keep_files(activity, photos=pictures, by=staff, at=at)
        activity.refresh_from_db()
        outcome = activities.Outcome(
            words=told.get("effect", ""), viewers=told.get("viewers"),
            effects=[tuple(effect) for effect in told.get("effects", [])],
            venues=[tuple(venue) for venue in told.get("venues", [])],
        )  # fmt: skip
        activities.close(activity, outcome=outcome, by=staff, at=at)

    def _blank(self, told, day) -> Activity:
        hours = 9 if told["kind"] != "salon" else 15
        activity = Activity(
            committee=self.committee, kind=told["kind"], title=told["title"], starts_at=moment(day, hours),
            ends_at=moment(day, hours + 2, 30), half_days=told.get("half_days", 1), capacity=told.get("capacity"),
        )  # fmt: skip
        for name in ("place", "summary", "topic", "brand", "played"):
            setattr(activity, name, told.get(name, ""))
        if told.get("live"):
            activity.live_link = "https://live.example.org/jiahe"
        if "special" in told:
            activity.body = self.special[told["special"]]
        if told.get("station"):
            activity.station = Workstation.objects.open().filter(committee=self.committee).order_by("pk").first()
        if "sector" in told:
            activity.sector = self._sector(told["sector"])
            activity.body = activity.sector
        activity.is_public = not activity.is_meeting
        return activity

    def _sector(self, name) -> Body:
        return next(body for body in self.place.bodies if body.kind == BodyKind.SECTOR and body.name == name)

    def _involved(self, told):
        names = {unit.name: unit for unit in self.committee.organisations.all()}
        for kind, part in told.get("involved", []):
            found = next((unit for name, unit in names.items() if kind in name), None)
            if found:
                yield found, Part(part)

    def _people(self, told, activity):
        """Those of the host first, always the ones that one can sign in as."""
        host = activity.body_id
        among = [member for member in self.place.members if member.sector_id == host] if host else []
        among = among or self.place.members
        chosen = self.rng.sample(among, min(told.get("people", PEOPLE), len(among)))
        return list(dict.fromkeys([*self.known[:2], *chosen]))

    def _call_the_roll(self, activity, told, at):
        called = list(Seat.objects.filter(activity=activity).order_by("pk"))
        if not called:
            come = [*self.known[:2], *self.rng.sample(self.place.members, 60)]
            seats.add_present(activity, list(dict.fromkeys(come)), by=None, at=at)
            return
        share = told.get("share", 90)
        away = cycle([SeatState.LEAVE_GRANTED, SeatState.ABSENT, SeatState.LEAVE_GRANTED, SeatState.EXCUSED])
        known = {member.pk for member in self.known}
        lines = []
        for seat in called:
            comes = seat.member_id in known or self.rng.randrange(100) < share
            state = SeatState.PRESENT if comes else next(away)
            lines.append(seats.Line(seat=seat.pk, seen=seat.state, state=state))
        seats.mark_roll(activity, lines, by=self.place.staff, at=at)

    # --- tasks, quotas, contacts ---------------------------------------------------------------------------------

    def _tasks(self) -> Story:
        staff = self.place.staff
        at = yield self._back(200, 9)
        for code in self.told.get("quotas", []):
            quota, lines = presets.make_quota(presets.quotas()[code], self.committee)
            quotas.create(quota, lines, by=staff, at=at)
        for code in self.told.get("contacts", []):
            contacts.adopt(CONTACTS[code], self.committee, by=staff, at=at)
        for number, months in enumerate(theme for one in self.told.get("themes", []) for theme in one["themes"]):
            theme = CalendarTheme(committee=self.committee, year=self.days.today.year, month=number + 1, theme=months)
            calendar.set_theme(theme, by=staff, at=at)
        at = yield self._back(20, 9)
        for code in self.told.get("rules", []):
            rule = presets.make_rule(presets.rules()[code], self.committee)
            rule.since = at.date()
            duty_rules.create(rule, by=staff, at=at)
        at = yield self._back(5, 20)
        for member in self.known[:1]:
            for task in member.duty_tasks.open().order_by("pk")[:1]:
                words = "本月走访金田社区两次，居民反映楼道照明坏了没人修，已联系物业更换；放学拥堵的意见写成了微建议。"
                tasks.hand_in(task, words=words, number=4, by=member.user, at=at)

    # --- what is written -----------------------------------------------------------------------------------------

    def _library(self) -> Story:
        at = yield self._back(180, 9)
        for told in self.told.get("regulations", []):
            library.add_regulation(Regulation(committee=self.committee, **told), by=self.place.staff, at=at)
        for told in self.told.get("practices", []):
            practice = library.add_practice(Practice(committee=self.committee, **told), by=self.place.staff, at=at)
            library.share(practice, by=self.place.staff, at=at)

    def _questions(self, told: dict) -> Story:
        at = yield self._back(15, 20)
        member = self.place.member(told["member"])
        question, _ = profiles.ask(member, words=told["words"], place=told["place"], address="192.0.2.1", at=at)
        if told.get("waits"):
            return
        at = yield at + datetime.timedelta(hours=14)
        profiles.pass_on(question, by=self.place.staff, at=at)
        if "answer" in told:
            at = yield at + datetime.timedelta(days=2)
            profiles.answer(question, answer=told["answer"], by=member.user, at=at)

    def _story(self, told: dict) -> Story:
        at = yield self._back(told["back"] - 8, 16)
        found = Activity.objects.filter(committee=self.committee, title=told["on_activity"]).first()
        story = Told(committee=self.committee, activity=found, on=self.days.back(told["back"] - 8))
        for name in ("kind", "title", "text", "effect", "media"):
            setattr(story, name, told.get(name, ""))
        if "sector" in told:
            story.sector = self._sector(told["sector"])
        stories.write(story, members=self.known[:2], by=self.place.staff, at=at)

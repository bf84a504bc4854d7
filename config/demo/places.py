"""What happens at the stations: standards, grids, reception, words of the public, boxes, the three lists, letters."""

import datetime
import random

from config.demo.days import Days, moment
from config.demo.people import Place
from config.demo.pictures import photo
from config.demo.story import Story
from config.uploads import store
from members.models import Region
from workstations.models import (
    Demand,
    FundLine,
    GridPosting,
    InspectionKind,
    OpinionBox,
    Played,
    PostingPlan,
    ReceptionShift,
    Resource,
    Room,
    StationTie,
    TieRole,
    Workstation,
)
from workstations.presets import standards as presets
from workstations.queries.lists_match import field_of
from workstations.services import (
    box_letters,
    boxes,
    funds,
    grid_logs,
    grids,
    inspections,
    letters,
    lists,
    posting_enact,
    posting_plans,
    projects,
    rooms,
    shifts,
    standards,
    ties,
    visits,
    words,
)

FIRST = 190  # workdays ago, when standards were set and grids drawn
SILENT = 4  # of so many members one tells nothing of the grids in a month
SAME_DAY = 5  # hours


class Places:
    """The stories of one committee's stations."""

    def __init__(self, place: Place, told: dict, days: Days, rng: random.Random):
        self.place, self.told, self.days, self.rng = place, told, days, rng
        self.committee, self.staff = place.committee, place.staff

    def stories(self) -> list[Story]:
        told = [self._standards(), self._grids(), self._ties(), self._rosters(), self._resources()]
        for name in ("inspections", "rooms", "funds", "words", "boxes", "demands", "letters"):
            tell = getattr(self, f"_{name}")
            told += [tell(one) for one in self.told.get(name, [])]
        return told

    def _back(self, n, hour=10, minute=0):
        return moment(self.days.back(n), hour, minute)

    def _station(self, name) -> Workstation:
        return Workstation.objects.select_related("committee__region", "region").get(
            committee=self.committee, name=name
        )

    def _keeper(self, station):
        post = station.posts.in_force().keepers().filter(user__isnull=False).first()
        return post.user if post else self.staff

    def _photo(self, name):
        return store.clean_image(photo(f"{name}.jpg", self.rng))

    # --- stations ------------------------------------------------------------------------------------------------

    def _standards(self) -> Story:
        at = yield self._back(FIRST)
        for code in self.told["standards"]:
            standard, items = presets.make(presets.standards()[code], self.committee)
            standards.create(standard, items, by=self.staff, at=at)

    def _inspections(self, told) -> Story:
        at = yield self._back(told["back"])
        station = self._station(told["station"])
        is_self = told.get("self", False)
        by = self._keeper(station) if is_self else self.staff
        standard = self.committee.standards.get(name="八有")
        kind = InspectionKind.SELF if is_self else InspectionKind.OFFICE
        inspection = inspections.begin(station, standard, kind, by=by, at=at)
        for finding in inspection.findings.all():
            passed = finding.name not in told["lacks"]
            pictures = [self._photo(finding.name)] if passed and finding.needs_photo else []
            inspections.answer(finding, passed=passed, photos=pictures, by=by, at=at)
        inspections.finish(inspection, stars=told.get("stars"), words=told.get("words", ""), by=by, at=at)

    def _ties(self) -> Story:
        """The chain above the station one can sign in at: a leader of the chair meeting, a committee, a partner."""
        at = yield self._back(FIRST, 11)
        station = self._station(self.told["holder"])
        chain = [
            {"role": TieRole.LEADER, "member": self.place.member("zhou")},
            {"role": TieRole.GUIDE, "body": next(b for b in self.place.bodies if b.kind == "special_committee")},
            {"role": TieRole.PARTNER, "organisation": self.place.units["zhujian"]},
            {"role": TieRole.TARGET, "words": "社区居民和商户"},
            {"role": TieRole.GOAL, "words": "推动老旧小区改造"},
        ]
        for end in chain:
            ties.tie(StationTie(station=station, since=at.date(), **end), by=self.staff, at=at)

    def _rooms(self, told) -> Story:
        at = yield self._back(FIRST, 14)
        station = self._station(told["station"])
        named = {name: told[name] for name in ("name", "uses", "seats")}
        room = rooms.add_room(Room(station=station, **named), by=self.staff, at=at)
        at = yield self._back(1, 15)
        for ahead, first, last, purpose in told["booked"]:
            day = self.days.ahead(ahead)
            hours = {"starts_at": moment(day, first), "ends_at": moment(day, last)}
            rooms.book(room, **hours, purpose=purpose, by=self._keeper(station), at=at)

    def _funds(self, told) -> Story:
        station = self._station_later(told["station"])
        for kind, amount, back, source, purpose in told["lines"]:
            at = yield self._back(back, 16)
            line = FundLine(
                committee=self.committee, station=station(), kind=kind, amount=amount, on=at.date(), source=source,
                purpose=purpose,
            )  # fmt: skip
            funds.add(line, by=self.staff, at=at)

    def _station_later(self, name):
        return lambda: self._station(name)

    # --- grids ---------------------------------------------------------------------------------------------------

    def _grids(self) -> Story:
        """Some towns divided, a plan worked out and enacted, and what the members told month by month."""
        at = yield self._back(FIRST, 15)
        for town in self.place.towns:
            if town.name in self.told["grids_of"]:
                each = {"per_village": self.told["grids_each"]}
                expected = len(grids.draft(self.committee, town, **each).grids)
                grids.generate(self.committee, town, expected=expected, by=self.staff, at=at, **each)
        at = yield at + datetime.timedelta(hours=1)
        blank = PostingPlan(committee=self.committee, name="委员进网格方案")
        plan = posting_plans.open_plan(blank, by=self.staff, at=at)
        posting_plans.start(plan, by=self.staff, at=at)
        plan.refresh_from_db()
        posting_plans.work_out(plan, run=plan.runs, by=self.staff, at=at)
        plan.refresh_from_db()
        posting_enact.enact(plan, by=self.staff, at=at)
        for months in (2, 1):
            month = (self.days.today.replace(day=1) - datetime.timedelta(days=31 * months - 15)).replace(day=1)
            at = yield moment(month.replace(day=26), 20)
            self._tell_month(month, at)

    def _tell_month(self, month, at):
        posted = {}
        for member, region in GridPosting.objects.filter(committee=self.committee).values_list("member", "region"):
            posted.setdefault(member, []).append(region)
        for number, member in enumerate(self.place.members):
            if member.pk in posted and number % SILENT:
                played = self.rng.sample(Played.values, 2)
                acts = {role: self.rng.randint(1, 3) for role in played}
                grid_logs.save(member, month, regions=posted[member.pk][:2], acts=acts, by=member.user, at=at)

    # --- the public ----------------------------------------------------------------------------------------------

    def _rosters(self) -> Story:
        """Every Wednesday at the station one can sign in at: some weeks past, some to come."""
        at = yield self._back(25, 9)
        station = self._station(self.told["holder"])
        first = at.date() + datetime.timedelta(days=(2 - at.weekday()) % 7 + 7)
        hours = {"starts": datetime.time(9), "ends": datetime.time(11, 30)}
        by = self._keeper(station)
        shifts.plan(station, first=first, weeks=8, **hours, by=by, at=at)
        at = yield self._back(1, 17)
        held = ReceptionShift.objects.standing().filter(station=station, on__lt=self.days.today).order_by("on")
        for shift in held.select_related("member", "station__committee"):
            shifts.mark(shift, kept=True, by=by, at=at)

    def _words(self, told) -> Story:
        at = yield self._back(told["back"], 10, 20)
        station = self._station(told["station"])
        by, spoken = self._keeper(station), {name: told.get(name, "") for name in ("body", "speaker")}
        if told["channel"] == "desk":
            matter = told["body"][:30]
            visit, _ = visits.log_visit(station, people=told.get("people", 1), matter=matter, **spoken, by=by, at=at)
            word = visit.word
        else:
            taken = by if told["channel"] == "phone" else None
            word, _ = words.take_down(
                committee=self.committee, channel=told["channel"], place=told["place"], station=station, **spoken,
                by=taken, at=at,
            )  # fmt: skip
        at = yield at + datetime.timedelta(hours=SAME_DAY)
        match told.get("then"):
            case "answer":
                words.answer(word, answer=told["answer"], publish=True, by=by, at=at)
            case "hand":
                words.hand(word, member=self.place.member("wang"), by=by, at=at)

    def _boxes(self, told) -> Story:
        at = yield self._back(60)
        station = self._station(told["station"])
        named = {name: told.get(name, "") for name in ("name", "place", "welcome")}
        box = boxes.open_box(OpinionBox(committee=self.committee, station=station, **named), by=self.staff, at=at)
        for number, (back, body, place) in enumerate(sorted(told["posts"], reverse=True)):
            at = yield self._back(back, 12, number)
            box_letters.put_in(box, body=body, place=place, seed=f"{box.code}{number}", at=at)

    # --- the three lists -----------------------------------------------------------------------------------------

    def _resources(self) -> Story:
        """What members know well, as they would tap it on the phone."""
        at = yield self._back(55)
        for member in self.place.members[4::12]:
            known = member.specialties.split("、")[0]
            title = f"{known}咨询和培训"
            resource = Resource(committee=self.committee, member=member, title=title, field=field_of(known))
            lists.offer(resource, by=member.user, at=at)

    def _demands(self, told) -> Story:
        at = yield self._back(told["back"], 15)
        town, village = told["place"].split("/")
        region = Region.objects.get(parent__name=town, parent__parent=self.committee.region, name=village)
        station = Workstation.objects.filter(committee=self.committee, name=f"{town}委员工作室").first()
        named = {name: told.get(name, "") for name in ("kind", "title", "field", "words", "who")}
        demand = Demand(committee=self.committee, region=region, station=station, **named)
        by = self._keeper(station)
        demand = lists.raise_demand(demand, verified=True, by=by, at=at)
        if project := told.get("project"):
            yield from self._project(demand, project, at)
        elif told.get("claimed"):
            member = self.place.member("wang") if "result" not in told else self.place.member("deng")
            at = yield at + datetime.timedelta(hours=2)
            lists.claim(demand, member, by=member.user, at=at)
            if "result" in told:
                at = yield at + datetime.timedelta(days=6)
                lists.finish(demand, result=told["result"], photos=[self._photo("结果")], by=member.user, at=at)

    def _project(self, demand, told, at) -> Story:
        at = yield at + datetime.timedelta(days=3)
        sector = next(body for body in self.place.bodies if body.name == told["sector"])
        leader = next(member for member in self.place.members if member.sector_id == sector.pk)
        template = self.committee.project_templates.first()
        project = projects.start(
            demand, leader=leader, title=told["title"], group=sector, template=template, by=self.staff, at=at
        )
        for step in list(project.steps.all())[: told["steps_done"]]:
            at = yield at + datetime.timedelta(days=5)
            projects.do_step(step, on=at.date(), words="已完成", by=leader.user, at=at)

    # --- towns ---------------------------------------------------------------------------------------------------

    def _letters(self, told) -> Story:
        at = yield self._back(told["back"], 9, 40)
        unit = self.place.units[told.get("to") or told["from"]]
        outgoing = "to" in told
        there = self.place.handlers[told.get("to") or told["from"]]
        content = letters.Content(told["kind"], told["subject"], told["body"], wants_answer=told["kind"] != "notice")
        by = self.staff if outgoing else there
        (letter,) = letters.send(self.committee, [unit], content, outgoing=outgoing, by=by, at=at)
        if "answer" in told:
            at = yield at + datetime.timedelta(days=3)
            letters.answer(letter, body=told["answer"], by=there, at=at)

"""社情民意 and micro-proposals that somebody leads, told by their services from data/information.toml."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from config.demo import pictures
from config.demo.days import Days, moment
from config.demo.matters import WAITS, Matter
from config.demo.names import Names
from config.demo.people import Place
from config.demo.story import Story
from proposals.models import Category, Information, LeadStepKind, Level, ResultTag, TraceKind
from proposals.services import (
    bulletins,
    deliveries,
    information,
    information_desk,
    instructions,
    led,
    results,
    traces,
)
from proposals.services.assignments import usual_deadline
from proposals.states import PublicationLevel, Satisfaction

WAITS_LED = WAITS | {"lead": 2, "visit": 3, "talk": 5, "finish": 15, "result": 1, "rate": 2}


class Register:
    """What members report and what the register makes of it."""

    def __init__(self, place: Place, told: dict, days: Days, names: Names, rng: random.Random):
        self.place, self.told, self.days, self.names, self.rng = place, told, days, names, rng
        self.desk = place.second
        self.chair = place.member("zhou").user
        self.reports: dict[str, Information] = {}

    def stories(self):
        for told in self.told.get("reports", []):
            yield self._report(told)
        for told in self.told.get("bulletins", []):
            yield self._bulletin(told)
        for told in self.told.get("led", []):
            yield Led(self.place, told, self.days, random.Random(told["title"])).story()

    def _on(self, back):
        return moment(self.days.back(back), self.rng.choice([9, 10, 14, 15]), self.rng.randint(10, 50))

    # --- reports -------------------------------------------------------------------------------------------------

    def _report(self, told) -> Story:
        steps = [step.split("@") for step in told["path"].split()]
        at = yield self._on(int(steps[0][1]))
        by = self.place.member(told["by"]).user
        category = Category.objects.get(committee=None, name=told["category"])
        region = next(town for town in self.place.towns if town.name == told["place"])
        texts = {name: told.get(name, "") for name in ("title", "problem", "cause", "suggestion")}
        kept = information.keep_draft(
            uuid.UUID(int=self.rng.getrandbits(128), version=4), committee=self.place.committee, by=by,
            category=category, region=region, **texts,
        )  # fmt: skip
        Information.objects.filter(pk=kept.pk).update(created_at=at)
        self.reports[told["key"]] = kept
        information.submit(kept, by=by, at=at + timedelta(minutes=12))
        for verb, back in steps[1:]:
            at = yield self._on(int(back))
            kept.refresh_from_db()
            self._desk(verb, kept, told, at)

    def _desk(self, verb, kept, told, at):
        words = told.get("words", "")
        match verb:
            case "register":
                information_desk.register(kept, by=self.desk, at=at)
            case "same":
                information_desk.mark_same(kept, of=self.reports[told["of"]], by=self.desk, at=at)
            case "return":
                information_desk.return_(kept, words=words, by=self.desk, at=at)
            case "shelve":
                information_desk.shelve(kept, words=words, by=self.desk, at=at)

    # --- issues, instruction, trace ------------------------------------------------------------------------------

    def _bulletin(self, told) -> Story:
        bulletin = None
        for step in told["path"].split():
            verb, _, back = step.partition("@")
            at = yield self._on(int(back))
            if bulletin is None:
                reports = [self.reports[key] for key in told["reports"]]
                for report in reports:
                    report.refresh_from_db()
                bulletin = bulletins.begin(reports, committee=self.place.committee, by=self.desk, at=at)
                continue
            bulletin.refresh_from_db()
            getattr(self, f"_{verb}")(bulletin, told, at)

    def _edit(self, bulletin, told, at):
        bulletins.edit(
            bulletin, title=told["title"], text=told["text"], range=told["range"], by=self.desk, at=at
        )  # fmt: skip

    def _put_forward(self, bulletin, told, at):
        bulletins.put_forward(bulletin, by=self.desk, at=at)

    def _sign(self, bulletin, told, at):
        bulletins.sign(bulletin, by=self.chair, at=at)

    def _deliver(self, bulletin, told, at):
        on = timezone.localdate(at)
        self.sent = [
            deliveries.send(bulletin, level=level, receiver=receiver, sent_on=on, by=self.desk, at=at)
            for level, receiver in ((Level.COUNTY, "县委办公室"), (Level.CITY, "市政协研究室"))
        ]

    def _adopt(self, bulletin, told, at):
        on = timezone.localdate(at)
        for delivery, adopted_as in zip(self.sent, ("《每日要情》第 31 期", "《社情民意摘报》第 12 期"), strict=True):
            deliveries.adopt(delivery, adopted_on=on, adopted_as=adopted_as, by=self.desk, at=at)

    def _instruct(self, bulletin, told, at):
        self.instruction = instructions.note(
            committee=self.place.committee, bulletin=bulletin, leader_name=next(self.names), leader_post="副县长",
            level=Level.COUNTY, on=timezone.localdate(at), by=self.desk, at=at,
            quote="此件反映的问题事关学生安全。请市场监管、城管、教育三家一周内拿出办法，先在两所学校门口试点。",
        )  # fmt: skip

    def _follow(self, bulletin, told, at):
        for back, who, words in (
            (44, "县市场监管局", "牵头召开三家会商，划定两处早餐便民点，四十三个摊点全部登记。"),
            (41, "县城管局", "两处便民点建成，配齐水电和垃圾桶，占道摊点全部入点。"),
        ):
            instructions.follow(
                self.instruction, on=self.days.back(back), who=who, words=words, by=self.desk, at=at
            )  # fmt: skip

    def _trace(self, bulletin, told, at):
        trace = traces.begin(
            committee=self.place.committee, title="从一句家长的话到两处早餐便民点", by=self.desk, at=at
        )  # fmt: skip
        report, day = self.reports[told["reports"][0]], self.days.back
        for kind, back, title, who, words, own in (
            (TraceKind.SPEECH, 68, "家长会上的一句话", "政协委员", "家长说校门口的早餐摊又乱又不放心。", {}),
            (TraceKind.INFORMATION, 66, report.title, "政协委员", "走访六所学校后报送。", {"information": report}),
            (TraceKind.INSTRUCTION, 47, "县领导批示", "县政府", "请三家一周内拿出办法，先行试点。",
             {"instruction": self.instruction}),
            (TraceKind.SURVEY, 45, "三家联合调研", "县市场监管局等", "逐校数摊点、问来源，形成登记台账。", {}),
            (TraceKind.REPORT, 43, "规范校园周边早餐摊点专报", "县政协办", "提出两处便民点的选址和管理办法。", {}),
            (TraceKind.MEASURE, 41, "两处早餐便民点建成", "县城管局", "四十三个摊点登记入点，每月联合检查。", {}),
            (TraceKind.EFFECT, 33, "两所学校门口不再占道", "学校、家长", "家长问卷满意率九成以上。", {}),
        ):  # fmt: skip
            traces.add(
                trace, kind=kind, on=day(back), title=title, who=who, words=words, by=self.desk, at=at, **own
            )  # fmt: skip
        traces.show(trace, public=True, by=self.desk, at=at)


class Led(Matter):
    """A micro-proposal that a member or a body takes on."""

    def __init__(self, place, told, days, rng):
        named = told.get("by")
        super().__init__(place, {key: value for key, value in told.items() if key != "by"}, days, rng)
        if named:
            self.author = place.member(named).user
        self.leader = place.member(told["leader"]) if "leader" in told else None
        self.led_by = None

    def story(self) -> Story:
        left = self.told["age"]
        at = yield self._on(left + 1)
        self._draft(at)
        for step in self.told["path"].split():
            verb, _, wait = step.partition("+")
            left -= int(wait or WAITS_LED[verb])
            at = yield self._on(left)
            self.micro.refresh_from_db()
            self.do(verb, at)

    def do_lead(self, at):
        name = self.told.get("body_leads")
        body = next((body for body in self.place.bodies if body.name == name), None)
        due = usual_deadline(self.place.committee, parameter="led.workdays", start=timezone.localdate(at))
        self.led_by = led.lead_micro(
            self.micro, body=body, member=self.leader, team=self.told["team"], due_on=due.due_on, by=self.place.staff,
            at=at,
        )  # fmt: skip

    def _note(self, kind, words, at):
        by = self.leader.user if self.leader else self.place.staff
        led.note_step(self.led_by, kind=kind, on=timezone.localdate(at), words=words, by=by, at=at)

    def do_visit(self, at):
        self._note(LeadStepKind.VISIT, self.told["visit"], at)

    def do_talk(self, at):
        self._note(LeadStepKind.MICRO_CONSULTATION, self.told["talk"], at)

    def do_finish(self, at):
        led.finish(
            self.led_by, result=self.told["result"], publication=PublicationLevel.FULL, by=self.leader.user, at=at
        )  # fmt: skip

    def do_result(self, at):
        told = self.told
        photos = [pictures.photo(f"照片{number + 1}.jpg", self.rng) for number in range(told.get("photos", 0))]
        results.add_result(
            self.micro, tag=ResultTag(told["tag"]), title=told["service"], before=told["before"], now=told["now"],
            on=timezone.localdate(at), photos=photos, by=self.leader.user, at=at,
        )  # fmt: skip

    def do_rate(self, at):
        words = "孩子们周末有地方去了，谢谢委员。"
        led.rate(self.led_by, satisfaction=Satisfaction.SATISFIED, words=words, by=self.author, at=at)

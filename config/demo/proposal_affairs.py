"""What is done around many proposals: sessions, meetings, choices, supervision, 回头看, showcase, appraisal."""

import random
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from config.demo.days import Days, moment
from config.demo.names import Names
from config.demo.people import Place
from config.demo.proposal_year import Case
from config.demo.story import Story
from proposals.models import Appraised, Cause, HandingMeeting, Measure, Plenary, SelfCheck, Stage
from proposals.queries import appraisal as appraisal_queries
from proposals.services import (
    appraisals,
    disclosure,
    handing,
    look_backs,
    selections,
    showcase,
    showcase_voices,
    supervision,
)
from proposals.states import (
    AssignmentRole,
    PublicationLevel,
    Satisfaction,
    SelectionKind,
    SelectionStage,
    SupervisionKind,
)

OPENS = {"last": 410, "this": 170}  # workdays ago
MEETS = {"last": 395, "this": 150}
NUMBERS = {"last": 3, "this": 4}
VOTES = [Satisfaction.SATISFIED] * 27 + [Satisfaction.BASIC] * 6 + [Satisfaction.UNSATISFIED] * 2
COMMENTS = [
    (
        37,
        "东片老厂房漏雨好些年了，盼着早点改好。",
        "感谢关心。首批三家企业已经开工，年内完工，进度会在本页公布。",
    ),
    (2, "改造的时候能不能留一条给行人走的路？", ""),
]
STAGES = [
    (137, Stage.FILED, 135, "确定为重点提案", "主席会议审定为本年度重点提案，由县领导领办、政协领导督办。", ""),
    (136, Stage.ASSIGNED, 135, "交县住建局主办", "交办会上交由县住建局主办，县自然资源局、县生态环境分局会办。", ""),
    (
        125,
        Stage.SURVEY,
        124,
        "联合走访老旧厂区",
        "委员、承办单位和企业代表看了六处厂房，逐家听取意见。",
        "foundry-visit",
    ),
    (110, Stage.TALK, 108, "面商改造方案", "提案单位和承办单位面对面商量联合改造的分摊办法，形成三条共识。", ""),
    (
        90,
        Stage.REPLY,
        89,
        "书面答复",
        "逐条答复：摸底完成，首批三家企业开工，公共检测车间立项。",
        "foundry-reply",
    ),
    (40, Stage.EFFECT, 39, "首批改造见成效", "三家企业屋面和管线改造过半，腾出标准厂房八千平方米。", ""),
]


class Affairs:
    def __init__(self, place: Place, cases: dict[str, Case], days: Days, names: Names, rng: random.Random):
        self.place, self.cases, self.days, self.names, self.rng = place, cases, days, names, rng
        self.desk, self.office, self.supervisor = place.second, place.staff, place.supervisor
        self.plenaries: dict[str, Plenary] = {}

    def stories(self):
        for which in OPENS:
            yield self._plenary(which)
            yield self._meeting(which)
        yield self._next_meeting()
        yield self._key()
        yield self._excellent()
        yield self._supervision()
        yield self._look_back()
        yield self._showcase()
        yield self._appraisal()

    def _at(self, back, hour=9, minute=0):
        return moment(self.days.back(back), hour, minute)

    # --- sessions and meetings -----------------------------------------------------------------------------------

    def _plenary(self, which) -> Story:
        opened = OPENS[which]
        yield self._at(opened + 10, 8)
        self.plenaries[which] = Plenary.objects.create(
            committee=self.place.committee, term=self.place.committee.term, number=NUMBERS[which],
            opens_on=self.days.back(opened), closes_on=self.days.back(opened - 3),
            collects_from=self.days.back(opened + 10), collects_until=self._at(opened - 5, 18),
        )  # fmt: skip

    def _blank(self, plenary, name, held_on, at):
        due_on, opinion_due_on = handing.usual_dates(self.place.committee, held_on)
        meeting = HandingMeeting(
            committee=self.place.committee, plenary=plenary, name=name, held_on=held_on, place="县政协三楼会议室",
            due_on=due_on, opinion_due_on=opinion_due_on,
        )  # fmt: skip
        return handing.keep_meeting(meeting, by=self.desk, at=at)

    def _meeting(self, which) -> Story:
        """Everything that is filed and has a unit is handed over by one deed."""
        at = yield self._at(MEETS[which], 8, 30)
        plenary = self.plenaries[which]
        meeting = self._blank(plenary, f"{plenary}提案交办会", timezone.localdate(at), at)
        for case in [case for case in self.cases.values() if case.told["plenary"] == which and case.goes_to_meeting]:
            case.proposal.refresh_from_db()
            for role, key in case.parts if case.is_filed else []:
                unit = self.place.units[key]
                handing.plan_line(meeting, case.proposal, unit=unit, role=role, by=self.desk, at=at)
        at = yield self._at(MEETS[which], 10, 30)
        handing.hand_over(meeting, by=self.desk, at=at)

    def _next_meeting(self) -> Story:
        """In preparation: one proposal has its unit, another still waits for one."""
        at = yield self._at(2, 16)
        meeting = self._blank(self.plenaries["this"], "平时提案集中交办会", self.days.ahead(3), at)
        for case in self.cases.values():
            if key := case.told.get("planned"):
                role, unit = AssignmentRole.LEAD, self.place.units[key]
                handing.plan_line(meeting, case.proposal, unit=unit, role=role, by=self.desk, at=at)

    # --- key and excellent ones ----------------------------------------------------------------------------------

    def _proposal(self, key):
        proposal = self.cases[key].proposal
        proposal.refresh_from_db()
        return proposal

    def _step(self, selection, stage, at, *, meeting="", words="", said=None):
        judgements = {}
        for row in selection.candidates.filter(dropped_at="").select_related("proposal"):
            judgements[row.pk] = (said or {}).get(row.proposal.title, selections.Judgement(kept=True))
        selections.finish_step(
            selection, stage=stage, on=timezone.localdate(at), judgements=judgements, meeting=meeting, words=words,
            by=self.desk, at=at,
        )  # fmt: skip

    def _key(self) -> Story:
        """The one of 工商联 came up by itself when it was filed; two were recommended, one of them is dropped."""
        at = yield self._at(168, 9)
        selection = selections.open_selection(self.plenaries["this"], kind=SelectionKind.KEY, by=self.desk, at=at)
        at = yield self._at(155, 15)
        for key, why in (("community", "事关城乡教育均衡，群众关注"), ("clinic", "涉及面广，可与卫生健康工作要点衔接")):
            selections.nominate(selection, self._proposal(key), why=why, by=self.desk, at=at)
        at = yield self._at(153, 15)
        self._step(selection, SelectionStage.COLLECT, at)
        at = yield self._at(141, 15)
        leads = {"led_by": f"副县长{next(self.names)}", "supervised_by": f"县政协副主席{next(self.names)}"}
        said = {
            self._proposal("foundry").title: selections.Judgement(kept=True, **leads),
            self._proposal("community").title: selections.Judgement(kept=True, **leads),
            self._proposal("clinic").title: selections.Judgement(kept=False, words="已列入部门年度工作"),
        }
        meeting = f"{self.place.committee.term}届县政协主席会议"
        self._step(selection, SelectionStage.DECIDE, at, meeting=meeting, said=said)

    def _excellent(self) -> Story:
        """Of the year before, in four steps."""
        at = yield self._at(230, 9)
        selection = selections.open_selection(self.plenaries["last"], kind=SelectionKind.EXCELLENT, by=self.desk, at=at)
        for key, why in (
            ("emergency", "调研扎实，办理成效明显"), ("guardrail", "建议具体，护栏已装"), ("drain", "群众反映集中"),
        ):  # fmt: skip
            selections.nominate(selection, self._proposal(key), why=why, by=self.desk, at=at)
        for back, stage, meeting, said in (
            (222, SelectionStage.COLLECT, "", {}),
            (212, SelectionStage.SCREEN, "", {
                self._proposal("drain").title: selections.Judgement(kept=False, words="承诺事项尚未完成，明年再评"),
            }),
            (200, SelectionStage.DELIBERATE, "提案委员会全体会议", {}),
            (185, SelectionStage.PUBLISH, "", {}),
        ):  # fmt: skip
            at = yield self._at(back, 15)
            self._step(selection, stage, at, meeting=meeting, said=said)

    # --- supervision ---------------------------------------------------------------------------------------------

    def _supervision(self) -> Story:
        at = yield self._at(126, 15)
        key = self.cases["foundry"]._of("zhujian")
        action = supervision.open_supervision(
            key, kind=SupervisionKind.LEADER, on=timezone.localdate(at), led_by=f"县政协副主席{next(self.names)}",
            participants="提案委员会、县工商联、有关企业", words="现场督办重点提案：先摸清底数，再定一厂一策方案。",
            by=self.desk, at=at,
        )  # fmt: skip
        at = yield self._at(119, 10)
        words = "已抽调六人成立工作组，三十七处厂房摸底两周内完成，方案随后征求企业意见。"
        supervision.answer(action, words=words, by=self.place.handlers["zhujian"], at=at)
        at = yield self._at(82, 15)
        supervision.open_supervision(
            self.cases["crop"]._of("nongye"), kind=SupervisionKind.APPRAISAL, on=timezone.localdate(at),
            participants="部分县政协委员、农户代表", words="对暂不能解决的提案开展民主评议，听取解释说明。",
            satisfied=14, basic=9, unsatisfied=2, by=self.supervisor, at=at,
        )  # fmt: skip
        at = yield self._at(10, 9)
        supervision.dun([self.cases["waste"]._of("chengguan")], by=self.desk, at=at)

    # --- 回头看 ---------------------------------------------------------------------------------------------------

    def _look_back(self) -> Story:
        """Over the B replies of the year before: each at another point, two still without an end."""
        at = yield self._at(24, 9)
        plenary = self.plenaries["last"]
        due = self.days.ahead(4)
        campaign = look_backs.start(
            self.place.committee, name=f"{plenary}提案“回头看”", check_due_on=due, plenary=plenary, by=self.desk, at=at
        )
        for back, key, found, words in (
            (20, "guardrail", SelfCheck.KEPT, "三条公路护栏已全部装好，共九点六公里，附验收单。"),
            (19, "drain", SelfCheck.UNDER_WAY, "三处已完工两处，第三处正在回填，月底通水。"),
            (18, "cold-chain", SelfCheck.UNDER_WAY, "一处已投用；另一处用地手续上月批下，正在招标。"),
            (17, "spring", SelfCheck.STUCK, "保护范围批复未下达，围栏只装了两处。"),
        ):
            at = yield self._at(back, 10)
            unit = self.cases[key].told["unit"]
            item = self._item(campaign, key)
            look_backs.check(item, found=found, words=words, by=self.place.handlers[unit], at=at)
        for back, key, order, words in (
            (14, "guardrail", True, "随机抽看两处路段，护栏、警示牌都在。"),
            (12, "drain", True, "到现场看了两处，第三处确在施工。"),
            (12, "spring", False, "五处水源点只有两处有围栏，没有明确管护人。"),
        ):
            at = yield self._at(back, 15)
            look_backs.spot(
                self._item(campaign, key), has_leader=True, has_person=order, in_order=order, words=words,
                by=self.desk, at=at,
            )  # fmt: skip
        at = yield self._at(9, 10)
        look_backs.verify(
            self._item(campaign, "guardrail"), words="承诺已经兑现。", cause=Cause.PLAN, by=self.desk, at=at
        )  # fmt: skip
        look_backs.explain(
            self._item(campaign, "cold-chain"), words="用地审批用时较长，工程已经招标，改期核实。", cause=Cause.POLICY,
            promised_on=self.days.ahead(50), by=self.desk, at=at + timedelta(minutes=20),
        )  # fmt: skip
        look_backs.rework(
            self._item(campaign, "spring"), words="承诺未兑现，且无专人负责，转入二次办理。", cause=Cause.ATTENTION,
            by=self.desk, at=at + timedelta(minutes=40),
        )  # fmt: skip

    def _item(self, campaign, key):
        return campaign.items.select_related("assignment", "round", "campaign").get(
            assignment__proposal=self.cases[key].proposal
        )

    # --- showcase ------------------------------------------------------------------------------------------------

    def _showcase(self) -> Story:
        at = yield self._at(139, 9)
        proposal = self._proposal("foundry")
        disclosure.disclose(proposal, publication=PublicationLevel.FULL, by=self.desk, at=at)
        opened = showcase.begin(proposal, by=self.desk, at=at)
        for number, (on, stage, back, title, words, report) in enumerate(STAGES):
            at = yield self._at(back, 10)
            reports = []
            if report:
                address = f"https://news.example.org/{report}"
                reports = [showcase.Report("县融媒体中心", f"重点提案追踪：{title}", address)]
            entry = showcase.add_entry(
                opened,
                stage=stage,
                on=self.days.back(on),
                title=title,
                words=words,
                reports=reports,
                by=self.desk,
                at=at,
            )
            showcase.publish_entry(entry, shown=True, by=self.desk, at=at)
            if number == 1:
                showcase.open_showcase(opened, by=self.desk, at=at)
        at = yield self._at(38, 10)
        for number, satisfaction in enumerate(VOTES):
            showcase_voices.vote(opened, satisfaction=satisfaction, voter=f"visitor-{number}", at=at)
        for number, (back, words, answer) in enumerate(COMMENTS):
            at = yield self._at(back, 11)
            comment, _ = showcase_voices.leave(opened, words=words, address=f"192.0.2.{number}", at=at)
            if answer:
                at = yield self._at(35, 9)
                showcase_voices.show(comment, by=self.desk, at=at)
                at = yield self._at(34, 15)
                comment.refresh_from_db()
                showcase_voices.answer(comment, answer=answer, by=self.place.handlers["zhujian"], at=at)

    # --- appraisal -----------------------------------------------------------------------------------------------

    def _appraisal(self) -> Story:
        """Of last year: the units' is published, the towns' is being scored by hand."""
        at = yield self._at(13, 9)
        year, committee, by = self.days.today.year - 1, self.place.committee, self.supervisor
        units = appraisals.create(committee, year=year, of=Appraised.UNITS, least=1, by=by, at=at)
        towns = appraisals.create(committee, year=year, of=Appraised.TOWNS, least=1, by=by, at=at)
        at = yield self._at(11, 15)
        if appraisal_queries.table(units, timezone.localdate(at)).rows:
            appraisals.publish(units, by=by, at=at)
        by_hand = towns.indicators.get(measure=Measure.BY_HAND)
        for row in appraisal_queries.table(towns, timezone.localdate(at)).rows[:4]:
            points = Decimal(self.rng.randint(13, 19))
            words = "议事有特色，一站一品，群众参与面广。"
            appraisals.score(by_hand, row.organisation, points=points, words=words, by=by, at=at)

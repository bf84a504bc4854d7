"""How the members' years were scored: schemes, plenaries, proposals from another system, and one whole appraisal."""

import datetime
import random
import uuid

from config.demo.days import Days, moment, workday
from config.demo.duties import Duties
from config.demo.papers import evidence
from config.demo.people import Place
from config.demo.story import Story
from config.uploads import store
from members.facts import Fact
from members.models import Measure, ScoreScheme
from members.services import appraisal, claims, measures, objections
from members.services.scoring import schemes

FILED = 70  # of a hundred members have a proposal filed in a year
TALKS = 3
SETTLING = datetime.timedelta(days=120)  # so long after its end a year is appraised for certain


class Scores:
    """The last year that was appraised, and those since, in one committee."""

    def __init__(self, place: Place, told: dict, days: Days, duties: Duties, rng: random.Random):
        self.place, self.told, self.days, self.duties, self.rng = place, told, days, duties, rng
        self.committee = place.committee
        self.appraised = (days.today - SETTLING).year - 1

    def stories(self) -> list[Story]:
        years = range(self.appraised, self.days.today.year + 1)
        return [self._year(year) for year in years] + [self._appraisal(), self._claim()]

    def _until_now(self, at):
        return at < self.days.now

    def _year(self, year: int) -> Story:
        """The scheme in force, the plenary, and the proposals that were filed in another system."""
        staff, preset = self.place.staff, ScoreScheme.objects.presets().get(name=self.told["scheme"])
        if not self._until_now(begins := moment(workday(year, 1, 2), 8, 30)):
            return
        at = yield begins
        scheme = schemes.copy_preset(preset, self.committee, year, by=staff, at=at)
        schemes.enact(scheme, by=staff, at=at)
        plenary = workday(year, 1, 20)
        if not self._until_now(moment(plenary, 18)):
            return
        at = yield moment(workday(year, 1, 5), 9)
        yield self.duties.activity(
            {"kind": "plenary", "title": f"县政协第{self.committee.term}届委员会全体会议", "share": 94, "half_days": 5,
             "place": "县人民会堂", "summary": "听取常委会工作报告，协商政府工作报告，大会发言。"},
            on=plenary,
        )  # fmt: skip
        if not self._until_now(listed := moment(workday(year, 4, 20), 15)):
            return
        at = yield listed
        paper = evidence(
            "list", title=f"{year}年提案立案情况", text="立案提案见下表。", issuer="县政协提案委员会", on=at.date()
        )
        files, key = (
            [store.clean_document(paper)],
            uuid.uuid5(uuid.NAMESPACE_URL, f"{self.committee.slug} {year} filed"),
        )
        sent = claims.claim_many(list(self._filed(year)), files=files, key=key, by=staff, at=at)
        at = yield at + datetime.timedelta(days=1)
        claims.confirm_many(sent, by=self.place.second, at=at)

    def _filed(self, year):
        """提案 that were filed that year, one to four for each member who wrote any."""
        on = workday(year, 3, 10)
        for member in self.place.members:
            if self.rng.randrange(100) >= FILED and member not in self.duties.known:
                continue
            for number in range(1, self.rng.choice([1, 1, 2, 2, 3, 4]) + 1):
                title = f"关于{member.specialties.split('、')[0]}的提案（之{'一二三四'[number - 1]}）"
                for fact in (Fact.PROPOSAL, Fact.PROPOSAL_FILED):
                    yield claims.Told(member=member, on=on, fact=fact, title=title)

    def _appraisal(self) -> Story:
        """Frozen in January, told, objected to, answered; some talks were held."""
        staff, year = self.place.staff, self.appraised
        at = yield moment(workday(year + 1, 1, 8), 10)
        frozen = appraisal.freeze(ScoreScheme.objects.get(committee=self.committee, year=year), by=staff, at=at)
        measures.propose_measures(frozen, by=staff, at=at)
        at = yield at + datetime.timedelta(days=4)
        appraisal.publish(frozen, by=staff, at=at)
        at = yield at + datetime.timedelta(days=2)
        result = frozen.results.get(member=self.place.member("deng"))
        words = "去年十月我参加了乡村学校捐书，明细里没有这一项，请核实。"
        objection = objections.object_(result, words=words, by=result.member.user, at=at)
        at = yield at + datetime.timedelta(days=3)
        answer = "经核实，该活动由外单位组织，可以凭证明材料申报；申报确认后计入当年，上一年度结果不变。"
        objections.refuse(objection, answer=answer, by=staff, at=at)
        at = yield at + datetime.timedelta(days=6)
        for measure in Measure.objects.filter(result__appraisal=frozen).order_by("pk")[:TALKS]:
            note = "本人说明了缺席的原因，表示今年合理安排时间，按时参加会议和活动。"
            measures.record_talk(measure, held_on=at.date(), speaker="界别召集人", note=note, by=staff, at=at)

    def _claim(self) -> Story:
        """One deed that no part of the platform saw, waiting for the second pair of eyes."""
        at = yield moment(self.days.back(3), 21)
        member = self.place.member("wang")
        told = claims.Told(
            member=member, on=self.days.back(12), fact=Fact.PUBLICITY, title="县融媒体专访：放学路上的安全",
            words="谈学校周边交通安全的专访，节目截图附后。",
        )  # fmt: skip
        paper = evidence("file", title="专访情况", text="节目于本月播出。", issuer="县融媒体中心", on=at.date())
        claims.claim(told, files=[store.clean_document(paper)], key=self._key("claim"), by=member.user, at=at)

    def _key(self, what):
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.committee.slug} {what}")

"""Members computed by hand from the published tables come out to the point (domain 6.2)."""

from decimal import Decimal
from functools import cache

import pytest

from members import scoring
from members.facts import Fact, Mark, Share
from members.models import ScoreScheme
from members.presets import schemes as presets
from members.services.scoring import export_scheme
from tests.factories import scoring as make

PRESENT, LEAVE, ABSENT, EXCUSED = Mark.PRESENT, Mark.LEAVE, Mark.ABSENT, Mark.EXCUSED
t = make.told


def plenary(mark, **given):
    return t(Fact.PLENARY, mark=mark, **given)


def activities(number):
    return [t(Fact.ACTIVITY, mark=PRESENT) for _ in range(number)]


@cache
def rules(name):
    """Plain values, kept over the tests."""
    return scoring.load(make.preset(name))


def points(name, facts, is_standing=False):
    lines = scoring.score(rules(name), facts, is_standing=is_standing)
    sums = scoring.summed(lines)
    assert sums.points == sum(line.points for line in lines) == sums.counted + sums.quality
    return sums.points


TONGCHENG = {
    "nothing": ([], False, "0"),
    "plenary present": ([plenary(PRESENT)], False, "50"),
    "plenary leave": ([plenary(LEAVE)], False, "30"),
    "plenary absent": ([plenary(ABSENT)], False, "0"),
    "official mission counts against nobody": ([plenary(EXCUSED)], False, "50"),
    "常委 leave −2, absent −5": (
        [plenary(PRESENT), t(Fact.STANDING, mark=LEAVE), t(Fact.STANDING, mark=ABSENT)], True, "43",
    ),
    "常委 present or excused loses nothing": (
        [plenary(PRESENT), t(Fact.STANDING, mark=PRESENT), t(Fact.STANDING, mark=EXCUSED)], True, "50",
    ),
    "not 常委: standing meetings do not count": ([plenary(PRESENT), t(Fact.STANDING, mark=ABSENT)], False, "50"),
    "meetings never below nothing": ([t(Fact.STANDING, mark=ABSENT) for _ in range(3)], True, "0"),
    "alone, filed": ([t(Fact.PROPOSAL), t(Fact.PROPOSAL_FILED)], False, "25"),
    "alone, not filed": ([t(Fact.PROPOSAL)], False, "10"),
    "first signer half": (
        [t(Fact.PROPOSAL, share=Share.FIRST, sharers=3), t(Fact.PROPOSAL_FILED, share=Share.FIRST, sharers=3)],
        False, "12.5",
    ),
    "three others share the other half: 10/2/3 + 15/2/3": (
        [t(Fact.PROPOSAL, share=Share.JOINT, sharers=3), t(Fact.PROPOSAL_FILED, share=Share.JOINT, sharers=3)],
        False, "4.17",
    ),
    "main writer of a collective proposal": ([t(Fact.PROPOSAL, share=Share.WRITER, sharers=2)], False, "10"),
    "participant of a collective proposal": ([t(Fact.PROPOSAL, share=Share.PARTICIPANT)], False, "0"),
    "proposals at most 25": ([t(Fact.PROPOSAL) for _ in range(4)], False, "25"),
    "four activities": (activities(4), False, "8"),
    "seven activities, at most 10": (activities(7), False, "10"),
    "written speech": ([t(Fact.SPEECH, detail="plenary")], False, "5"),
    "one information": ([t(Fact.INFORMATION)], False, "10"),
    "adopted": ([t(Fact.INFORMATION), t(Fact.INFORMATION_ADOPTED, detail="city")], False, "15"),
    "informations at most 15": ([t(Fact.INFORMATION) for _ in range(3)], False, "15"),
    "a whole year: 50 − 2 + 25 + 9 + 10": (
        [plenary(PRESENT), t(Fact.STANDING, mark=LEAVE), t(Fact.PROPOSAL), t(Fact.PROPOSAL_FILED), *activities(2),
         t(Fact.SPEECH, detail="consultation"), t(Fact.INFORMATION)],
        True, "92",
    ),
    "everything": (
        [plenary(PRESENT), t(Fact.PROPOSAL), t(Fact.PROPOSAL_FILED), *activities(9), t(Fact.INFORMATION),
         t(Fact.INFORMATION_ADOPTED)],
        False, "100",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "is_standing", "due"), TONGCHENG.values(), ids=TONGCHENG)
def test_tongcheng_to_the_point(db, facts, is_standing, due):
    assert points("桐城", facts, is_standing) == Decimal(due)


FILED = dict(share=Share.SOLE)
JINAN = {
    "who did nothing and was never away": ([], "70"),
    "plenary with leave": ([plenary(LEAVE)], "60"),
    "plenary absent": ([plenary(ABSENT)], "40"),
    "the first filed proposal brings nothing extra": ([t(Fact.PROPOSAL_FILED, **FILED)], "70"),
    "the second does": ([t(Fact.PROPOSAL_FILED, **FILED), t(Fact.PROPOSAL_FILED, share=Share.FIRST, sharers=2)], "75"),
    "co-signing a second does not": (
        [t(Fact.PROPOSAL_FILED, **FILED), t(Fact.PROPOSAL_FILED, share=Share.JOINT, sharers=2)], "70",
    ),
    "重点 +5, 优秀 +10": ([t(Fact.PROPOSAL_KEY), t(Fact.PROPOSAL_EXCELLENT)], "85"),
    "charity 2 each": ([t(Fact.CHARITY, mark=PRESENT) for _ in range(3)], "76"),
    "charity at most 10": ([t(Fact.CHARITY, mark=PRESENT) for _ in range(8)], "80"),
    "reward at most 50": ([t(Fact.PROPOSAL_EXCELLENT) for _ in range(7)], "120"),
    "absent, with reward: 70 − 30 + 10": ([plenary(ABSENT), t(Fact.PROPOSAL_EXCELLENT)], "50"),
    "a whole year: 70 − 10 + 2×5 + 5 + 10 + 4": (
        [plenary(LEAVE), *[t(Fact.PROPOSAL_FILED) for _ in range(3)], t(Fact.PROPOSAL_KEY), t(Fact.PROPOSAL_EXCELLENT),
         *[t(Fact.CHARITY, mark=PRESENT) for _ in range(2)]],
        "89",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "due"), JINAN.values(), ids=JINAN)
def test_jinan_to_the_point(db, facts, due):
    assert points("济南", facts) == Decimal(due)


OTHERS = {
    "闵行: five half-days of plenary": ("闵行", [plenary(PRESENT, quantity=Decimal(5))], False, "25"),
    "闵行: away training, whole and in part": (
        "闵行", [t(Fact.TRAINING, detail="full"), t(Fact.TRAINING, detail="part")], False, "15",
    ),
    "闵行: a joint writer 15, a participant 3": (
        "闵行", [t(Fact.PROPOSAL, share=Share.JOINT), t(Fact.PROPOSAL, share=Share.PARTICIPANT)], False, "18",
    ),
    "闵行: 重点 and 优秀, as participant 3 and 2": (
        "闵行",
        [t(Fact.PROPOSAL_KEY), t(Fact.PROPOSAL_EXCELLENT), t(Fact.PROPOSAL_KEY, share=Share.PARTICIPANT),
         t(Fact.PROPOSAL_EXCELLENT, share=Share.PARTICIPANT)],
        False, "30",
    ),
    "某市: plenary, four activities, one filed, one adopted": (
        "某市",
        [plenary(PRESENT), *activities(4), t(Fact.PROPOSAL_FILED), t(Fact.INFORMATION, key="i:1"),
         t(Fact.INFORMATION_ADOPTED, key="i:1")],
        False, "90",
    ),
    "某市: 常委会 for 常委 only, at most 30": (
        "某市", [t(Fact.STANDING, mark=PRESENT) for _ in range(5)], True, "30",
    ),
    "某市: joint, first 10, others 5 once": (
        "某市",
        [t(Fact.PROPOSAL_FILED, share=Share.FIRST), *[t(Fact.PROPOSAL_FILED, share=Share.JOINT) for _ in range(3)]],
        False, "15",
    ),
    "某市: from the second filed +5, at most 20": (
        "某市", [t(Fact.PROPOSAL_FILED) for _ in range(7)], False, "35",
    ),
    "某市: from the second information +1, adopted +3 instead": (
        "某市",
        [t(Fact.INFORMATION, key="i:1"), t(Fact.INFORMATION, key="i:2"), t(Fact.INFORMATION, key="i:3"),
         t(Fact.INFORMATION_ADOPTED, key="i:1"), t(Fact.INFORMATION_ADOPTED, key="i:2")],
        False, "14",
    ),
    "唐山: every month, quarter, half and year": (
        "唐山",
        [*[t(Fact.TASK, detail="monthly") for _ in range(12)], *[t(Fact.TASK, detail="quarterly") for _ in range(3)],
         *[t(Fact.TASK, detail="half_yearly") for _ in range(2)], t(Fact.TASK, detail="yearly")],
        False, "94",
    ),
    "安庆: −10, −5, never below nothing": (
        "安庆", [plenary(ABSENT), t(Fact.STANDING, mark=ABSENT), t(Fact.STANDING, mark=EXCUSED)], False, "35",
    ),
    "安庆: floor": ("安庆", [t(Fact.COMMITTEE_MEETING, mark=ABSENT) for _ in range(12)], False, "0"),
    "镇街: quarterly study and inspection (row 191)": (
        "镇街",
        [*[t(Fact.TASK, detail="study") for _ in range(4)], *[t(Fact.TASK, detail="inspection") for _ in range(3)],
         t(Fact.CONSULTATION, mark=PRESENT)],
        False, "72",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "facts", "is_standing", "due"), OTHERS.values(), ids=OTHERS)
def test_other_places_to_the_point(db, name, facts, is_standing, due):
    assert points(name, facts, is_standing) == Decimal(due)


def test_presets_load_once_and_follow_the_file(db):
    presets.load()
    before = {preset.name: preset.pk for preset in ScoreScheme.objects.presets()}
    assert len(before) == 7
    presets.load()
    assert {preset.name: preset.pk for preset in ScoreScheme.objects.presets()} == before
    changed = make.preset("桐城")
    changed.groups.first().items.all().delete()
    presets.load()
    assert make.preset("桐城").pk != changed.pk
    assert make.preset("桐城").groups.first().items.count() == 4


def test_every_preset_has_source_grades_and_says_what_it_added(db):
    presets.load()
    for preset in ScoreScheme.objects.presets():
        assert preset.source
        assert preset.bands.exists()
        assert "本平台设定" in preset.note
    assert [band.name for band in make.preset("唐山").bands.all()] == ["优秀", "良好", "一般"]
    steps = [(step.measure, step.years, step.below) for step in make.preset("唐山").ladder.all()]
    assert steps == [("praise", 1, None), ("remind", 1, None), ("advise_resign", 2, Decimal(40))]
    talks = [(step.years, step.speaker) for step in make.preset("济南").ladder.all()]
    assert talks == [(1, "界别组召集人"), (2, "市政协")]


def test_a_copy_is_the_preset_row_by_row(cast):
    for name in ("桐城", "济南", "闵行", "唐山", "安庆", "某市", "镇街"):
        copy = export_scheme(make.scheme(cast.committee, name, enacted=False))
        assert copy.pop("name") == "委员履职考评方案"
        assert copy.items() <= export_scheme(make.preset(name)).items()

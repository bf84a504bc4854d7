from io import StringIO

import pytest
from django.core.management import call_command

from config.management.commands.load_reference import PARTS
from config.milestones.models import MilestoneRule
from config.workdays.models import CalendarYear
from consultation.models import Procedure
from members.models import Region, ReviewCriterion, ScoreScheme
from members.presets import committees as presets
from proposals.models import Category


@pytest.fixture
def small(tmp_path, monkeypatch):
    """One division instead of the country's: its file has tests of its own."""
    path = tmp_path / "regions.csv"
    path.write_text("code,name,level,parent\n430000000000,湖南省,province,\n")
    monkeypatch.setattr(presets, "REGIONS", path)


def counts():
    models = (Region, CalendarYear, Category, Procedure, MilestoneRule, ScoreScheme, ReviewCriterion)
    return [model.objects.count() for model in models]


def test_every_app_has_its_rows_and_a_second_run_adds_none(db, small):
    out = StringIO()
    call_command("load_reference", stdout=out)
    first = counts()
    assert 0 not in first
    assert out.getvalue().splitlines() == [f"{name}：已就绪" for name in PARTS]
    call_command("load_reference", verbosity=0)
    assert counts() == first


def test_what_staff_changed_stays(db, small):
    call_command("load_reference", verbosity=0)
    Region.objects.update(name="改了名")
    call_command("load_reference", verbosity=0)
    assert Region.objects.get().name == "改了名"

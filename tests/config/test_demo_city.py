"""`load_demo --city`: a part of a city, so that it is quick; the whole is for the benchmark."""

import csv
import lzma
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import override_settings

from config.demo import cities
from config.demo.accounts import PASSWORD
from config.refusals import Refusal
from members.models import Committee, Member, Region, RegionLevel, User
from members.presets import committees as presets
from workstations.models import Grid, GridKind, GridLog, GridPosting, PostingPlan, Workstation
from workstations.states import PostingPlanState

NOW = "2026-11-23 10:00+08:00"
PLACES = ("130000", "130200", "130204")  # 唐山市古冶区, a small county of it
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("regions") / "regions.csv"
    with lzma.open(presets.REGIONS, "rt", encoding="utf-8") as source, path.open("w", encoding="utf-8") as target:
        rows = csv.reader(source)
        csv.writer(target).writerows([next(rows), *(row for row in rows if row[0].startswith(PLACES))])
    return path


@pytest.fixture
def city(db, small, monkeypatch):
    """古冶 of 唐山 alone with as many members and grids as a tenth of them."""
    monkeypatch.setattr(presets, "REGIONS", small)
    few = cities.City("tangshan", "130200000000", "唐山好商量", members=90, own=12, grids=260, dedicated=6)
    monkeypatch.setitem(cities.CITIES, "tangshan", few)
    with time_machine.travel(NOW), override_settings(PASSWORD_HASHERS=QUICK):
        out = StringIO()
        call_command("load_demo", city="tangshan", stdout=out)
        yield out.getvalue()


def test_a_city_stands_whole_with_grids_postings_stations_and_months(city):
    top, below = Committee.objects.order_by("region")
    assert (below.upper, below.slug) == (top, "tangshan-04")
    assert [top.members.count(), below.members.count()] == [12, 78]
    assert [Grid.objects.filter(kind=kind).count() for kind in GridKind] == [260, 6]
    plan, handed = PostingPlan.objects.get(upper=None), PostingPlan.objects.get(upper__isnull=False)
    assert (plan.state, handed.state) == (PostingPlanState.ENACTED, PostingPlanState.ENACTED)
    assert plan.report["covered"] == plan.report["targets"] == 266
    assert GridPosting.objects.filter(until__isnull=True).count() == 266
    assert set(GridPosting.objects.values_list("committee", flat=True)) == {top.pk, below.pk}
    towns = Region.objects.filter(level=RegionLevel.TOWN).count()
    assert Workstation.objects.count() == 2 * towns
    told = Member.objects.filter(grid_logs__isnull=False).distinct().count()
    assert 0.7 * 90 < told < 90
    assert GridLog.objects.values("month").distinct().count() >= 3
    assert "唐山市政协：tangshan" in city
    assert User.objects.get(username="tangshan-04").check_password(PASSWORD)
    assert not User.objects.filter(phone__regex=r"^1[3-9]").exists()


def test_a_second_run_changes_nothing(city):
    before = [model.objects.count() for model in (User, Grid, GridPosting, GridLog, Workstation)]
    out = StringIO()
    call_command("load_demo", city="tangshan", stdout=out)
    assert "没有改动" in out.getvalue()
    assert [model.objects.count() for model in (User, Grid, GridPosting, GridLog, Workstation)] == before


def test_a_part_of_a_city_has_its_share_of_people():
    whole = cities.City("x", "130200000000", "好商量", members=1000, own=100, grids=4000, dedicated=80)
    codes = [f"130204{n:06}" for n in range(25)] + [f"130205{n:06}" for n in range(75)]
    part = cities.part_of(whole, ["130204000000"], codes)
    assert (part.members, part.own, part.grids, part.dedicated, part.only) == (250, 25, 1000, 20, ("130204",))
    with pytest.raises(Refusal, match="没有这个县"):
        cities.part_of(whole, ["990000000000"], codes)


def test_a_committee_that_is_there_already_is_left_alone(db, small, monkeypatch):
    monkeypatch.setattr(presets, "REGIONS", small)
    presets.load()
    where = Region.objects.get(pk="130204000000")
    there = Committee.objects.create(region=where, name="本地政协", short_name="本地", slug="here", brand="好商量")
    with pytest.raises(CommandError, match="已经有"):
        call_command("load_demo", city="tangshan", county=["130204000000"], stdout=StringIO())
    assert list(Committee.objects.all()) == [there]


def test_what_cannot_be_asked_for(db, settings):
    with pytest.raises(CommandError, match="一起用"):
        call_command("load_demo", county=["130204000000"])
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="演示数据不能载入正式环境"):
        call_command("load_demo", city="panjin")
    assert not Member.objects.exists()

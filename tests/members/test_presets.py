from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.audit.models import AuditEntry
from config.refusals import Refusal
from members.models import BodyKind, Committee, Region, User
from members.presets import committees as presets
from members.roles import Permission
from tests.factories import members as make

JIAHE = "431024000000"


def found(region, slug="jiahe", **given):
    return presets.found_committee(region, slug=slug, brand="有事好商量", at=timezone.now(), **given)


def bodies(committee, kind):
    return list(committee.bodies.filter(kind=kind).order_by("pk").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("names", "how_many"),
    [
        (presets.NATIONAL_SECTORS, 34),
        (presets.COUNTY_SECTORS, 23),
        (presets.NATIONAL_SPECIAL_COMMITTEES, 10),
        (presets.COUNTY_SPECIAL_COMMITTEES, 6),
    ],
)
def test_the_lists_are_whole(names, how_many):
    assert len(set(names)) == len(names) == how_many


def test_the_national_sectors_are_those_of_the_fourteenth_committee():
    assert "环境资源界" in presets.NATIONAL_SECTORS
    assert "共青团和青联" in presets.NATIONAL_SECTORS
    assert {"共青团", "青联"} & set(presets.NATIONAL_SECTORS) == set()


def test_a_county_committee_starts_with_three_offices_and_its_usual_bodies(db):
    committee = found(make.county())
    assert (committee.name, committee.short_name, committee.term) == ("政协嘉禾县委员会", "嘉禾县政协", 1)
    offices = committee.organisations.three_offices()
    assert dict(offices.values_list("kind", "name")) == {
        "party_office": "县委办公室",
        "government_office": "县政府办公室",
        "cppcc_office": "县政协办公室",
    }
    assert bodies(committee, BodyKind.SECTOR) == presets.COUNTY_SECTORS
    assert bodies(committee, BodyKind.SPECIAL_COMMITTEE) == presets.COUNTY_SPECIAL_COMMITTEES
    verbs = AuditEntry.objects.filter(scope=committee.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["committee.found", "committee.presets"]


def test_a_province_starts_with_the_national_lists(db):
    make.county()
    committee = found(Region.objects.get(code="430000000000"), slug="hunan")
    assert bodies(committee, BodyKind.SECTOR) == presets.NATIONAL_SECTORS
    assert bodies(committee, BodyKind.SPECIAL_COMMITTEE) == presets.NATIONAL_SPECIAL_COMMITTEES
    assert committee.organisations.get(kind="party_office").name == "省委办公厅"


def test_chosen_bodies_take_the_place_of_the_usual_ones(db):
    committee = found(make.county(), sectors=["农业界", "经济界"], special_committees=[])
    assert bodies(committee, BodyKind.SECTOR) == ["农业界", "经济界"]
    assert bodies(committee, BodyKind.SPECIAL_COMMITTEE) == []


def test_committees_find_their_place_in_the_tree_in_any_order(db):
    make.county("431023", "永兴县")
    jiahe = found(make.county(), slug="jiahe")
    hunan = found(Region.objects.get(code="430000000000"), slug="hunan")
    chenzhou = found(Region.objects.get(code="431000000000"), slug="chenzhou")
    yongxing = found(Region.objects.get(code="431023000000"), slug="yongxing")
    guangdong = found(make.county("441823", "阳山县"), slug="yangshan")
    upper = dict(Committee.objects.values_list("slug", "upper__slug"))
    assert upper == {
        jiahe.slug: "chenzhou",
        hunan.slug: None,
        chenzhou.slug: "hunan",
        yongxing.slug: "chenzhou",
        guangdong.slug: None,
    }


@pytest.mark.parametrize(
    ("code", "says"), [("431024100000", "珠泉镇是乡级区划"), (JIAHE, "嘉禾县已经有政协嘉禾县委员会")]
)
def test_where_no_committee_can_be_founded(db, code, says):
    found(make.county())
    with pytest.raises(Refusal, match=says):
        found(Region.objects.get(code=code), slug="other")


def test_a_slug_that_makes_no_address_is_refused(db):
    with pytest.raises(ValidationError, match="只能用小写字母"):
        found(make.county(), slug="Jiahe")


def test_presets_add_what_is_missing_and_nothing_twice(cast):
    new = presets.apply_presets(cast.committee, sectors=["经济界", "农业界"], by=cast.li, at=timezone.now())
    assert [body.name for body in new] == ["农业界"]
    assert presets.apply_presets(cast.committee, sectors=["农业界"], by=cast.li, at=timezone.now()) == []
    assert AuditEntry.objects.filter(verb="committee.presets").count() == 1


@pytest.mark.parametrize("name", ["wang", "zhang", "zhao"])
def test_only_who_manages_people_applies_presets(cast, name):
    with pytest.raises(PermissionDenied):
        presets.apply_presets(cast.committee, sectors=["农业界"], by=getattr(cast, name), at=timezone.now())


def command(*options):
    out = StringIO()
    call_command("create_committee", *options, stdout=out)
    return out.getvalue()


def test_the_command_founds_a_committee_and_opens_its_first_account(db, client):
    make.county()
    said = command("--region", "431024", "--slug", "jiahe", "--brand", "嘉事好商量", "--sectors", "农业界,经济界")
    password = said.split("一次性密码 ")[1].split("（")[0]
    committee = Committee.objects.get(slug="jiahe")
    staff = User.objects.get(username="jiahe-admin")
    assert bodies(committee, BodyKind.SECTOR) == ["农业界", "经济界"]
    assert (staff.is_staff, staff.is_superuser, staff.must_change_password) == (True, False, True)
    assert staff.check_password(password)
    assert staff.committees_with(Permission.PEOPLE_MANAGE) == {committee.pk}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--region", "999999", "--slug", "x"], "没有代码为 999999 的行政区划"),
        (["--region", "431024100", "--slug", "x"], "政协委员会设在县级以上"),
        (["--region", "431024", "--slug", "X"], "只能用小写字母"),
        (["--region", "431024", "--slug", "x", "--staff-username", "taken"], "这个用户名已有人使用"),
    ],
)
def test_the_command_refuses_in_a_sentence_and_leaves_nothing(db, options, says):
    make.county()
    make.user("taken")
    with pytest.raises(CommandError, match=says):
        command("--brand", "有事好商量", *options)
    assert (Committee.objects.count(), User.objects.count()) == (0, 1)

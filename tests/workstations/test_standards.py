"""Standards of stations: presets copied on a click, items moved in one form, versions, sharing."""

import pytest
from django.core.exceptions import PermissionDenied

from config.refusals import Incomplete, WrongState
from members import sharing
from tests.factories import standards as make
from tests.factories import workstations as places
from tests.factories.standards import AT
from workstations.models import Standard, StandardItem
from workstations.presets import standards as presets
from workstations.services import standards as services


def form_of(page, **changed):
    """What a browser would send back of the form on `page`."""
    form, rows = page.context["form"], page.context["rows"]
    said = {name: form[name].value() for name in form.fields}
    for line in rows:
        said |= {line[name].html_name: line[name].value() for name in line.fields}
    said = {name: value for name, value in said.items() if value not in (None, "", False)}
    return {**said, "items": rows.count, **changed}


# --- presets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "eight-haves",
            ["有标牌", "有场所", "有制度", "有活动", "有记录", "有经费", "有驻站委员", "有专（兼）职工作人员"],
        ),
        ("five-shenzhen", ["有组织", "有场所", "有制度", "有活动", "有作为"]),
        ("six-haves", ["有场所", "有标识", "有队伍", "有制度", "有经费", "有活动"]),
        ("four-izations", ["平台建设标准化", "运行机制联动化", "工作制度化", "活动常态化"]),
    ],
)
def test_what_the_presets_say(code, names):
    """Rows 154, 106, 177."""
    assert [item["name"] for item in presets.standards()[code]["items"]] == names


def test_ten_haves_is_eight_haves_and_two_more_and_says_that_it_is_rebuilt():
    """Row 193: the source names 十有 and no items."""
    ten, eight = presets.standards()["ten-haves"], presets.standards()["eight-haves"]
    assert [item["name"] for item in ten["items"]] == [
        *(item["name"] for item in eight["items"]), "有台账", "有成效",
    ]  # fmt: skip
    for code in ("ten-haves", "six-haves"):
        assert "本平台" in presets.standards()[code]["source"]
        assert "重构" in presets.standards()[code]["source"]


@pytest.mark.parametrize("code", presets.standards())
def test_a_preset_is_copied_on_a_click(cast, as_, code):
    client, address = as_(cast.li), f"/office/standards/new/?preset={code}"
    answer = client.post(address, form_of(client.get(address)))
    copy = Standard.objects.get()
    assert answer.url == copy.get_absolute_url()
    preset = presets.standards()[code]
    assert (copy.committee, copy.name, copy.source, copy.is_active) == (
        cast.committee, preset["name"], preset["source"], True,
    )  # fmt: skip
    assert [item["name"] for item in presets.export(copy)["items"]] == [item["name"] for item in preset["items"]]


def test_a_copied_preset_is_offered_no_more(cast, as_):
    make.standard(cast.committee)
    offered = [preset["name"] for preset in as_(cast.li).get("/office/standards/").context["presets"]]
    assert "八有" not in offered
    assert "十有" in offered


# --- the form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("up-2", ["乙", "甲", "丙"]),
        ("down-2", ["甲", "丙", "乙"]),
        ("drop-1", ["乙", "丙"]),
        ("add", ["甲", "乙", "丙", ""]),
        ("up-1", ["甲", "乙", "丙"]),
        ("up-99", ["甲", "乙", "丙"]),
        ("down-x", ["甲", "乙", "丙"]),
    ],
)
def test_items_are_moved_by_buttons_and_nothing_is_saved(cast, as_, do, expected):
    standard = make.plain(cast.committee, "甲", "乙", "丙")
    client, address = as_(cast.li), f"/office/standards/{standard.pk}/edit/"
    page = client.post(address, form_of(client.get(address), do=do, source="新的出处"))
    assert page.status_code == 200
    assert [line["name"].value() or "" for line in page.context["rows"]] == expected
    assert page.context["form"]["source"].value() == "新的出处"
    assert [item.name for item in standard.items.all()] == ["甲", "乙", "丙"]


def test_the_order_of_the_form_is_the_order_of_the_items(cast, as_):
    standard = make.plain(cast.committee, "甲", "乙")
    client, address = as_(cast.li), f"/office/standards/{standard.pk}/edit/"
    moved = client.post(address, form_of(client.get(address), do="up-2"))
    client.post(address, form_of(moved))
    assert [item.name for item in standard.items.all()] == ["乙", "甲"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "名称："),
        ({"item1-name": "", "item2-name": ""}, "请至少写一个条目"),
        ({"item2-name": "甲"}, "条目“甲”写了两次"),
        ({"item1-name": "长" * 65}, 'id="id_item1-name_error"'),
        ({"items": "abc"}, "请至少写一个条目"),
        ({"station_kind": "castle"}, "适用站点："),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, as_, changed, words):
    standard = make.plain(cast.committee, "甲", "乙")
    client, address = as_(cast.li), f"/office/standards/{standard.pk}/edit/"
    page = client.post(address, form_of(client.get(address), **{"source": "新的出处", **changed}))
    assert page.status_code == 400
    assert words in page.content.decode()
    assert page.context["form"]["source"].value() == "新的出处"
    standard.refresh_from_db()
    assert ([item.name for item in standard.items.all()], standard.source) == (["甲", "乙"], "")


def test_a_second_standard_of_the_same_name_is_refused(cast):
    make.standard(cast.committee)
    with pytest.raises(Incomplete, match="同名"):
        make.standard(cast.committee)
    make.standard(cast.other_committee)


# --- versions ----------------------------------------------------------------------------------------------------


def test_changing_one_that_was_not_used_changes_it_in_place(cast):
    standard = make.plain(cast.committee, "甲")
    assert services.edit(standard, [StandardItem(name="乙")], by=cast.li, at=AT).version == 1
    assert standard.items.get().name == "乙"


def test_changing_the_wording_of_one_in_use_makes_a_version_and_old_inspections_keep_theirs(cast):
    station, standard = places.station(cast.committee), make.plain(cast.committee, "甲", "乙")
    old = make.done(station, standard, "乙")
    new = services.edit(standard, [StandardItem(name="甲"), StandardItem(name="丙")], by=cast.li, at=AT)
    standard = Standard.objects.get(pk=old.standard_id)
    assert (new.version, new.is_active, standard.is_active) == (2, True, False)
    assert str(new) == "三有（第 2 版）"
    assert [item.name for item in standard.items.all()] == ["甲", "乙"]
    assert [finding.name for finding in old.findings.all()] == ["甲", "乙"]
    assert [finding.name for finding in make.begun(station, new).findings.all()] == ["甲", "丙"]


def test_what_changes_no_wording_is_no_version(cast):
    standard = make.plain(cast.committee, "甲")
    make.done(places.station(cast.committee), standard)
    standard.source, standard.is_active = "新的出处", False
    assert services.edit(standard, list(standard.items.all()), by=cast.li, at=AT).version == 1
    assert Standard.objects.get().source == "新的出处"


def test_an_old_version_is_changed_no_more_and_a_used_name_stays(cast):
    standard = make.plain(cast.committee, "甲")
    make.done(places.station(cast.committee), standard)
    standard.name = "新名"
    with pytest.raises(Incomplete, match="不能改名"):
        services.edit(standard, list(standard.items.all()), by=cast.li, at=AT)
    standard.refresh_from_db()
    services.edit(standard, [StandardItem(name="乙")], by=cast.li, at=AT)
    with pytest.raises(WrongState, match="新的版次"):
        services.edit(standard, [StandardItem(name="丙")], by=cast.li, at=AT)


# --- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao", "zhang"])
@pytest.mark.parametrize("verb", ["create", "edit"])
def test_only_the_office_sets_standards(cast, who, verb):
    standard = make.plain(cast.committee, "甲")
    asked = Standard(committee=cast.committee, name="新") if verb == "create" else standard
    with pytest.raises(PermissionDenied):
        getattr(services, verb)(asked, [StandardItem(name="乙")], by=getattr(cast, who), at=AT)


@pytest.mark.parametrize("address", ["/office/standards/", "/office/standards/new/", "standard", "edit"])
@pytest.mark.parametrize(("who", "code"), [("li", 200), ("wang", 403), ("zhang", 403), ("zhao", 404), (None, 302)])
def test_the_pages_are_the_office_s(cast, as_, address, who, code):
    standard = make.plain(cast.committee, "甲")
    where = {"standard": standard.get_absolute_url(), "edit": f"/office/standards/{standard.pk}/edit/"}
    expected = 200 if who == "zhao" and address not in where else code
    person = getattr(cast, who) if who else None
    assert as_(person).get(where.get(address, address)).status_code == expected


def test_the_list_costs_the_same_with_one_and_three(cast, as_, django_assert_max_num_queries):
    client = as_(cast.li)
    for code in ("eight-haves", "ten-haves", "six-haves"):
        make.standard(cast.committee, code)
        with django_assert_max_num_queries(14):
            page = client.get("/office/standards/").content.decode()
    assert "有台账" in page


# --- sharing -----------------------------------------------------------------------------------------------------


def test_a_standard_is_copied_to_another_committee_unused(cast):
    kind = sharing.of("standard")
    standard = make.standard(cast.committee)
    assert list(kind.offered(cast.committee)) == [standard]
    payload = kind.export(standard)
    copy = kind.make(cast.other_committee, payload, by=cast.zhao, at=AT)
    assert (copy.committee, copy.is_active, copy.items.count()) == (cast.other_committee, False, 8)
    assert next(iter(kind.lines(payload))) == "有标牌（须附照片）"

"""三张清单 on the pages: the cast, what is typed stays, tables in and out, lists of 1 and 3 rows, the API."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories import lists as make
from tests.factories import members as people
from tests.factories import workstations as places
from workstations.models import Demand, DemandKind, Project, ProjectTemplate, Resource
from workstations.services import lists as services
from workstations.states import DemandState, ProjectState

pytestmark = pytest.mark.django_db
LISTS = ("lists", "lists-resources", "lists-projects")
OFFICE = ("lists-office", "lists-office-resources", "lists-office-projects")


def text(response):
    return response.content.decode()


def books(response):
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content) if response.streaming else response.content))
    return [[cell for cell in row] for row in sheet.worksheets[0].iter_rows(values_only=True)]


# --- who reads what ----------------------------------------------------------------------------------------------


def test_visitors_read_three_lists_and_nobody_learns_for_whom(cast, as_):
    make.resource(cast.wang_member)
    make.demand(cast, DemandState.DONE)
    make.demand(cast, DemandState.RAISED, title="没有核实的")
    make.project(cast, title="修机井")
    for who in (None, cast.zhao, cast.qian, cast.zhang):
        pages = [text(as_(who).get(reverse(name, args=["jiahe"]))) for name in LISTS]
        assert "给村小添一套音响" in pages[0]
        assert "没有核实的" not in pages[0]
        assert "免费法律咨询" in pages[1]
        assert "修机井" in pages[2]
        assert not any("张某" in page for page in pages)
    for demand in Demand.objects.exclude(state=DemandState.RAISED):
        assert "张某" not in text(as_(None).get(demand.get_absolute_url()))
        assert "张某" in text(as_(cast.li).get(demand.get_absolute_url()))
        assert "张某" in text(as_(cast.wang).get(demand.get_absolute_url()))


@pytest.mark.parametrize("state", DemandState.values)
def test_who_opens_a_need(cast, as_, state):
    address = make.demand(cast, state).get_absolute_url()
    codes = {name: as_(getattr(cast, name)).get(address).status_code for name in ("li", "zhao", "qian")}
    everybody = 404 if state in (DemandState.RAISED, DemandState.DROPPED) else 200
    assert codes == {"li": 200, "zhao": everybody, "qian": everybody}
    assert as_(None).get(address).status_code == everybody


def test_a_member_whom_visitors_do_not_find_is_not_named(cast, as_):
    cast.wang_member.is_public = False
    cast.wang_member.save()
    made = make.project(cast, ProjectState.DONE)
    for address in (made.get_absolute_url(), made.demand.get_absolute_url(), reverse("lists-projects", args=["jiahe"])):
        assert "王委员" not in text(as_(None).get(address))
        assert "王委员" in text(as_(cast.wang).get(address))
    api = as_(None).get("/api/v1/projects/").json()["results"]
    assert [row["leader"] for row in api] == [""]


def test_office_pages_are_for_office_and_keepers(cast, as_):
    keeper, station = people.user("keeper", "何站长"), places.station(cast.committee)
    places.post(station, keeper)
    own = make.demand(cast, DemandState.RAISED, station=station, title="本站的")
    other = make.demand(cast, DemandState.RAISED, title="不归本站的")
    for name in OFFICE:
        assert as_(cast.li).get(reverse(name)).status_code == 200
        assert as_(keeper).get(reverse(name)).status_code == 200
        for who in (cast.wang, cast.zhang, cast.qian, cast.sun):
            assert as_(who).get(reverse(name)).status_code == 403
    page = text(as_(keeper).get(reverse("lists-office")))
    assert own.title in page
    assert other.title not in page
    assert own.title not in text(as_(cast.zhao).get(reverse("lists-office")))
    assert as_(keeper).post(reverse("demand-accept", args=[own.pk])).status_code == 302
    assert as_(keeper).post(reverse("demand-accept", args=[other.pk])).status_code == 404
    assert as_(keeper).get(reverse("demand-import")).status_code == 403


# --- from need to done -------------------------------------------------------------------------------------------


def test_a_wish_from_the_visit_to_the_thanks(cast, as_):
    """Row 159, on the pages: raised, looked at, claimed, done, thanked."""
    member, office = as_(cast.wang), as_(cast.li)
    form = {"kind": "wish", "title": "给村小添一套音响", "field": "教育", "region": places.town(cast.committee).pk,
            "who": "三组张某家", "words": "", "station": ""}  # fmt: skip
    wrong = member.post(reverse("demand-new", args=["jiahe"]), {**form, "words": "打13900000001"})
    assert wrong.status_code == 400
    assert "打13900000001" in text(wrong)
    member.post(reverse("demand-new", args=["jiahe"]), form)
    row = Demand.objects.get()
    assert row.state == DemandState.RAISED
    office.post(reverse("demand-accept", args=[row.pk]))
    assert "我来认领" in text(member.get(row.get_absolute_url()))
    member.post(reverse("demand-claim", args=[row.pk]))
    again = member.post(reverse("demand-claim", args=[row.pk]), follow=True)
    assert "不能认领" in text(again)
    assert as_(cast.qian).post(reverse("demand-finish", args=[row.pk]), {"result": "好"}).status_code == 403
    assert member.post(reverse("demand-finish", args=[row.pk]), {"result": ""}).status_code == 400
    member.post(reverse("demand-finish", args=[row.pk]), {"result": "音响已经装好。"})
    office.post(reverse("demand-thank", args=[row.pk]), {"words": "孩子们很高兴。"})
    page = text(as_(None).get(row.get_absolute_url()))
    assert "音响已经装好" in page
    assert "孩子们很高兴" in page


def test_one_click_on_a_suggestion_starts_a_project(cast, as_):
    office = as_(cast.li)
    cast.wang_member.specialties = "机井维修"
    cast.wang_member.save()
    need = make.demand(cast, kind=DemandKind.LIVELIHOOD, title="请人做机井维修")
    template = make.template(cast.committee)
    page = text(office.get(reverse("demand-match", args=[need.pk])))
    assert "专长里有“机井维修”" in page
    given = {"leader": cast.wang_member.pk, "template": template.pk}
    office.post(reverse("demand-match", args=[need.pk]), given)
    office.post(reverse("demand-match", args=[need.pk]), given)
    made = Project.objects.get()
    assert (made.leader, made.steps.count()) == (cast.wang_member, 3)
    assert as_(cast.wang).get(reverse("demand-match", args=[need.pk])).status_code == 403
    leader = as_(cast.wang)
    step = made.steps.first()
    assert leader.post(reverse("project-step-done", args=[step.pk]), {"on": "某天"}).status_code == 400
    rows = {"steps": "2", "step1-pk": step.pk, "step1-name": "走访两次", "step1-due_on": "2099-01-01", "step2-name": ""}
    leader.post(reverse("project-steps", args=[made.pk]), rows)
    assert [row.name for row in made.steps.all()] == ["走访两次"]
    end = {"result": "修好了。", "effect1-kind": "helped", "effect1-number": "36", "effect1-source": ""}
    refused = leader.post(reverse("project-end", args=[made.pk]), end)
    assert refused.status_code == 400
    assert "修好了。" in text(refused)
    leader.post(reverse("project-end", args=[made.pk]), {**end, "effect1-source": "签收单"})
    made.refresh_from_db()
    assert (made.state, made.result) == (ProjectState.RUNNING, "修好了。")
    assert "核对并办结" in text(office.get(made.get_absolute_url()))
    office.post(reverse("project-end", args=[made.pk]), {**end, "effect1-source": "签收单"})
    page = text(as_(None).get(made.get_absolute_url()))
    assert "来源：签收单" in page
    assert "已完成" in page
    assert as_(cast.qian).get(reverse("project-steps", args=[made.pk])).status_code == 403


def test_a_specialty_becomes_a_resource_in_one_tap(cast, as_):
    """Row 107: entered on the phone."""
    cast.wang_member.specialties = "中医、书法"
    cast.wang_member.save()
    member = as_(cast.wang)
    assert "＋ 中医" in text(member.get(reverse("my-lists")))
    for _ in range(2):
        member.post(reverse("resource-tap"), {"title": "中医"})
    assert list(Resource.objects.values_list("title", "field")) == [("中医", "医疗健康")]
    assert member.post(reverse("resource-tap"), {"title": "随便写的"}).status_code == 403
    row = Resource.objects.get()
    member.post(
        reverse("resource-edit", args=[row.pk]), {"title": "中医义诊", "field": "医疗健康", "words": "每月一次"}
    )
    assert as_(cast.qian).post(reverse("resource-end", args=[row.pk])).status_code == 403
    member.post(reverse("resource-end", args=[row.pk]))
    row.refresh_from_db()
    assert (row.title, row.is_active) == ("中医义诊", False)
    assert as_(cast.zhang).get(reverse("my-lists")).status_code == 403


def test_templates_are_copied_from_a_preset_and_edited(cast, as_):
    office = as_(cast.li)
    assert "民生微实事“七个一”" in text(office.get(reverse("project-templates")))
    form = office.get(f"{reverse('project-template-new')}?preset=seven-ones").context["form"]
    given = {"name": form["name"].value(), "lines": form["lines"].value(), "source": "本县", "is_active": "on"}
    office.post(reverse("project-template-new"), {**given, "lines": "走访（7天）\n回访"})
    made = ProjectTemplate.objects.get()
    assert made.steps == [{"name": "走访", "days": 7}, {"name": "回访", "days": None}]
    twice = office.post(made.get_absolute_url(), {**given, "lines": "走访\n走访"})
    assert twice.status_code == 400
    assert as_(cast.zhao).get(made.get_absolute_url()).status_code == 404
    assert as_(cast.wang).get(reverse("project-templates")).status_code == 403


# --- tables ------------------------------------------------------------------------------------------------------


def test_a_list_of_a_village_is_taken_whole_or_not_at_all(cast, as_):
    office, town = as_(cast.li), places.town(cast.committee)
    good = f"微心愿，添两张课桌，教育，，{town.name}，，三组张某\n微心愿，添一台风扇，，，{town.name}，，"
    bad = f"{good}\n怪类别，装路灯，，打13900000001，没有这个地方，没有这个站，"
    refused = office.post(reverse("demand-import"), {"text": bad})
    assert refused.status_code == 400
    assert all(words in text(refused) for words in ("第 3 行", "怪类别", "没有这个地方", "没有这个站", "会公开"))
    assert "添两张课桌" in text(refused)
    assert not Demand.objects.exists()
    office.post(reverse("demand-import"), {"text": good, "verified": "on"})
    assert list(Demand.objects.order_by("pk").values_list("title", "state", "who")) == [
        ("添两张课桌", "open", "三组张某"), ("添一台风扇", "open", ""),
    ]  # fmt: skip
    assert "已经在清单里" in text(office.post(reverse("demand-import"), {"text": good}))
    assert office.get(reverse("demand-import-sample")).status_code == 200
    assert "添一台风扇" in text(as_(None).get(reverse("lists", args=["jiahe"]), {"q": "风扇"}))


def test_tables_hold_what_the_filters_ask_for(cast, as_):
    make.resource(cast.wang_member)
    make.demand(cast)
    make.demand(cast, DemandState.DONE, title="添课桌")
    make.project(cast, title="修机井")
    office = as_(cast.li)
    rows = books(office.get(reverse("demand-table"), {"state": "done"}))
    assert [row[1] for row in rows[1:]] == ["添课桌"]
    assert books(office.get(reverse("resource-table")))[1][0] == "免费法律咨询"
    assert books(office.get(reverse("project-table")))[1][0] == "修机井"
    for name in ("demand-table", "resource-table", "project-table"):
        assert as_(cast.wang).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("given", [{"kind": "wish"}, {"field": "教育"}, {"state": "open"}, {"q": "音响"}])
def test_needs_are_narrowed(cast, as_, given):
    make.demand(cast)
    make.demand(cast, DemandState.DONE, kind=DemandKind.WISH, title="课桌", field="农技")
    make.project(cast, title="修机井", field="交通水利")
    rows = [row.title for row in as_(None).get(reverse("lists", args=["jiahe"]), given).context["page"]]
    assert "给村小添一套音响" in rows
    assert "修机井" not in rows
    place = {"place": places.town(cast.committee, 101).pk}
    assert not as_(None).get(reverse("lists", args=["jiahe"]), place).context["page"].rows


# --- speed and API -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*LISTS, *OFFICE, "my-lists"])
def test_lists_cost_the_same_with_one_row_and_with_three(cast, as_, name):
    args = ["jiahe"] if name in LISTS else []
    client = as_(cast.wang if name == "my-lists" else cast.li)
    counts = []
    for n in range(3):
        make.resource(cast.wang_member, f"资源{n}")
        make.demand(cast, title=f"等{n}", words="资源")
        make.demand(cast, DemandState.CLAIMED, title=f"心愿{n}")
        make.project(cast, title=f"项目{n}")
        if n in (0, 2):
            client.get(reverse(name, args=args))
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(reverse(name, args=args), {"state": ""}).status_code == 200
            counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[1] <= 14, [query["sql"] for query in caught]


def test_the_api_tells_what_is_public(cast, as_):
    make.resource(cast.wang_member)
    make.demand(cast, DemandState.CLAIMED)
    make.demand(cast, DemandState.RAISED, title="没有核实的")
    made = make.project(cast, title="修机井")
    visitor = as_(None)
    (resource,) = visitor.get("/api/v1/resources/").json()["results"]
    assert resource["giver"] == "王委员"
    demands = visitor.get("/api/v1/demands/", {"kind": "wish"})
    (demand,) = demands.json()["results"]
    assert demand["claimant"] == "王委员"
    assert "张某" not in text(demands)
    assert "who" not in demand
    whole = visitor.get(f"/api/v1/projects/{made.pk}/").json()
    assert [step["name"] for step in whole["steps"]] == ["走访", "协商", "回访"]
    services.drop(make.demand(cast, title="停办的"), reason="不属实", by=cast.li, at=make.AT)
    assert len(visitor.get("/api/v1/demands/").json()["results"]) == 2

"""What the office does in the admin: find, change, take steps, see what waits; and what is written down of it."""

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.admin import ScopedAdmin, scoped, transition
from config.admin.lists import CappedPaginator
from config.audit.models import AuditEntry
from config.refusals import WrongState
from consultation import presets as consultation_presets
from consultation.models import Procedure, Topic
from members.models import Committee, Member, Organisation, Parameter, User
from members.roles import Permission
from proposals.states import AssignmentState, MicroState
from tests.factories import consultation as talks
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories import workstations as stations

pytestmark = pytest.mark.django_db


def url(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def trail(verb="admin."):
    return AuditEntry.objects.filter(verb__startswith=verb)


# --- searching ---------------------------------------------------------------------------------------------------


def test_a_searchable_list_finds_by_the_sites_search(cast, as_):
    client = as_(cast.li)
    found = stations.station(cast.committee, feature="矛盾調解")
    stations.station(cast.committee, "塘村工作室", region=stations.town(cast.committee, 101))

    def rows(model, words):
        return list(client.get(url(model, "changelist"), {"q": words}).context["cl"].result_list)

    assert rows(stations.Workstation, "矛盾调解") == [found]
    assert rows(Member, "王委") == [cast.wang_member]
    assert rows(Member, "钱委") == []


# --- what a form refuses -----------------------------------------------------------------------------------------


def test_a_constraint_over_a_column_that_is_not_shown_is_told_in_the_form(cast, as_):
    people.organisation(cast.committee, "县水利局")
    page = as_(cast.li).post(url(Organisation, "change", cast.unit.pk), {"kind": "town", "name": "县水利局"})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors.as_data()["__all__"][0].code == "unique_together"
    assert Organisation.objects.get(pk=cast.unit.pk).name == "县住建局"


def test_a_second_value_of_the_same_parameter_is_refused(cast, as_):
    Parameter.objects.create(committee=cast.committee, code="review.rule", value="two")
    own = Parameter.objects.get()
    given = {"name": cast.committee.name, "short_name": cast.committee.short_name, "brand": cast.committee.brand}
    form = {
        "parameters-TOTAL_FORMS": 2, "parameters-INITIAL_FORMS": 1, "parameters-0-id": own.pk,
        "parameters-0-code": "review.rule", "parameters-0-value": "two", "parameters-1-code": "review.rule",
        "parameters-1-value": "all",
    }  # fmt: skip
    assert as_(cast.li).post(url(Committee, "change", cast.committee.pk), {**given, **form}).status_code == 200
    assert Parameter.objects.get().value == "two"


# --- the trail ---------------------------------------------------------------------------------------------------


def test_adding_and_changing_write_one_line_each_with_what_changed(cast, as_):
    client = as_(cast.li)
    given = {"committee": cast.committee.pk, "kind": "town", "name": "珠泉镇政府", "is_active": "on"}
    client.post(url(Organisation, "add"), given)
    town = Organisation.objects.get(name="珠泉镇政府")
    client.post(url(Organisation, "change", town.pk), {**given, "name": "珠泉镇人民政府", "leader_name": "李建国"})
    added, changed = trail().order_by("pk")
    assert (added.verb, added.actor, added.scope, added.target_id) == (
        "admin.add",
        "李主任",
        cast.committee.pk,
        str(town.pk),
    )
    assert changed.data["changes"] == [
        {"label": "名称", "before": "珠泉镇政府", "after": "珠泉镇人民政府"},
        {"label": "分管领导", "before": "", "after": "李建国"},
    ]
    page = client.get(url(Organisation, "history", town.pk)).content.decode()
    assert "珠泉镇政府 → 珠泉镇人民政府" in page


def test_saving_without_a_change_writes_nothing(cast, as_):
    given = {"kind": "handling_unit", "name": "县住建局", "leader_name": "罗一鸣", "leader_post": "副局长"}
    as_(cast.li).post(url(Organisation, "change", cast.unit.pk), {**given, "is_active": "on"})
    assert trail().count() == 0


def test_a_choice_is_written_down_in_words_and_a_phone_number_is_not(cast, as_):
    given = {"username": "wang", "name": "王委员", "phone": "13900000001", "is_active": "on"}
    as_(cast.li).post(url(User, "change", cast.wang.pk), given)
    assert trail().get().data["changes"] == [{"label": "手机号", "before": "", "after": "(已填写)"}]
    assert trail().get().scope == cast.committee.pk
    form = {"kind": "town", "name": cast.unit.name, "leader_name": "罗一鸣", "leader_post": "副局长", "is_active": "on"}
    as_(cast.li).post(url(Organisation, "change", cast.unit.pk), form)
    assert trail().latest("pk").data["changes"] == [{"label": "类别", "before": "承办单位", "after": "乡镇街道"}]


def test_what_an_inline_wrote_is_in_the_line(cast, as_):
    form = {"parameters-TOTAL_FORMS": 1, "parameters-INITIAL_FORMS": 0, "parameters-0-code": "review.rule"}
    given = {"name": cast.committee.name, "short_name": cast.committee.short_name, "brand": cast.committee.brand}
    as_(cast.li).post(url(Committee, "change", cast.committee.pk), {**given, **form, "parameters-0-value": "two"})
    assert Parameter.objects.get().value == "two"
    assert trail().get().data["changes"] == [{"label": "参数", "before": "", "after": "三办联审通过规则:two"}]


def test_without_the_trail_nothing_is_saved(cast, as_, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(scoped.log, "record", broken)
    given = {"committee": cast.committee.pk, "kind": "town", "name": "珠泉镇政府", "is_active": "on"}
    with pytest.raises(RuntimeError):
        as_(cast.li).post(url(Organisation, "add"), given)
    assert not Organisation.objects.filter(name="珠泉镇政府").exists()


# --- transitions -------------------------------------------------------------------------------------------------


def told(response):
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def test_a_bulk_action_does_what_it_can_and_tells_what_it_could_not(cast, as_):
    fresh = [talks.topic(cast, title=f"第{number}个议题") for number in (1, 2)]
    taken = talks.topic(cast, "selected", title="已选的议题")
    given = {"action": "select", "_selected_action": [row.pk for row in [*fresh, taken]]}
    page = as_(cast.li).post(url(Topic, "changelist"), given, follow=True)
    ((tone, words),) = told(page)
    assert tone == "warning"
    assert words.startswith("选定：2 件已办，1 件未办：已选的议题（“已选定”的议题不能选定。")
    assert set(Topic.objects.values_list("state", flat=True)) == {"selected"}


def test_the_button_of_a_row_takes_one_step_and_disappears(cast, as_):
    topic, client = talks.topic(cast), as_(cast.li)
    assert client.get(url(Topic, "change", topic.pk)).context["buttons"] == [("select", "选定")]
    page = client.post(url(Topic, "do", topic.pk, "select"), follow=True)
    assert told(page) == [("success", "选定：1 件已办。")]
    assert page.context["buttons"] == []


def test_a_verb_is_offered_and_taken_only_by_those_who_may(cast, as_):
    topic, zhou = talks.topic(cast), as_(cast.zhou)
    assert zhou.get(url(Topic, "change", topic.pk)).context["buttons"] == []
    assert zhou.post(url(Topic, "do", topic.pk, "select")).status_code == 404
    zhou.post(url(Topic, "changelist"), {"action": "select", "_selected_action": [topic.pk]})
    assert Topic.objects.get().state == "collected"


def test_a_verb_is_never_taken_by_following_a_link(cast, as_):
    topic = talks.topic(cast)
    assert as_(cast.li).get(url(Topic, "do", topic.pk, "select")).status_code == 404
    assert Topic.objects.get().state == "collected"


def test_a_shipped_procedure_is_read_and_copied_but_not_changed(cast, as_):
    consultation_presets.load()
    shipped, client = Procedure.objects.get(name="六步协商"), as_(cast.li)
    assert client.post(url(Procedure, "change", shipped.pk), {"name": "七步协商"}).status_code == 403
    client.post(url(Procedure, "do", shipped.pk, "adopt"))
    own = Procedure.objects.get(committee=cast.committee)
    assert [step.name for step in own.steps.all()] == [step.name for step in shipped.steps.all()]
    page = client.post(url(Procedure, "do", shipped.pk, "adopt"), follow=True)
    assert told(page)[-1] == ("warning", "复制到本会：0 件已办，1 件未办：六步协商（本会已有“六步协商”。）。")
    assert Procedure.objects.filter(committee=cast.committee).count() == 1


def test_a_refusal_undoes_what_the_verb_had_done(rf, cast, settings):
    class Clumsy(ScopedAdmin):
        @transition("办", permission=Permission.OFFICE_WORK)
        def do(self, row, *, by, at):
            Organisation.objects.filter(pk=row.pk).update(name="改名")
            raise WrongState("不行。")

    request = rf.post("/")
    request.user = cast.li
    request._messages = CookieStorage(request)
    Clumsy(Organisation, admin.site).do(request, Organisation.objects.filter(pk=cast.unit.pk))
    assert Organisation.objects.get(pk=cast.unit.pk).name == "县住建局"
    assert [str(message) for message in request._messages] == ["办：0 件已办，1 件未办：县住建局（不行。）。"]


# --- the first page ----------------------------------------------------------------------------------------------


def test_the_first_page_shows_what_waits_and_each_line_leads_to_exactly_these_rows(cast, as_):
    matters.micro(cast, MicroState.AGREED, title="待交办一")
    matters.assignment(cast, AssignmentState.PENDING, title="待签收一")
    late = matters.assignment(cast, AssignmentState.HANDLING, title="逾期一")
    type(late).objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timezone.timedelta(days=1))
    stations.station(cast.committee)
    client = as_(cast.li)
    lines = client.get(reverse("admin:index")).context["waiting"]
    assert [(line["label"], line["number"], line["tone"]) for line in lines] == [
        ("逾期的交办件", "1", "late"),
        ("还没有人的站点", "1", "soon"),
        ("待交办的微建议", "1", "soon"),
        ("待签收的交办件", "1", "info"),
    ]
    for line in lines:
        assert len(client.get(line["url"]).context["cl"].result_list) == 1
    assert as_(cast.zhao).get(reverse("admin:index")).context["waiting"] == []


def test_lists_are_grouped_by_the_work(cast, as_):
    groups = as_(cast.li).get(reverse("admin:index")).context["app_list"]
    assert [group["name"] for group in groups] == [
        "提案与办理",
        "协商",
        "委员与机构",
        "工作室",
        "提醒与留痕",
        "设置",
    ]
    assert [group["name"] for group in as_(cast.sun).get(reverse("admin:index")).context["app_list"]] == [
        "提案与办理",
        "协商",
        "委员与机构",
        "提醒与留痕",
        "设置",
    ]


# --- long lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [stations.Workstation, Member, User, Organisation], ids=lambda model: model.__name__)
def test_a_list_needs_the_same_queries_for_more_rows(cast, as_, model):
    client, counts = as_(cast.li), []
    client.get(url(model, "changelist"))
    for rows in (1, 3):
        for number in range(rows):
            unit = people.organisation(cast.committee, f"{rows}-{number}单位", default_handler=cast.wang)
            stations.station(cast.committee, f"{rows}-{number}站", host=unit)
            person = people.user(f"m{rows}-{number}")
            people.member(person, cast.committee, region=stations.town(cast.committee))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(model, "changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_counting_and_paging_stop_at_the_cap(cast, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "CAP", 3)
    for number in range(5):
        people.organisation(cast.committee, f"第{number}单位")
    pages = CappedPaginator(Organisation.objects.order_by("-pk"), 2)
    assert (pages.count, pages.num_pages, pages.is_capped) == (3, 2, True)
    assert not CappedPaginator(Organisation.objects.filter(kind="town").order_by("-pk"), 2).is_capped

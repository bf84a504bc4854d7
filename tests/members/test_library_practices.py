"""经验库: shared between the platform's committees and copied with one click (row 104)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from consultation.models import Procedure
from consultation.services.templates import adopt as copy_procedure
from consultation.steps import ProcedureKind
from members import sharing
from members.models import Practice, PracticeUse
from members.services import library as services
from tests.factories import consultation as talks
from tests.factories import library as make
from tests.factories import scoring as points
from tests.factories import tasks as duties
from tests.factories.library import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(cast):
    """嘉禾's own copy of 六步协商."""
    return copy_procedure(talks.procedure(), committee=cast.committee, by=cast.li, at=AT)


def titles(page):
    return [row.title for row in page.context["page"]]


def test_shared_ones_are_read_in_every_committee_the_others_at_home(cast, as_):
    make.practice(cast.committee)
    make.practice(cast.committee, "还没写好的", is_shared=False)
    address = reverse("practice-list")
    assert titles(as_(cast.zhao).get(address)) == ["六步协商"]
    assert titles(as_(cast.wang).get(address)) == ["还没写好的", "六步协商"]
    assert titles(as_(cast.zhao).get(address, {"q": "步步"})) == ["六步协商"]
    assert titles(as_(cast.zhao).get(address, {"kind": "party"})) == []
    assert titles(as_(cast.zhao).get(address, {"committee": cast.committee.pk})) == ["六步协商"]
    hidden = Practice.objects.get(is_shared=False)
    assert as_(cast.zhao).get(hidden.get_absolute_url()).status_code == 404
    assert as_(None).get(address).status_code == 302


def test_one_click_copies_a_procedure_into_the_other_committee(cast, as_, procedure):
    office = as_(cast.li)
    given = {
        "kind": "consultation", "title": "嘉禾六步协商", "summary": "六步走", "text": "先收集，再确定。", "effect": "",
        "attach": f"procedure:{procedure.pk}", "is_shared": "on",
    }  # fmt: skip
    practice = Practice.objects.get(pk=office.post(reverse("practice-new"), given).url.split("/")[-2])
    page = as_(cast.zhao).get(practice.get_absolute_url())
    assert "收集议题" in page.content.decode()
    answer = as_(cast.zhao).post(reverse("practice-adopt", args=[practice.pk]))
    made = Procedure.objects.get(committee=cast.other_committee, kind=ProcedureKind.CONSULTATION)
    assert answer.url == made.get_absolute_url()
    assert as_(cast.zhao).get(answer.url).status_code == 200
    assert not made.is_active
    steps = list(made.steps.values_list("name", "workdays", "agenda__name"))
    assert steps == list(procedure.steps.values_list("name", "workdays", "agenda__name"))
    use = PracticeUse.objects.get()
    assert (use.committee, use.by) == (cast.other_committee, cast.zhao)
    assert "永兴县政协" in office.get(practice.get_absolute_url()).content.decode()
    assert Notice.objects.filter(recipient=cast.li, title__contains="永兴县政协采用了").exists()


def test_a_snapshot_does_not_follow_later_edits_until_it_is_taken_anew(cast, procedure):
    practice = make.practice(cast.committee, attached=("procedure", procedure))
    procedure.steps.filter(position=1).update(name="换了名称")
    practice.refresh_from_db()
    assert practice.payload["steps"][0]["name"] == "收集议题"
    services.edit_practice(practice, changed=[], attached=("procedure", procedure), by=cast.li, at=AT)
    practice.refresh_from_db()
    assert practice.payload["steps"][0]["name"] == "换了名称"


def test_the_second_click_is_refused_in_words_and_leaves_one_copy(cast, as_, procedure):
    practice = make.practice(cast.committee, attached=("procedure", procedure))
    client, address = as_(cast.zhao), reverse("practice-adopt", args=[practice.pk])
    client.post(address)
    page = client.post(address, follow=True)
    assert "本会已有“六步协商”" in page.content.decode()
    assert (PracticeUse.objects.count(), Procedure.objects.filter(committee=cast.other_committee).count()) == (1, 1)


def test_an_agenda_that_nobody_else_has_comes_along(cast, procedure):
    own = Procedure.objects.create(committee=cast.committee, kind=ProcedureKind.AGENDA, name="板凳议事")
    own.steps.create(position=1, kind="question", name="围坐提问")
    procedure.steps.filter(agenda__isnull=False).update(agenda=own)
    practice = make.practice(cast.committee, attached=("procedure", procedure))
    made = services.adopt(practice, committee=cast.other_committee, by=cast.zhao, at=AT)
    agenda = made.steps.get(agenda__isnull=False).agenda
    assert (agenda.committee, agenda.steps.get().name) == (cast.other_committee, "围坐提问")


def test_only_what_is_shared_and_attached_is_copied_by_who_may(cast, as_, procedure):
    practice = make.practice(cast.committee, attached=("procedure", procedure))
    for user in (cast.qian, cast.wang, cast.li):
        assert as_(user).post(reverse("practice-adopt", args=[practice.pk])).status_code == 403
        with pytest.raises(PermissionDenied):
            services.adopt(practice, committee=cast.other_committee, by=user, at=AT)
    services.withdraw(practice, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="不再共享"):
        services.adopt(practice, committee=cast.other_committee, by=cast.zhao, at=AT)
    empty = make.practice(cast.committee, "只有文字")
    assert as_(cast.zhao).post(reverse("practice-adopt", args=[empty.pk])).status_code == 403


def test_what_belongs_to_another_committee_cannot_be_attached(cast, as_, procedure):
    given = {"kind": "consultation", "title": "别人的", "summary": "x", "attach": f"procedure:{procedure.pk}"}
    page = as_(cast.zhao).post(reverse("practice-new"), given)
    assert "attach" in page.context["form"].errors
    row = Practice(committee=cast.other_committee, kind="consultation", title="别人的", summary="x")
    with pytest.raises(Incomplete, match="本会的内容"):
        services.add_practice(row, attached=("procedure", procedure), by=cast.zhao, at=AT)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("verb", ["share", "withdraw"])
def test_shared_and_withdrawn_once(cast, as_, verb, shared):
    practice = make.practice(cast.committee, is_shared=shared)
    as_(cast.li).post(reverse(f"practice-{verb}", args=[practice.pk]))
    practice.refresh_from_db()
    assert practice.is_shared == (verb == "share")
    with pytest.raises(WrongState):
        getattr(services, verb)(practice, by=cast.li, at=AT)


def test_only_the_own_office_keeps_a_practice(cast, as_):
    practice = make.practice(cast.committee)
    address = reverse("practice-edit", args=[practice.pk])
    people = (None, cast.wang, cast.zhou, cast.zhao, cast.li)
    assert [as_(user).get(address).status_code for user in people] == [302, 403, 403, 403, 200]
    for name in ("practice-share", "practice-withdraw"):
        assert as_(cast.zhao).post(reverse(name, args=[practice.pk])).status_code == 403
    page = as_(cast.li).post(address, {"kind": "duty", "title": "", "summary": "不能丢"})
    assert page.status_code == 400
    assert "不能丢" in page.content.decode()


def test_every_registered_kind_offers_and_describes(cast, procedure):
    for kind in sharing.kinds().values():
        assert kind.label
        for row in kind.offered(cast.committee):
            assert isinstance(list(kind.lines(kind.export(row))), list)


@pytest.mark.parametrize(
    ("kind", "make_row"),
    [
        ("score-scheme", lambda cast: points.full(cast.committee)),
        ("duty-rule", lambda cast: duties.rule(cast.committee)),
        ("quota", lambda cast: duties.quota(cast.committee)),
    ],
)
def test_schemes_rules_and_quotas_are_copied_too(cast, as_, kind, make_row):
    practice = make.practice(cast.committee, attached=(kind, make_row(cast)))
    page = as_(cast.zhao).get(practice.get_absolute_url())
    assert page.context["lines"]
    made = services.adopt(practice, committee=cast.other_committee, by=cast.zhao, at=AT)
    assert made.committee == cast.other_committee
    assert getattr(made, "is_active", False) is False
    assert as_(cast.zhao).get(made.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_need_the_same_statements_for_more_rows(cast, as_, rows, procedure, django_assert_max_num_queries):
    for number in range(rows):
        practice = make.practice(cast.committee, f"第{number}条", attached=("procedure", procedure))
        PracticeUse.objects.create(practice=practice, committee=cast.other_committee, made="x", by=cast.zhao, at=AT)
    office = as_(cast.li)
    with django_assert_max_num_queries(14):
        office.get(reverse("practice-list"))
    with django_assert_max_num_queries(14):
        office.get(practice.get_absolute_url())

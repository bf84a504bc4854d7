import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.models import Region
from proposals import growths
from proposals.models import MicroProposal, MicroResult
from proposals.services import results as services
from proposals.states import MicroKind, MicroState
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
GIVEN = {
    "tag": "build", "title": "西街路口装了信号灯", "before": "早晚高峰学生过街危险", "now": "红绿灯和斑马线都有了",
    "on": AT.date(),
}  # fmt: skip


def photo(name="now.jpg"):
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def closed(cast, **fields):
    """Closed and published in full by the unit's reply."""
    return make.micro(cast, MicroState.CLOSED, **fields)


# --- noting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["li", "zhang", "chen"])
def test_the_desk_and_the_unit_note_what_was_built(cast, who):
    result = services.add_result(make.micro(cast, MicroState.ASSIGNED), **GIVEN, by=getattr(cast, who), at=AT)
    assert (str(result), result.get_tag_display()) == ("西街路口装了信号灯", "微建设")


def test_whoever_leads_notes_it_too(cast):
    user = people.user("wu", "吴委员")
    member = people.member(user, cast.committee)
    micro = make.micro(cast, MicroState.AGREED)
    make.lead(cast, micro, member=member)
    services.add_result(micro, **{**GIVEN, "tag": "service"}, by=user, at=AT)
    assert MicroResult.objects.get().get_tag_display() == "微服务"


@pytest.mark.parametrize("who", ["wang", "sun", "zhao", "qian"])
def test_nobody_else_does(cast, who):
    with pytest.raises(PermissionDenied):
        services.add_result(make.micro(cast, MicroState.ASSIGNED), **GIVEN, by=getattr(cast, who), at=AT)


@pytest.mark.parametrize("state", [state for state in MicroState if state not in ("assigned", "led", "closed")])
def test_nothing_is_built_before_it_is_handled(cast, state):
    with pytest.raises(PermissionDenied):
        services.add_result(make.micro(cast, state), **GIVEN, by=cast.li, at=AT)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("now", "请打 13812345678"), ("on", AT.date() + timedelta(1)), ("tag", "x"), ("title", "长" * 65)],
)
def test_what_is_noted_is_whole_and_reaches_nobody(cast, field, value):
    micro = make.micro(cast, MicroState.ASSIGNED)
    with pytest.raises(Incomplete) as refused:
        services.add_result(micro, **{**GIVEN, field: value}, by=cast.li, at=AT)
    assert field in refused.value.fields
    assert not micro.results.exists()


def test_the_same_thing_is_noted_once(cast):
    micro = make.micro(cast, MicroState.ASSIGNED)
    services.add_result(micro, **GIVEN, by=cast.li, at=AT)
    with pytest.raises((Incomplete, WrongState)):
        services.add_result(micro, **GIVEN, by=cast.zhang, at=AT)
    assert micro.results.count() == 1


def test_who_noted_it_or_the_desk_removes_it_with_its_photos(cast):
    micro = make.micro(cast, MicroState.ASSIGNED)
    result = services.add_result(micro, **GIVEN, photos=[photo()], by=cast.zhang, at=AT)
    with pytest.raises(PermissionDenied):
        services.remove_result(result, by=cast.chen, at=AT)
    assert store.of(result).count() == 1
    services.remove_result(result, by=cast.zhang, at=AT)
    assert not MicroResult.objects.exists()
    assert not store.of(micro).filter(target_type="proposals.microresult").exists()


# --- pages -------------------------------------------------------------------------------------------------------


def test_it_is_noted_on_a_page_and_shown_to_everybody_when_closed(cast, as_):
    micro = make.micro(cast, MicroState.ASSIGNED)
    url, zhang = reverse("micro-result-new", args=[micro.key]), as_(cast.zhang)
    assert url in zhang.get(micro.get_absolute_url()).content.decode()
    wrong = zhang.post(url, {**GIVEN, "now": "电话 0735-1234567"})
    assert wrong.status_code == 400
    assert "西街路口装了信号灯" in wrong.content.decode()
    assert zhang.post(url, {**GIVEN, "photos": photo()}).status_code == 302
    result = MicroResult.objects.get()
    assert as_(None).get(store.of(result).get().get_absolute_url()).status_code == 404
    make.to_state(cast, micro.assignments.get(), "closed")
    page = as_(None).get(micro.get_absolute_url()).content.decode()
    assert "红绿灯和斑马线都有了" in page
    assert as_(None).get(store.of(result).get().get_absolute_url()).status_code == 200


def test_of_a_summary_the_photos_stay_inside(cast, as_):
    micro = closed(cast)
    MicroProposal.objects.filter(pk=micro.pk).update(publication="summary")
    result = services.add_result(micro, **GIVEN, photos=[photo()], by=cast.li, at=AT)
    file = store.of(result).get()
    page = as_(None).get(micro.get_absolute_url()).content.decode()
    assert result.title in page
    assert file.small_url not in page
    assert as_(None).get(file.get_absolute_url()).status_code == 404


def test_a_result_is_removed_on_the_page(cast, as_):
    result = services.add_result(closed(cast), **GIVEN, by=cast.zhang, at=AT)
    url = reverse("micro-result-remove", args=[result.pk])
    assert as_(cast.chen).post(url).status_code == 403
    assert as_(cast.zhao).post(url).status_code == 403  # it is public, so it is there
    assert as_(cast.zhang).post(url).status_code == 302
    assert not MicroResult.objects.exists()


# --- the public list ---------------------------------------------------------------------------------------------


@pytest.fixture
def solved(cast):
    built, served, plain = closed(cast, title="装信号灯"), closed(cast, title="开夜间门诊"), closed(cast, title="修路")
    services.add_result(built, **GIVEN, by=cast.li, at=AT)
    services.add_result(served, **{**GIVEN, "tag": "service", "title": "夜间门诊开了"}, by=cast.li, at=AT)
    return built, served, plain


def titles(client, cast, **asked):
    page = client.get(reverse("micro-public-list", args=[cast.committee.slug]), asked)
    assert page.status_code == 200
    return [str(micro) for micro in page.context["page"]]


def test_everybody_looks_by_what_was_built_where_and_about_what(cast, as_, solved):
    built = solved[0]
    visitor = as_(None)
    assert titles(visitor, cast) == ["修路", "开夜间门诊", "装信号灯"]
    assert titles(visitor, cast, tag="build") == ["装信号灯"]
    assert titles(visitor, cast, tag="service") == ["开夜间门诊"]
    assert titles(visitor, cast, category=built.category_id) == ["修路", "开夜间门诊", "装信号灯"]
    town, other = Region.objects.get(code="431024100000"), Region.objects.get(code="431024101000")
    assert len(titles(visitor, cast, town=town.pk)) == 3
    assert titles(visitor, cast, town=other.pk) == []
    assert titles(visitor, cast, tag="nonsense") == ["修路", "开夜间门诊", "装信号灯"]


def test_before_and_now_stand_in_the_list(cast, as_, solved):
    page = as_(None).get(reverse("micro-public-list", args=[cast.committee.slug])).content.decode()
    assert "原来：早晚高峰学生过街危险" in page
    assert "现在：红绿灯和斑马线都有了" in page


def test_what_is_not_public_is_not_in_the_list(cast, as_, solved):
    MicroProposal.objects.filter(pk=solved[0].pk).update(publication="none")
    assert titles(as_(None), cast, tag="build") == []
    assert titles(as_(cast.li), cast, tag="build") == []


def test_the_public_list_asks_as_often_for_many_as_for_one(cast, as_, solved):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            titles(as_(None), cast)
        return len(seen)

    statements()
    many = statements()
    MicroProposal.objects.exclude(pk=solved[0].pk).update(publication="none")
    assert statements() == many


# --- one form, three modules -------------------------------------------------------------------------------------


def test_the_form_takes_in_all_three_and_says_which(cast, as_):
    wang = as_(cast.wang)
    url = wang.get(reverse("micro-new")).url
    page = wang.get(url).content.decode()
    assert all(words in page for words in ("微建议：", "微协商：", "微监督："))
    given = {"title": "老旧小区停车", "body": "车位太少，建议大家商量怎么划。", "kind": "consultation", "save": "1"}
    assert wang.post(url, given).status_code == 302
    assert MicroProposal.objects.get(title="老旧小区停车").kind == MicroKind.CONSULTATION
    assert wang.post(url, {**given, "kind": "x"}).status_code == 400
    fresh = wang.get(reverse("micro-new")).url
    wang.post(fresh, {"title": "没有选", "save": "1"})
    assert MicroProposal.objects.get(title="没有选").kind == MicroKind.SUGGESTION


def test_supervision_that_is_asked_for_is_led_first(cast, as_):
    micro = make.micro(cast, MicroState.AGREED)
    MicroProposal.objects.filter(pk=micro.pk).update(kind=MicroKind.SUPERVISION)
    page = as_(cast.li).get(micro.get_absolute_url()).content.decode()
    main = f'class="button main" href="{reverse("micro-lead", args=[micro.key])}"'
    assert main in page
    listed = as_(cast.li).get(reverse("micro-list"), {"kind": "supervision"})
    assert [row.pk for row in listed.context["page"]] == [micro.pk]


# --- what grew out of it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", MicroState.values)
def test_its_author_goes_on_with_what_was_handed_in(cast, state):
    micro = make.micro(cast, state)
    offered = {action.label for action in growths.actions(cast.wang, micro)}
    expected = set() if state in (MicroState.DRAFT, MicroState.WITHDRAWN) else {"升级为提案", "转为社情民意信息"}
    assert offered == expected


@pytest.mark.parametrize("who", ["zhang", "qian", "zhao", "zhou"])
def test_nobody_else_escalates_it(cast, who):
    labels = {action.label for action in growths.actions(getattr(cast, who), closed(cast))}
    assert not labels & {"升级为提案", "转为社情民意信息"}


def test_a_proposal_that_grew_out_of_it_is_shown_to_who_may_see_it(cast, as_):
    micro = closed(cast)
    draft = formal.proposal(cast, title="关于路口治理的提案", micro=micro)
    assert [one.title for one in growths.grown(cast.wang, micro)] == [draft.title]
    assert growths.grown(cast.zhang, micro) == []
    filed = formal.proposal(cast, "filed", title="关于信号灯的提案", micro=micro, publication="full")
    page = as_(None).get(micro.get_absolute_url()).content.decode()
    assert filed.title in page
    assert draft.title not in page


def test_a_visitor_is_offered_nothing(cast):
    assert growths.actions(AnonymousUser(), closed(cast)) == []

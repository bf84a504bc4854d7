import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from consultation import services as consultations
from consultation.models import Consultation, Participant
from consultation.services import micro as services
from consultation.states import Category, ConsultationForm, ConsultationState
from members.models import Body, BodyKind, Member
from proposals import growths
from proposals.models import MicroProposal
from proposals.states import MicroKind, MicroState
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
STARTS = datetime.datetime(2026, 11, 27, 9, tzinfo=timezone.get_default_timezone())
GIVEN = {
    "title": "关于西街路口的微协商", "summary": "过街危险，怎么办。", "place": "西街社区", "is_public": False,
    "starts_at": STARTS, "ends_at": STARTS + datetime.timedelta(hours=2),
}  # fmt: skip


@pytest.fixture
def micro(cast):
    return make.micro(cast, MicroState.ASSIGNED)


@pytest.fixture
def fellow(cast):
    """Another member of the author's sector."""
    sector = Body.objects.create(committee=cast.committee, kind=BodyKind.SECTOR, name="教育界")
    member = people.member(people.user("wu", "吴委员"), cast.committee, sector=sector)
    Member.objects.filter(pk=cast.wang_member.pk).update(sector=sector)
    return member


def fresh(micro):
    return MicroProposal.objects.select_related("committee", "author__user").get(pk=micro.pk)


def opened(cast, micro, *, key=None, guests=None, **fields):
    micro = fresh(micro)
    chosen = guests if guests is not None else services.guests_for(micro, services.unit_of(micro)).every
    return services.open_from_micro(key or uuid.uuid4(), micro, **{**GIVEN, **fields}, guests=chosen, by=cast.li, at=AT)


# --- the four groups ---------------------------------------------------------------------------------------------


def test_the_four_groups_are_the_offices_the_unit_the_author_and_some_members(cast, micro, fellow):
    guests = services.guests_for(fresh(micro), services.unit_of(micro))
    assert {guest.user for guest in guests.offices} == {reviewer.pk for reviewer in cast.reviewers}
    assert {guest.user for guest in guests.unit} == {cast.zhang.pk, cast.chen.pk}
    assert [guest.member for guest in guests.author] == [cast.wang_member]
    assert [guest.member for guest in guests.fellows] == [fellow]


def test_nobody_of_another_county_and_nobody_out_of_office_is_among_them(cast, micro, fellow):
    Member.objects.filter(pk=fellow.pk).update(until=datetime.date(2020, 1, 1), since=datetime.date(2019, 1, 1))
    guests = services.guests_for(fresh(micro), services.unit_of(micro))
    assert guests.fellows == []
    assert cast.qian.pk not in {guest.user for guest in guests.every}


def test_of_a_led_one_the_members_of_the_leading_body_are_asked_first(cast, fellow):
    director = people.member(people.user("zheng-w", "郑主任"), cast.committee)
    made = make.micro(cast, MicroState.AGREED)
    make.lead(cast, made, body=make.special(cast, director=director))
    guests = services.guests_for(fresh(made), None)
    assert [guest.member for guest in guests.fellows] == [director]
    assert guests.unit == []


def test_only_the_first_few_members_are_ticked(cast, micro, fellow):
    for number in range(8):
        people.member(people.user(f"m{number}", f"委员{number}"), cast.committee, sector=fellow.sector)
    guests = services.guests_for(fresh(micro), None)
    assert [guest.chosen for guest in guests.fellows].count(True) == services.CHOSEN_FELLOWS
    assert len(guests.fellows) == 9


# --- opening -----------------------------------------------------------------------------------------------------


def test_it_is_a_consultation_with_a_sitting_and_everybody_is_told(cast, micro, fellow):
    run = opened(cast, micro)
    assert (run.form, run.micro_id, run.state) == (ConsultationForm.MICRO, micro.pk, ConsultationState.PLANNED)
    session = run.sessions.get()
    assert (session.starts_at, session.place) == (STARTS, "西街社区")
    seats = set(session.participants.values_list("category", "name"))
    assert (Category.MEMBER, "王委员") in seats
    assert (Category.MEMBER, "吴委员") in seats
    assert (Category.DEPARTMENT, "张科长") in seats
    told = dict(Notice.objects.filter(kind="session-invited").values_list("recipient", "url"))
    assert told[cast.wang.pk] == session.get_absolute_url()
    assert told[cast.zhang.pk] == micro.get_absolute_url()
    assert {reviewer.pk for reviewer in cast.reviewers} <= set(told)


def test_the_same_form_twice_is_one(cast, micro):
    key = uuid.uuid4()
    assert opened(cast, micro, key=key) == opened(cast, micro, key=key)
    assert Consultation.objects.count() == 1
    assert Participant.objects.filter(name="王委员").count() == 1


def test_there_is_one_at_a_time(cast, micro):
    run = opened(cast, micro)
    with pytest.raises(WrongState):
        opened(cast, micro)
    consultations.call_off(run, words="时间冲突", by=cast.li, at=AT)
    assert opened(cast, micro) != run


def test_somebody_has_to_come(cast, micro):
    with pytest.raises(Incomplete):
        opened(cast, micro, guests=[])
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("field", ["title", "summary"])
def test_words_for_the_public_lead_to_nobody(cast, micro, field):
    given = {field: "联系 13807350001"}
    with pytest.raises(Incomplete) as refused:
        opened(cast, micro, is_public=True, **given)
    assert set(refused.value.fields) == {field}
    assert not Consultation.objects.exists()
    assert opened(cast, micro, **given).is_public is False


def test_a_sitting_that_ends_before_it_begins_is_refused_whole(cast, micro):
    with pytest.raises(Incomplete) as refused:
        opened(cast, micro, ends_at=STARTS)
    assert list(refused.value.fields) == ["ends_at"]
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao"])
def test_only_the_staff_who_run_consultations_open_one(cast, micro, who):
    by = getattr(cast, who)
    guests = services.guests_for(fresh(micro), None).every
    with pytest.raises(PermissionDenied):
        services.open_from_micro(uuid.uuid4(), fresh(micro), **GIVEN, guests=guests, by=by, at=AT)
    assert "发起微协商" not in {action.label for action in growths.actions(by, micro)}


@pytest.mark.parametrize("state", MicroState.values)
def test_it_is_opened_while_the_matter_is_under_way(cast, state):
    made = make.micro(cast, state)
    offered = "发起微协商" in {action.label for action in growths.actions(cast.li, made)}
    assert offered == (state in services.OPENS_FROM)
    if offered:
        assert opened(cast, made)
    else:
        with pytest.raises(WrongState):
            opened(cast, made)


def test_where_it_was_asked_for_it_is_the_thing_to_do_now(cast, as_):
    made = make.micro(cast, MicroState.AGREED)
    MicroProposal.objects.filter(pk=made.pk).update(kind=MicroKind.CONSULTATION)
    url = reverse("consultation-from-micro", args=[made.key])
    assert f'class="button main" href="{url}"' in as_(cast.li).get(made.get_absolute_url()).content.decode()
    opened(cast, made)
    assert url not in as_(cast.li).get(made.get_absolute_url()).content.decode()


# --- on both pages -----------------------------------------------------------------------------------------------


def test_the_page_is_filled_in_and_what_was_typed_stays(cast, micro, fellow, as_):
    li, url = as_(cast.li), reverse("consultation-from-micro", args=[micro.key])
    page = li.get(url)
    form = page.context["form"]
    assert form.initial["title"] == f"关于“{micro.title}”的微协商"
    assert set(form.fields) >= {"offices", "unit", "author", "fellows"}
    given = {name: form.initial[name] for name in ("key", "offices", "unit", "author", "fellows")}
    given |= {"title": "改过的名称", "summary": "怎么办", "place": ""}
    given |= {"starts_at": "2099-01-05T09:00", "ends_at": "2099-01-05T11:00"}
    wrong = li.post(url, given)
    assert (wrong.status_code, "改过的名称" in wrong.content.decode()) == (400, True)
    assert li.post(url, {**given, "place": "西街", "author": ["m999999"]}).status_code == 400
    done = li.post(url, {**given, "place": "西街社区"})
    run = Consultation.objects.get()
    assert done.url == run.get_absolute_url()
    assert run.sessions.get().participants.count() == 7
    detail = li.get(run.get_absolute_url()).content.decode()
    assert micro.get_absolute_url() in detail


def test_without_a_unit_one_may_be_chosen(cast, as_):
    made = make.micro(cast, MicroState.AGREED)
    li, url = as_(cast.li), reverse("consultation-from-micro", args=[made.key])
    assert "unit" not in li.get(url).context["form"].fields
    with_unit = li.get(url, {"with_unit": cast.unit.pk}).context["form"]
    assert {label for _, label in with_unit.fields["unit"].choices} == {"张科长（县住建局）", "陈局长（县住建局）"}
    assert li.get(url, {"with_unit": cast.other_unit.pk}).context["unit"] is None
    assert li.get(url, {"with_unit": "x" * 30}).status_code == 200


@pytest.mark.parametrize("who", ["wang", "zhang", "zhou"])
def test_nobody_else_opens_the_page(cast, micro, as_, who):
    assert as_(getattr(cast, who)).get(reverse("consultation-from-micro", args=[micro.key])).status_code == 403


def test_another_county_does_not_find_it(cast, micro, as_):
    assert as_(cast.zhao).get(reverse("consultation-from-micro", args=[micro.key])).status_code == 404


def test_who_follows_the_matter_hears_of_it_and_opens_what_they_may(cast, micro):
    run = opened(cast, micro)
    urls = {who: growths.grown(getattr(cast, who), fresh(micro)) for who in ("li", "wang", "zhang")}
    assert urls["li"][0].url == run.get_absolute_url()
    assert urls["wang"][0].url == run.sessions.get().get_absolute_url()
    assert (urls["zhang"][0].title, urls["zhang"][0].url) == (run.title, "")
    assert growths.grown(cast.zhao, fresh(micro)) == []


def test_the_public_hears_of_the_public_ones_only(cast, as_):
    made = make.micro(cast, MicroState.ASSIGNED)
    run = opened(cast, made, is_public=True)
    make.to_state(cast, made.assignments.get(), "closed")
    assert run.title not in as_(None).get(made.get_absolute_url()).content.decode()  # it is not started yet
    Consultation.objects.filter(pk=run.pk).update(state=ConsultationState.RUNNING, procedure_name="小微协商")
    page = as_(None).get(made.get_absolute_url()).content.decode()
    assert run.public_url in page
    assert made.get_absolute_url() in as_(None).get(run.public_url).content.decode()
    Consultation.objects.filter(pk=run.pk).update(is_public=False)
    assert run.title not in as_(None).get(made.get_absolute_url()).content.decode()

"""Who leads, supports, hosts, takes part; the share that parties lead; the procedure that a topic asks for."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.refusals import Incomplete, WrongState
from consultation import leads, services
from consultation.fitting import fitting
from consultation.models import Consultation, Procedure
from consultation.services.templates import adopt
from consultation.states import ConsultationState, PlanState, TopicSize, TopicUrgency
from consultation.steps import ProcedureKind
from members.models import OrganisationKind
from tests.factories import activities
from tests.factories import consultation as make
from tests.factories import members as people
from tests.factories.consultation import AT
from workstations.models import ActivityKind, Involvement, Part

pytestmark = pytest.mark.django_db
S = ConsultationState


@pytest.fixture
def party(cast):
    return people.organisation(cast.committee, "民革嘉禾县支部", OrganisationKind.PARTY_GROUP)


@pytest.fixture
def chamber(cast):
    return people.organisation(cast.committee, "县工商联", OrganisationKind.MASS_ORGANISATION)


def involve(run, organisation, part, by):
    return services.involve(run, organisation=organisation, part=part, by=by, at=AT)


def test_parts_are_entered_on_the_page_and_shown_to_the_public(cast, as_, party):
    run = make.consultation(cast, S.RUNNING, is_public=True)
    office = as_(cast.li)
    for organisation, part in ((party, "lead"), (cast.unit, "host")):
        office.post(reverse("involvement-new", args=[run.pk]), {"organisation": organisation.pk, "part": part})
    text = as_(None).get(run.public_url).content.decode()
    assert [words in text for words in ("牵头单位", "民革嘉禾县支部", "承办单位")] == [True] * 3
    row = run.involvements.get(part="host")
    office.post(reverse("involvement-remove", args=[row.pk]))
    assert [str(one) for one in run.involvements.all()] == ["民革嘉禾县支部牵头"]


def test_the_units_of_the_plan_item_take_part_from_the_start(cast):
    item = make.first_item(make.plan(cast, PlanState.ISSUED))
    item.units.add(cast.unit)
    given = {"title": item.title, "form": item.form, "by": cast.li, "at": AT}
    run = services.open_consultation(uuid.uuid4(), cast.committee, plan_item=item, **given)
    assert [(row.organisation, row.part) for row in run.involvements.all()] == [(cast.unit, Part.TAKE_PART)]


@pytest.mark.parametrize("state", S.values)
def test_parts_change_until_it_is_called_off_or_in_the_archive(cast, state, party):
    run = make.consultation(cast, state)
    if state in (S.CALLED_OFF, S.ARCHIVED):
        with pytest.raises(WrongState):
            involve(run, party, Part.LEAD, cast.li)
    else:
        services.release(involve(run, party, Part.LEAD, cast.li), by=cast.li, at=AT)
        assert not run.involvements.filter(part=Part.LEAD).exists()


def test_refused_twice_of_elsewhere_and_for_others(cast, as_, party):
    run = make.consultation(cast, S.RUNNING)
    row = involve(run, party, Part.LEAD, cast.li)
    with pytest.raises(WrongState, match="已经登记"):
        involve(run, party, Part.LEAD, cast.li)
    with pytest.raises(Incomplete, match="本会"):
        involve(run, cast.other_unit, Part.LEAD, cast.li)
    for user in (cast.wang, cast.zhou, cast.zhao):
        with pytest.raises(PermissionDenied):
            involve(run, party, Part.HOST, user)
    given = {"organisation": cast.other_unit.pk, "part": "lead"}
    page = as_(cast.li).post(reverse("involvement-new", args=[run.pk]), given)
    assert page.status_code == 400
    assert page.context["involvement_form"].errors
    assert as_(cast.zhou).post(reverse("involvement-new", args=[run.pk]), given).status_code == 403
    assert as_(cast.zhao).post(reverse("involvement-remove", args=[row.pk])).status_code == 404


def test_the_share_led_by_parties_has_numerator_and_denominator(cast, as_, party, chamber):
    runs = [make.consultation(cast, S.RUNNING, title=f"第{n}次") for n in range(3)]
    make.consultation(cast, S.CALLED_OFF, title="取消的")
    involve(runs[0], party, Part.LEAD, cast.li)
    involve(runs[0], chamber, Part.LEAD, cast.li)
    involve(runs[1], chamber, Part.LEAD, cast.li)
    involve(runs[2], cast.unit, Part.LEAD, cast.li)
    involve(runs[2], party, Part.SUPPORT, cast.li)
    looked = activities.held(cast, kind=ActivityKind.INSPECTION)
    activities.published(cast, kind=ActivityKind.INSPECTION)
    Involvement.objects.create(activity=looked, organisation=party, part=Part.LEAD)
    year = runs[0].year
    total, talks, looks = leads.led_by_parties(cast.committee, year)
    assert (talks.done, talks.total) == (2, 3)
    assert (looks.done, looks.total) == (1, 1)
    assert (total.done, total.total) == (3, 4)
    kinds = {row["label"]: row["value"] for row in leads.leading_kinds(cast.committee, year, total=3)}
    assert kinds == {"承办单位": 1, "党派": 1, "人民团体": 2, "没有登记牵头单位": 0}
    page = as_(cast.li).get(reverse("lead-share"), {"year": year})
    assert "2 / 3" in page.content.decode()
    codes = [as_(user).get(reverse("lead-share")).status_code for user in (None, cast.wang, cast.zhou)]
    assert codes == [302, 403, 200]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_share_needs_the_same_statements_for_more_rows(cast, as_, party, rows, django_assert_max_num_queries):
    for number in range(rows):
        involve(make.consultation(cast, S.RUNNING, title=f"第{number}次"), party, Part.LEAD, cast.li)
    office = as_(cast.li)
    year = Consultation.objects.first().year
    with django_assert_max_num_queries(14):
        office.get(reverse("lead-share"), {"year": year})


# --- 大事大议、小事小议、急事快议、难事广议 ------------------------------------------------------------------------


def offered():
    make.procedure()
    return Procedure.objects.offered_to([]).of_kind(ProcedureKind.CONSULTATION)


@pytest.mark.parametrize(
    ("size", "urgency", "name", "said"),
    [
        ("big", "", "六步协商", "大事大议"),
        ("small", "urgent", "三个环节", "小事小议、急事快议"),
        ("big", "hard", "九步工作法", "大事大议、难事广议"),
        ("big", "urgent", "三个环节", "急事快议"),
        ("", "", None, ""),
    ],
)
def test_the_fitting_procedure_is_found_and_says_why(cast, size, urgency, name, said):
    topic = make.topic(cast, size=size, urgency=urgency)
    best, reason = fitting(topic, offered())
    assert (best and best.name) == name
    assert said in reason


def test_nothing_is_guessed_where_no_procedure_is_marked(cast):
    topic = make.topic(cast, urgency="urgent")
    offered().update(suits=[])
    best, reason = fitting(topic, offered())
    assert best is None
    assert "请自行选择" in reason


def test_starting_a_consultation_the_fitting_procedure_is_chosen_beforehand(cast, as_):
    make.procedure()
    topic = make.topic(cast, size="small", urgency="urgent")
    run = make.consultation(cast, S.PLANNED)
    Consultation.objects.filter(pk=run.pk).update(topic=topic)
    page = as_(cast.li).get(run.get_absolute_url())
    chosen = Procedure.objects.get(pk=page.context["start_form"].initial["procedure"])
    assert chosen.name == "三个环节"
    assert "适合小事小议、急事快议，已为您选上" in page.content.decode()


def test_the_office_weighs_a_topic_and_others_do_not(cast, as_):
    topic = make.topic(cast, by=cast.wang)
    address = reverse("topic-weigh", args=[topic.pk])
    as_(cast.li).post(address, {"size": "big", "urgency": "hard"})
    topic.refresh_from_db()
    assert (topic.size, topic.urgency) == (TopicSize.BIG, TopicUrgency.HARD)
    assert "大事" in as_(cast.li).get(topic.get_absolute_url()).content.decode()
    as_(cast.li).post(address, {"size": "gigantic", "urgency": ""})
    topic.refresh_from_db()
    assert topic.size == TopicSize.BIG
    people_ = (None, cast.wang, cast.zhou, cast.zhao)
    assert [as_(user).post(address, {}).status_code for user in people_] == [302, 404, 403, 404]


def test_the_office_says_in_the_admin_which_topics_a_procedure_suits(cast, as_):
    own = adopt(make.procedure(), committee=cast.committee, by=cast.li, at=AT)
    page = as_(cast.li).get(own.get_absolute_url()).content.decode()
    assert "大事大议" in page
    assert "难事广议" in page

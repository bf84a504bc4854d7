import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact, Mark
from members.models import BodyKind, ChangeKind, DutyRecord, MemberChange, OrganisationKind, Post, RoleGrant
from members.roles import Role
from tests.factories import activities as make
from tests.factories import members as people
from tests.factories import workstations as places
from tests.factories.activities import AT, ENDS, HOUR, STARTS
from workstations.models import Activity, ActivityKind, EffectKind, Part, Seat
from workstations.services import activities as services
from workstations.services import seats
from workstations.services.activities import Outcome
from workstations.states import ActivityState, SeatState

pytestmark = pytest.mark.django_db


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def standing(**where):
    return DutyRecord.objects.standing().filter(**where)


# --- who organises -----------------------------------------------------------------------------------------------


def clerk_of(body, committee):
    clerk = people.user("clerk", "镇里的政协秘书")
    RoleGrant.objects.create(user=clerk, role=Role.TOWN_SECRETARY, committee=committee, body=body, since=people.SINCE)
    return clerk


def test_a_township_clerk_organises_for_the_own_group_and_no_other(cast):
    group = make.body(cast.committee, "珠泉镇联络组", BodyKind.LIAISON_GROUP)
    other = make.body(cast.committee, "塘村镇联络组", BodyKind.LIAISON_GROUP)
    clerk = clerk_of(group, cast.committee)
    own = services.draft(make.unsaved(cast.committee, body=group), by=clerk, at=AT)
    for body in (other, None):
        with pytest.raises(PermissionDenied):
            services.draft(make.unsaved(cast.committee, body=body), by=clerk, at=AT)
    foreign = make.draft(cast, body=other)
    with pytest.raises(PermissionDenied):
        services.publish(foreign, by=clerk, at=AT)
    assert list(Activity.objects.run_by(clerk)) == [own]


@pytest.mark.parametrize("kind", [ActivityKind.PLENARY, ActivityKind.STANDING, ActivityKind.CHAIR_MEETING])
def test_a_clerk_calls_up_nobody_beyond_the_own_group(cast, kind):
    """Otherwise whoever leads a group could mark the whole committee absent."""
    group, station = make.body(cast.committee, "珠泉镇联络组", BodyKind.LIAISON_GROUP), places.station(cast.committee)
    clerk = clerk_of(group, cast.committee)
    places.post(station, clerk)
    hosts = {"station": station} if kind == ActivityKind.CHAIR_MEETING else {"body": group}
    with pytest.raises(PermissionDenied):
        services.draft(make.unsaved(cast.committee, kind=kind, **hosts), by=clerk, at=AT)
    activity = services.draft(make.unsaved(cast.committee, **hosts), by=clerk, at=AT)
    activity.kind = kind
    with pytest.raises(PermissionDenied):
        services.change(activity, changed=["kind"], by=clerk, at=AT)


def test_the_leader_of_a_body_and_the_keeper_of_a_station_organise(cast):
    body, station = make.body(cast.committee), places.station(cast.committee)
    make.post(body, cast.wang_member, Post.DIRECTOR)
    keeper = people.user("keeper", "站长")
    places.post(station, keeper)
    services.draft(make.unsaved(cast.committee, body=body), by=cast.wang, at=AT)
    services.draft(make.unsaved(cast.committee, station=station), by=keeper, at=AT)
    with pytest.raises(PermissionDenied):
        services.draft(make.unsaved(cast.committee, body=body), by=keeper, at=AT)


def test_hosts_of_another_committee_are_refused_at_their_fields(cast):
    foreign = make.body(cast.other_committee)
    with pytest.raises(Incomplete) as refused:
        services.draft(make.unsaved(cast.committee, body=foreign), by=cast.li, at=AT)
    assert refused.value.fields == {"body": "主办机构须属于同一个政协委员会。"}
    other = people.organisation(cast.other_committee, "永兴工商联")
    with pytest.raises(Incomplete, match="参与单位须属于同一个政协委员会"):
        services.draft(make.unsaved(cast.committee), involved=[(other, Part.LEAD)], by=cast.li, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao", "qian"])
@pytest.mark.parametrize("verb", ["draft", "change", "publish", "call_off", "close", "roll", "add_present"])
def test_nobody_else_organises(cast, who, verb):
    by, activity = getattr(cast, who), make.published(cast)
    deeds = {
        "draft": lambda: services.draft(make.unsaved(cast.committee), by=by, at=AT),
        "change": lambda: services.change(activity, changed=["title"], by=by, at=AT),
        "publish": lambda: services.publish(activity, by=by, at=AT),
        "call_off": lambda: services.call_off(activity, reason="雨", by=by, at=AT),
        "close": lambda: services.close(activity, outcome=Outcome(), by=by, at=ENDS),
        "roll": lambda: seats.mark_roll(activity, [], by=by, at=ENDS),
        "add_present": lambda: seats.add_present(activity, [cast.wang_member], by=by, at=ENDS),
    }
    lines = AuditEntry.objects.count()
    with pytest.raises(PermissionDenied):
        deeds[verb]()
    assert AuditEntry.objects.count() == lines


VERBS = {
    "publish": ({ActivityState.DRAFT}, lambda a, cast: services.publish(a, by=cast.li, at=AT)),
    "call_off": (
        {ActivityState.DRAFT, ActivityState.OPEN},
        lambda a, cast: services.call_off(a, reason="雨", by=cast.li, at=AT),
    ),
    "close": ({ActivityState.OPEN}, lambda a, cast: services.close(a, outcome=Outcome(), by=cast.li, at=ENDS)),
    "amend": ({ActivityState.HELD}, lambda a, cast: services.amend_outcome(a, outcome=Outcome(), by=cast.li, at=ENDS)),
    "change": (
        {ActivityState.DRAFT, ActivityState.OPEN, ActivityState.HELD},
        lambda a, cast: services.change(a, changed=["title"], by=cast.li, at=AT),
    ),
    "roll": (
        {ActivityState.OPEN, ActivityState.HELD},
        lambda a, cast: seats.add_present(a, [cast.wang_member], by=cast.li, at=ENDS),
    ),
    "sign_up": ({ActivityState.OPEN}, lambda a, cast: seats.sign_up(a, user=cast.wang, at=AT)),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", list(ActivityState))
def test_every_verb_in_every_state(cast, state, verb):
    activity, (allowed, deed) = make.in_state(cast, state), VERBS[verb]
    if state in allowed:
        deed(activity, cast)
        return
    with pytest.raises(WrongState) as refused:
        deed(activity, cast)
    assert str(refused.value)
    activity.refresh_from_db()
    assert activity.state == state


# --- the call ----------------------------------------------------------------------------------------------------


def test_a_plenary_calls_every_member_and_a_standing_meeting_the_standing_ones(cast):
    standing_one = make.member(cast, "chang", is_standing=True)
    make.member(cast, "gone", until=datetime.date(2025, 1, 1))
    plenary = make.published(cast, kind=ActivityKind.PLENARY)
    assert set(plenary.seats.values_list("member", "is_called", "state")) == {
        (cast.wang_member.pk, True, SeatState.INVITED),
        (standing_one.pk, True, SeatState.INVITED),
    }
    assert told("activity.call") == {"wang", "chang"}
    meeting = make.published(cast, kind=ActivityKind.STANDING)
    assert [seat.member for seat in meeting.seats.all()] == [standing_one]


def test_a_committee_meeting_calls_the_seats_of_its_body(cast):
    body, inside = make.body(cast.committee), make.member(cast, "inside")
    make.post(body, inside)
    meeting = make.published(cast, kind=ActivityKind.COMMITTEE_MEETING, body=body)
    assert [seat.member for seat in meeting.seats.all()] == [inside]
    with pytest.raises(Incomplete) as refused:
        make.draft(cast, kind=ActivityKind.COMMITTEE_MEETING)
    assert "body" in refused.value.fields


def test_a_chosen_list_is_called_and_nobody_of_another_county(cast):
    make.member(cast, "other")
    talk = make.published(cast, kind=ActivityKind.TALK, called=[cast.wang_member])
    assert [(seat.member, seat.is_called) for seat in talk.seats.all()] == [(cast.wang_member, True)]
    with pytest.raises(Incomplete, match="不属于本会"):
        services.publish(make.draft(cast), members=[cast.qian_member], by=cast.li, at=AT)


def test_an_open_activity_invites_to_sign_up_without_seats(cast):
    activity = make.published(cast)
    assert not activity.seats.exists()
    assert Notice.objects.get(kind="activity.call").title == "可以报名：养老服务专题调研"


def test_who_is_on_leave_that_day_is_excused(cast):
    MemberChange.objects.create(
        member=cast.wang_member, kind=ChangeKind.ON_LEAVE, since=datetime.date(2026, 11, 1), reason="出国", at=AT,
        until=datetime.date(2026, 12, 1),
    )  # fmt: skip
    seat = make.published(cast, kind=ActivityKind.PLENARY).seats.get()
    assert (seat.state, seat.leave_reason) == (SeatState.EXCUSED, "出国")


def test_a_meeting_without_anybody_is_refused(cast):
    with pytest.raises(Incomplete, match="没有找到应到人员"):
        make.published(cast, kind=ActivityKind.STANDING)


def test_what_is_over_already_is_recorded_without_a_call(cast):
    make.published(cast, starts_at=AT - 5 * HOUR, ends_at=AT - 3 * HOUR)
    assert not Notice.objects.exists()
    assert not Milestone.objects.exists()


def test_a_sensitive_activity_is_seen_by_the_seated_and_the_organisers_only(cast):
    other = make.member(cast, "other")
    activity = make.published(cast, called=[cast.wang_member], is_public=False, is_sensitive=True)
    visible = {
        name: Activity.objects.visible_to(user).filter(pk=activity.pk).exists()
        for name, user in {"wang": cast.wang, "other": other.user, "li": cast.li, "zhou": cast.zhou}.items()
    }
    assert visible == {"wang": True, "other": False, "li": True, "zhou": False}
    with pytest.raises(Incomplete, match="不能同时向社会公开"):
        make.draft(cast, is_public=True, is_sensitive=True)
    with pytest.raises(Incomplete, match="写明参加人员名单"):
        make.published(cast, is_public=False, is_sensitive=True)


# --- changes -----------------------------------------------------------------------------------------------------


def test_another_time_is_told_and_reminded_anew(cast):
    activity = make.published(cast, called=[cast.wang_member])
    activity.starts_at, activity.ends_at = STARTS + 24 * HOUR, ENDS + 24 * HOUR
    services.change(activity, changed=["starts_at", "ends_at"], by=cast.li, at=AT)
    assert Notice.objects.get(kind="activity.news").title == "时间有变动：养老服务专题调研"
    assert (activity.revision, set(Milestone.objects.pending().values_list("round", flat=True))) == (1, {2})
    assert Milestone.objects.filter(round=1, state="cancelled").count() == 3


def test_after_closing_what_the_facts_came_from_stays(cast):
    activity = make.held(cast)
    activity.kind = ActivityKind.VISIT
    with pytest.raises(WrongState, match="类别不能再改"):
        services.change(activity, changed=["kind"], by=cast.li, at=ENDS)
    activity.refresh_from_db()
    activity.brand = "委员会客厅"
    services.change(activity, changed=["brand"], by=cast.li, at=ENDS)
    assert Activity.objects.get(brand="委员会客厅").kind == ActivityKind.SURVEY


def test_a_stale_page_changes_nothing(cast):
    activity = make.published(cast)
    stale = Activity.objects.get(pk=activity.pk)
    services.call_off(activity, reason="雨", by=cast.li, at=AT)
    with pytest.raises(WrongState, match="活动现在是“已取消”"):
        services.change(stale, changed=["title"], by=cast.li, at=AT)


def test_calling_off_tells_everybody_why_and_stops_the_clock(cast):
    activity = make.published(cast, called=[cast.wang_member])
    with pytest.raises(Incomplete):
        services.call_off(activity, reason=" ", by=cast.li, at=AT)
    services.call_off(activity, reason="连日大雨", by=cast.li, at=AT)
    notice = Notice.objects.get(kind="activity.news")
    assert (notice.recipient, "连日大雨" in notice.body) == (cast.wang, True)
    assert not Milestone.objects.pending().exists()


# --- sign-up and leave -------------------------------------------------------------------------------------------


def test_sign_up_keeps_to_its_window(cast):
    activity = make.published(cast, opens_at=AT + HOUR, closes_at=AT + 3 * HOUR)
    for at, words in ((AT, "还没有开始"), (AT + 3 * HOUR, "截止")):
        with pytest.raises(WrongState, match=words):
            seats.sign_up(activity, user=cast.wang, at=at)
    assert seats.sign_up(activity, user=cast.wang, at=AT + 2 * HOUR).state == SeatState.SIGNED_UP
    assert seats.sign_up(activity, user=cast.wang, at=AT + 2 * HOUR).state == SeatState.SIGNED_UP
    assert Seat.objects.count() == 1


def test_a_full_activity_says_so_until_somebody_withdraws(cast):
    other = make.member(cast, "other")
    activity = make.published(cast, capacity=1)
    taken = seats.sign_up(activity, user=cast.wang, at=AT)
    with pytest.raises(WrongState, match="1 个名额已报满"):
        seats.sign_up(activity, user=other.user, at=AT)
    seats.cancel_sign_up(taken, user=cast.wang, at=AT)
    seats.sign_up(activity, user=other.user, at=AT)
    with pytest.raises(WrongState, match="已报满"):
        seats.sign_up(activity, user=cast.wang, at=AT)


def test_only_members_of_the_committee_sign_up(cast):
    activity = make.published(cast)
    for user in (cast.qian, cast.li):
        with pytest.raises(PermissionDenied):
            seats.sign_up(activity, user=user, at=AT)
    meeting = make.published(cast, kind=ActivityKind.TALK, called=[cast.wang_member])
    assert seats.sign_up(meeting, user=cast.wang, at=AT).is_called


def test_a_member_is_not_let_into_a_meeting_of_others(cast):
    make.member(cast, "chang", is_standing=True)
    with pytest.raises(WrongState, match="不在这次会议的应到名单"):
        seats.sign_up(make.published(cast, kind=ActivityKind.STANDING), user=cast.wang, at=AT)


def test_the_called_ask_for_leave_instead_of_cancelling(cast):
    activity = make.published(cast, called=[cast.wang_member])
    seat = activity.seats.get()
    with pytest.raises(WrongState, match="请办理请假"):
        seats.cancel_sign_up(seat, user=cast.wang, at=AT)
    with pytest.raises(Incomplete):
        seats.ask_leave(seat, reason=" ", user=cast.wang, at=AT)
    seats.ask_leave(seat, reason="住院", user=cast.wang, at=AT)
    assert told("activity.leave") == {"li"}
    with pytest.raises(PermissionDenied):
        seats.answer_leave(seat, granted=True, by=cast.wang, at=AT)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"granted": True}, SeatState.LEAVE_GRANTED),
        ({"granted": True, "official": True}, SeatState.EXCUSED),
        ({"granted": False, "words": "会议重要"}, SeatState.INVITED),
    ],
)
def test_leave_is_answered_once_and_told(cast, answer, state):
    activity = make.published(cast, called=[cast.wang_member])
    seat = activity.seats.get()
    seats.ask_leave(seat, reason="外出", user=cast.wang, at=AT)
    stale = Seat.objects.select_related("activity", "member").get()
    seats.answer_leave(seat, **answer, by=cast.li, at=AT)
    assert Seat.objects.get().state == state
    assert "wang" in told("activity.leave")
    with pytest.raises(WrongState, match="不能批假"):
        seats.answer_leave(stale, granted=True, by=cast.li, at=AT)


def test_a_refusal_of_leave_says_why(cast):
    activity = make.published(cast, called=[cast.wang_member])
    seat = activity.seats.get()
    seats.ask_leave(seat, reason="外出", user=cast.wang, at=AT)
    with pytest.raises(Incomplete, match="不准假请写明理由"):
        seats.answer_leave(seat, granted=False, by=cast.li, at=AT)


# --- closing and facts -------------------------------------------------------------------------------------------


def test_closing_writes_a_mark_for_everybody_called(cast):
    names = {
        "here": SeatState.PRESENT, "late": SeatState.LATE, "leave": SeatState.LEAVE_GRANTED,
        "trip": SeatState.EXCUSED, "silent": SeatState.INVITED, "promised": SeatState.SIGNED_UP,
        "asking": SeatState.LEAVE_ASKED,
    }  # fmt: skip
    members = {name: make.member(cast, name) for name in names}
    activity = make.published(cast, kind=ActivityKind.STUDY, called=members.values(), half_days=2)
    for name, state in names.items():
        make.seat(activity, members[name], state, leave_reason="病")
    assert services.close(activity, outcome=Outcome(), by=cast.li, at=ENDS) == 3
    written = dict(standing(key=f"activity:{activity.pk}").values_list("member__user__username", "mark"))
    assert written == {
        "here": Mark.PRESENT, "late": Mark.LATE, "leave": Mark.LEAVE, "trip": Mark.EXCUSED, "silent": Mark.ABSENT,
        "promised": Mark.ABSENT, "asking": Mark.ABSENT,
    }  # fmt: skip
    record = standing(member=members["here"]).get()
    assert (record.fact, record.detail, record.quantity) == (Fact.ACTIVITY, "study", 2)
    assert (record.on, record.url) == (datetime.date(2026, 11, 25), activity.get_absolute_url())


def test_who_signed_up_and_did_not_come_is_not_absent(cast):
    activity = make.published(cast)
    make.seat(activity, cast.wang_member)
    services.close(activity, outcome=Outcome(), by=cast.li, at=ENDS)
    assert not DutyRecord.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fact", "speech"),
    [
        (ActivityKind.PLENARY, Fact.PLENARY, "plenary"),
        (ActivityKind.STANDING, Fact.STANDING, "standing"),
        (ActivityKind.TRAINING, Fact.TRAINING, "consultation"),
        (ActivityKind.CHARITY, Fact.CHARITY, "consultation"),
        (ActivityKind.CHAIR_MEETING, Fact.ACTIVITY, "consultation"),
    ],
)
def test_each_kind_is_its_fact_and_a_speech_one_more(cast, kind, fact, speech):
    activity = make.published(cast, kind=kind, called=[cast.wang_member])
    make.seat(activity, cast.wang_member, SeatState.PRESENT, speech="关于养老服务的建议")
    services.close(activity, outcome=Outcome(), by=cast.li, at=ENDS)
    assert set(standing().values_list("fact", "detail")) == {(fact, kind), (Fact.SPEECH, speech)}


def test_units_and_projects_count_for_those_present(cast):
    away = make.member(cast, "away")
    effects = [(EffectKind.UNIT, "金田居委会", 1), (EffectKind.UNIT, "英花村", 1), (EffectKind.PROJECT, "通村路", 1)]
    activity = make.published(cast, called=[cast.wang_member, away])
    make.seat(activity, cast.wang_member, SeatState.PRESENT)
    services.close(activity, outcome=Outcome(effects=effects), by=cast.li, at=ENDS)
    assert dict(standing(member=cast.wang_member).values_list("fact", "quantity")) == {
        Fact.ACTIVITY: 1, Fact.UNIT_VISITED: 2, Fact.PROJECT: 1,
    }  # fmt: skip
    assert set(standing(member=away).values_list("fact", flat=True)) == {Fact.ACTIVITY}
    services.amend_outcome(activity, outcome=Outcome(effects=effects[:1]), by=cast.li, at=ENDS)
    assert dict(standing(member=cast.wang_member).values_list("fact", "quantity")) == {
        Fact.ACTIVITY: 1, Fact.UNIT_VISITED: 1,
    }  # fmt: skip


def test_correcting_the_roll_after_closing_takes_back_and_tells_anew(cast):
    activity = make.published(cast, called=[cast.wang_member])
    services.close(activity, outcome=Outcome(), by=cast.li, at=ENDS)
    seat = activity.seats.get()
    assert standing().get().mark == Mark.ABSENT
    line = seats.Line(seat.pk, seat.state, SeatState.PRESENT, speech="发言")
    assert seats.mark_roll(activity, [line], by=cast.li, at=ENDS + HOUR) == (1, [])
    assert dict(standing().values_list("fact", "mark")) == {Fact.ACTIVITY: Mark.PRESENT, Fact.SPEECH: ""}
    gone = seats.Line(seat.pk, SeatState.PRESENT, SeatState.ABSENT)
    seats.mark_roll(activity, [gone], by=cast.li, at=ENDS + 2 * HOUR)
    assert dict(standing().values_list("fact", "mark")) == {Fact.ACTIVITY: Mark.ABSENT}
    assert DutyRecord.objects.filter(reverses__isnull=False).count() == 3


def test_the_roll_does_not_overwrite_a_check_in_meanwhile(cast):
    activity = make.published(cast, called=[cast.wang_member])
    seat = activity.seats.get()
    make.seat(activity, cast.wang_member, SeatState.PRESENT)
    line = seats.Line(seat.pk, SeatState.INVITED, SeatState.ABSENT)
    assert seats.mark_roll(activity, [line], by=cast.li, at=ENDS) == (0, ["王委员（已签到）"])
    with pytest.raises(Incomplete):
        seats.mark_roll(activity, [seats.Line(seat.pk, "present", "cancelled")], by=cast.li, at=ENDS)


def test_those_who_came_unannounced_are_added_by_the_list(cast):
    activity = make.held(cast)
    assert seats.add_present(activity, [cast.wang_member], by=cast.li, at=ENDS) == 1
    assert standing().get().mark == Mark.PRESENT
    assert seats.add_present(activity, [cast.wang_member], by=cast.li, at=ENDS) == 0
    with pytest.raises(Incomplete, match="不属于本会"):
        seats.add_present(activity, [cast.qian_member], by=cast.li, at=ENDS)


def test_closing_waits_for_the_start(cast):
    with pytest.raises(WrongState, match="还没有开始"):
        services.close(make.published(cast), outcome=Outcome(), by=cast.li, at=AT)


def test_who_leads_supports_hosts_and_takes_part_is_kept(cast):
    federation = people.organisation(cast.committee, "县工商联", OrganisationKind.MASS_ORGANISATION)
    partner = people.organisation(cast.committee, "党群服务中心", OrganisationKind.PARTNER)
    parts = [(federation, Part.LEAD), (partner, Part.TAKE_PART)]
    activity = services.draft(make.unsaved(cast.committee), involved=parts, by=cast.li, at=AT)
    assert [str(row) for row in activity.involvements.all()] == ["县工商联牵头", "党群服务中心参与"]
    services.change(activity, changed=[], involved=parts[1:], by=cast.li, at=AT)
    assert [str(row) for row in activity.involvements.all()] == ["党群服务中心参与"]


# --- reminders ---------------------------------------------------------------------------------------------------


def test_reminders_go_to_those_coming_the_silent_and_the_organisers(cast):
    ill, quiet = make.member(cast, "ill"), make.member(cast, "quiet")
    activity = make.published(cast, called=[cast.wang_member, ill, quiet], closes_at=STARTS - 24 * HOUR)
    make.seat(activity, cast.wang_member)
    make.seat(activity, ill, SeatState.LEAVE_GRANTED)
    clock.sweep(STARTS - 48 * HOUR)
    assert told("activity.answer") == {"quiet"}
    clock.sweep(STARTS - 24 * HOUR)
    assert told("activity.soon") == {"wang", "quiet"}
    clock.sweep(STARTS - 2 * HOUR)
    clock.sweep(STARTS - 2 * HOUR)
    titles = list(Notice.objects.filter(kind="activity.soon", recipient=cast.wang).values_list("title", flat=True))
    assert sorted(titles) == ["今天参加：养老服务专题调研", "明天参加：养老服务专题调研"]
    clock.sweep(ENDS + 24 * HOUR)
    assert told("activity.close") == {"li"}


def test_nothing_is_said_about_what_is_closed(cast):
    activity = make.published(cast, called=[cast.wang_member])
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.HELD)
    clock.sweep(ENDS + 30 * HOUR)
    assert told("activity.soon") | told("activity.close") == set()

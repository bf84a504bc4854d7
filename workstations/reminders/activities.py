"""What is said before, at the end of sign-up and after an activity; the clock (config.milestones) asks with a batch."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from workstations.models import Activity
from workstations.queries import activities as queries
from workstations.services import moments
from workstations.states import ActivityState, SeatState


def _loaded(milestones):
    return Activity.objects.in_bulk({milestone.subject_id for milestone in milestones})


def _over(activity, milestone) -> Skip | None:
    """Why there is nothing to say any more."""
    if activity.state != ActivityState.OPEN:
        return Skip(f"活动“{activity.get_state_display()}”，不必提醒")
    if milestone.round != activity.revision + 1:
        return Skip("活动有变动，按新的时间提醒")
    return None


@handler(moments.BEFORE, label="活动开始前提醒")
def remind_of_start(milestones, at):
    """Those who said they come, and those called who said nothing; not those on leave."""
    activities = _loaded(milestones)
    people = queries.coming(activities, states=[SeatState.SIGNED_UP, SeatState.INVITED])
    answers = {}
    for m in milestones:
        activity = activities[m.subject_id]
        soon = "今天" if timezone.localdate(activity.starts_at) == timezone.localdate(at) else "明天"
        if activity.starts_at <= at:
            answers[m.pk] = Skip("活动已经开始")
            continue
        answers[m.pk] = _over(activity, m) or Tell(
            people[activity.pk], "activity.soon", f"{soon}参加：{activity}", moments.when_and_where(activity),
            activity.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(moments.SIGN_UP, label="报名截止提醒")
def remind_of_sign_up(milestones, at):
    """Those called who have not answered."""
    activities = _loaded(milestones)
    people = queries.coming(activities, states=[SeatState.INVITED])
    answers = {}
    for m in milestones:
        activity = activities[m.subject_id]
        if not people[activity.pk]:
            answers[m.pk] = _over(activity, m) or Skip("应到人员都已回复")
            continue
        answers[m.pk] = _over(activity, m) or Tell(
            people[activity.pk], "activity.answer", f"请回复能否参加：{activity}", moments.when_and_where(activity),
            activity.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(moments.CLOSING, label="活动办结提醒")
def remind_of_closing(milestones, at):
    """Its organisers, a day after the end: roll, photos, effects, then close it."""
    activities = _loaded(milestones)
    people = queries.organisers(activities.values())
    return {
        m.pk: _over(activities[m.subject_id], m)
        or Tell(
            people[m.subject_id], "activity.close", f"请点名并办结：{activities[m.subject_id]}",
            "活动已结束一天。核对到场名单，写上成效后办结，考勤才会记入履职档案。",
            activities[m.subject_id].get_absolute_url(),
        )
        for m in milestones
    }  # fmt: skip

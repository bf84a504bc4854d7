"""Activities as members, organisers and visitors read them."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.paging import keyset
from config.uploads import store
from members.models import Committee
from workstations.filters.activities import ActivityFilter
from workstations.models import Activity, EffectKind, Involvement, Seat, Story
from workstations.queries import activities as queries
from workstations.rules import activities as rules
from workstations.services.activities import MATERIAL, PHOTO
from workstations.services.check_in import OPENS_BEFORE
from workstations.states import ActivityState, SeatState

SHOWN = ("committee", "body", "station", "sector", "region__parent")
FEW = 20
MAY_ASK_LEAVE = (SeatState.INVITED, SeatState.SIGNED_UP)


def find(request, pk, *related) -> Activity:
    """The activity that the person may see, else 404."""
    found = Activity.objects.visible_to(request.user).select_related(*SHOWN, *related)
    return get_object_or_404(found, pk=pk)


@require_safe
def activity_list(request):
    """What I am called to, may sign up for and have to bring on; below it everything that I may read."""
    user, now = request.user, timezone.now()
    committees = user.committee_ids
    found = Activity.objects.visible_to(user).filter(committee__in=committees).select_related(*SHOWN)
    filterset = ActivityFilter(request.GET or None, queryset=found, committees=committees, user=user)
    context = {
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "may_begin": rules.committees_of(user).exists(),
    }
    if not request.GET:
        context |= {
            "seats": queries.my_seats(user, now)[:FEW],
            "offered": queries.open_to(user, now).select_related(*SHOWN)[:FEW] if user.member_ids else [],
            "waiting": queries.in_preparation(user, now).select_related(*SHOWN)[:FEW],
        }
    return render(request, "workstations/activity_list.html", context)


@login_not_required
@require_safe
def activity_public_list(request, slug):
    committee = get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)
    found = Activity.objects.public().filter(committee=committee).select_related(*SHOWN)
    filterset = ActivityFilter(request.GET or None, queryset=found, committees=[committee.pk])
    context = {"committee": committee, "filterset": filterset, "page": keyset(filterset.qs, request)}
    return render(request, "workstations/activity_public_list.html", context)


@login_not_required
@require_safe
def activity(request, pk):
    """One page: when, where, who leads, my part in it, and for its organisers who comes."""
    found, user, now = find(request, pk), request.user, timezone.now()
    organises = rules.can_organise(user, found)
    inside = user.is_authenticated and (organises or found.committee_id in user.committee_ids)
    seats = _seats(found, user, organises)
    mine = next((seat for seat in seats if seat.member.user_id == user.pk), None)
    files = list(store.of(found))
    parts = found.involvements.prefetch_related(Prefetch("organisation"))
    context = {
        "committee": found.committee,
        "activity": found,
        "inside": inside,
        "host": found.host if inside else found.public_host,
        "sector": found.sector if found.sector and (inside or not found.sector.is_sensitive) else None,
        "parts": _by_part(parts),
        "effects": _by_kind(found.effects.all()),
        "venues": list(found.venues.all()),
        "photos": [file for file in files if file.purpose == PHOTO],
        "materials": [file for file in files if file.purpose == MATERIAL],
        "stories": Story.objects.visible_to(user).filter(activity=found),
        "organises": organises,
        "mine": mine,
        "seats": seats if organises else [],
        "counts": _counts(seats) if organises else [],
        "asking": [seat for seat in seats if seat.state == SeatState.LEAVE_ASKED] if organises else [],
        **_doors(found, user, mine, organises, now),
    }
    return render(request, "workstations/activity_detail.html", context)


def _seats(activity, user, organises):
    """All of them for the organisers, one's own for others."""
    if not user.is_authenticated:
        return []
    seats = Seat.objects.filter(activity=activity).select_related("member__user", "member__sector").order_by("pk")
    return list(seats if organises else seats.filter(member__user=user))


def _by_part(parts: list[Involvement]):
    found = {}
    for row in parts:
        found.setdefault(row.get_part_display(), []).append(row.organisation.name)
    return [(part, "、".join(names)) for part, names in found.items()]


def _by_kind(effects):
    found = {}
    for row in effects:
        found.setdefault(EffectKind(row.kind).label, []).append(row)
    return found.items()


def _counts(seats):
    """How many seats are in each state, in the order of the states."""
    states = [seat.state for seat in seats]
    return [(state.label, states.count(state)) for state in SeatState if state in states]


def _doors(activity, user, mine, organises, now):
    """Which buttons the page offers."""
    is_open = activity.state == ActivityState.OPEN
    member = rules.can_take_part(user, activity)
    called = mine is not None and mine.is_called
    answers = called and mine.state == SeatState.INVITED and now < activity.ends_at
    free = mine is None or mine.state in (SeatState.CANCELLED, SeatState.INVITED)
    offered = not activity.is_meeting and not called and free and activity.takes_sign_ups(now)
    checks_in = is_open and activity.starts_at - OPENS_BEFORE <= now <= activity.ends_at
    state = mine.state if mine else None
    return {
        "may_sign_up": is_open and member and (answers or offered),
        "may_cancel": is_open and state == SeatState.SIGNED_UP and not called and now < activity.starts_at,
        "may_ask_leave": is_open and state in MAY_ASK_LEAVE and (called or state == SeatState.SIGNED_UP),
        "checks_in": checks_in,
        "may_close": organises and is_open and now >= activity.starts_at,
        "may_propose": user.is_authenticated and member,
        "not_yet": is_open and activity.opens_at is not None and activity.opens_at > now,
    }

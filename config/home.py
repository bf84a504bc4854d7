"""The front page: what waits for the person who opens it; for visitors, the committees and what they talk about."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import county, desks, menu
from consultation.models import Consultation, Outcome
from consultation.states import ConsultationState, OutcomeClass, OutcomeState
from members.models import Committee
from members.roles import Permission

EVERYBODY = AnonymousUser()
SHOWN = 6


@login_not_required
@require_safe
def home(request):
    """Visitors see the committees, or the only one's page; the others everything they have to do, on one page."""
    user, today = request.user, timezone.localdate()
    if menu.faces(user) == ["visitor"]:
        return _visitor(request)
    context = {
        "desk": desks.desk_of(user, today),
        "county": county.figures_of_chair(user, today),
        "duty": county.duty_of_member(user, today),
        "year": today.year,
        "is_clerk": bool(user.bodies_with(Permission.DUTY_LOOK_AFTER)),
    }
    return render(request, "home/home.html", context)


def _visitor(request):
    running = Consultation.objects.visible_to(EVERYBODY).filter(state=ConsultationState.RUNNING)
    talks = Count("consultations", filter=Q(consultations__in=running.values("pk")))
    committees = list(Committee.objects.visible_to(request.user).annotate(talks=talks).order_by("region_id"))
    if len(committees) == 1 and not request.user.is_authenticated:
        return redirect(committees[0])
    context = {"committees": committees, "now": _now(), "settled": _settled()}
    return render(request, "home/visitor.html", context)


def _now():
    running = Consultation.objects.visible_to(EVERYBODY).filter(state=ConsultationState.RUNNING)
    found = running.select_related("committee").order_by("-pk")[:SHOWN]
    return [_talk(row, row.title, row, row.get_form_display()) for row in found]


def _settled():
    """What was carried out; a C outcome was only explained."""
    done = Outcome.objects.visible_to(EVERYBODY).filter(state=OutcomeState.DONE).exclude(outcome_class=OutcomeClass.C)
    found = done.select_related("consultation__committee").order_by("-done_at", "-pk")[:SHOWN]
    return [_talk(row, str(row), row.consultation, row.consultation.title) for row in found]


def _talk(row, title, consultation, note):
    return {
        "title": title,
        "url": consultation.public_url,
        "place": consultation.committee,
        "note": note,
        "tone": row.tone,
        "state": row.get_state_display(),
    }

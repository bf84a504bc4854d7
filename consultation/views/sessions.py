"""Pages of one session: when and where, agenda, people, minutes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from consultation import rules, services
from consultation.forms import AgendaForms, InviteForm, MinutesForm, SessionForm
from consultation.models import Consultation, Session
from consultation.services.consultations import missing_categories
from consultation.states import Category
from members.roles import Permission


def _get(request, pk):
    rows = Session.objects.visible_to(request.user).select_related("consultation__committee__region")
    return get_object_or_404(rows, pk=pk)


def _to_run(request, pk):
    """A session that this person organises; to others of the committee refused, to all others not there."""
    rows = Session.objects.filter(consultation__in=Consultation.objects.at_office(request.user).values("pk"))
    session = get_object_or_404(rows.select_related("consultation__committee__region"), pk=pk)
    rules.require("run_consultation", request.user, session)
    return session


@require_safe
def session_detail(request, pk):
    return _show(request, _get(request, pk))


def _show(request, session, *, status=200, invite_form=None):
    """Staff see everything, invited members how to join, everybody the agenda and published minutes."""
    user, run = request.user, session.consultation
    inside = run.committee_id in user.committees_with(Permission.OFFICE_WORK)
    manages = inside and rules.may("run_consultation", user, session)
    people = list(session.participants.select_related("organisation").order_by("category", "pk")) if inside else []
    by_category = [(label, [p for p in people if p.category == value]) for value, label in Category.choices]
    context = {
        "session": session,
        "consultation": run,
        "committee": run.committee,
        "agenda": session.agenda.order_by("position", "pk"),
        "inside": inside,
        "manages": manages,
        "by_category": by_category,
        "present": sum(1 for p in people if p.attended),
        "invited": len(people),
        "missing": missing_categories(session) if inside else [],
        "may_join": inside or session.participants.filter(member__in=user.member_ids.values()).exists(),
        "begun": session.starts_at <= timezone.now(),
        "show_minutes": bool(session.minutes) and (inside or session.minutes_published_at is not None),
        "invite_form": invite_form or (InviteForm(committee=run.committee) if manages and run.is_open else None),
    }
    return render(request, "consultation/session_detail.html", context, status=status)


def session_new(request, pk):
    run = get_object_or_404(Consultation.objects.at_office(request.user).select_related("committee__region"), pk=pk)
    rules.require("run_consultation", request.user, run)
    session = Session(consultation=run, place=run.place)
    return _edit(request, session, lambda given: services.add_session(run, **given))


def session_edit(request, pk):
    session = _to_run(request, pk)
    return _edit(request, session, lambda given: services.change_session(session, **given))


def _edit(request, session, do):
    run = session.consultation
    form = SessionForm(request.POST or None, instance=session)
    if form.is_valid():
        given = form.cleaned_data | {"by": request.user, "at": timezone.now()}
        if saved := attempt(request, lambda: do(given), form=form, success="会议已登记。"):
            return redirect(saved)
    context = {
        "form": form,
        "consultation": run,
        "committee": run.committee,
        "session": session if session.pk else None,
    }
    return render(request, "consultation/session_form.html", context, status=400 if request.method == "POST" else 200)


def session_agenda(request, pk):
    session = _to_run(request, pk)
    points = list(session.agenda.order_by("position", "pk").values("kind", "title", "speaker"))
    forms = AgendaForms(request.POST or None, initial=points)
    if request.method == "POST" and forms.is_valid():
        deed = lambda: services.set_agenda(session, forms.points(), by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, deed, success="议程已保存。"):
            return redirect(session)
    context = {"forms": forms, "session": session, "committee": session.consultation.committee}
    return render(request, "consultation/session_agenda.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def session_invite(request, pk):
    session = _to_run(request, pk)
    form = InviteForm(request.POST, committee=session.consultation.committee)
    if form.is_valid():
        given = form.cleaned_data
        deed = lambda: str(services.invite(session, by=request.user, at=timezone.now(), **given))  # noqa: E731
        if attempt(request, deed, success="名单已更新，名单上已有的不重复添加。"):
            _name_the_unknown(request, session, given)
        return redirect(session)
    return _show(request, session, status=400, invite_form=form)


def _name_the_unknown(request, session, given):
    """A 政协委员 who could not be found by name hears of nothing: staff should know."""
    names = [name for name, _ in given["people"]]
    unknown = session.participants.filter(category=Category.MEMBER, member=None, name__in=names)
    if given["category"] == Category.MEMBER and unknown:
        said = "、".join(person.name for person in unknown)
        messages.warning(request, f"委员名册里没有找到（或有同名的）：{said}。他们在名单上，但不会收到通知。")


@require_POST
def session_uninvite(request, pk, person):
    session = _to_run(request, pk)
    participant = get_object_or_404(session.participants, pk=person)
    participant.session = session
    attempt(request, lambda: services.uninvite(participant, by=request.user, at=timezone.now()), success="已移出名单。")
    return redirect(session)


@require_POST
def session_attendance(request, pk):
    session = _to_run(request, pk)
    sent = request.POST.getlist("present")
    present = {int(value) for value in sent if value.isascii() and value.isdigit() and len(value) < 19}
    deed = lambda: services.record_attendance(session, present, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, deed, success="到会情况已登记。")
    return redirect(session)


def session_minutes(request, pk):
    session = _to_run(request, pk)
    form = MinutesForm(request.POST or None, instance=session)
    if form.is_valid():
        deed = lambda: services.write_minutes(session, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if attempt(request, deed, form=form, success="纪要已保存。"):
            return redirect(session)
    context = {"form": form, "session": session, "committee": session.consultation.committee}
    return render(
        request, "consultation/session_minutes.html", context, status=400 if request.method == "POST" else 200
    )

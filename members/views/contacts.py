"""Pages of 联系: whom I contact, who contacts me, one link with its visits, and writing a visit down."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.forms.contacts import EndForm, LinkForm, PlanForm, VisitForm, WithdrawForm
from members.models import Circle, Committee, ContactLink, ContactScheme, ContactVisit
from members.queries import contacts as queries
from members.roles import Permission
from members.rules import contacts as rules
from members.services import contact_visits as visits
from members.services import contacts as services

SHOWN = (
    "scheme__committee", "contact__user", "contact__sector", "to_member__user", "to_member__sector", "to_organisation",
)  # fmt: skip


def _link(request, pk):
    return get_object_or_404(ContactLink.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


def _kept_by_me(request, pk):
    link = _link(request, pk)
    if not rules.can_keep(request.user, link):
        raise PermissionDenied
    return link


def _visit(request, pk):
    related = [f"link__{name}" for name in SHOWN]
    visit = get_object_or_404(ContactVisit.objects.visible_to(request.user).select_related(*related), pk=pk)
    if not rules.can_correct(request.user, visit):
        raise PermissionDenied
    return visit


@require_safe
def contact_list(request):
    """Mine first; who manages the duty of a committee sees its schemes as well."""
    today = timezone.localdate()
    links = ContactLink.objects.visible_to(request.user).in_force(today)
    mine = queries.links_with_record(links.filter(contact__user=request.user), today)
    due = [
        link for link in mine.order_by(F("next").asc(nulls_last=True), "pk") if link.kept < link.scheme.visits_a_year
    ]
    kept = [link for link in mine.order_by("pk") if link.kept >= link.scheme.visits_a_year]
    committee = Committee.objects.manageable_by(request.user, Permission.DUTY_MANAGE).first()
    context = {
        "due": due,
        "kept": kept,
        "mine": links.filter(to_member__user=request.user).select_related(*SHOWN).order_by("pk"),
        "committee": committee or request.user.home_committee,
        "own_schemes": _own_schemes(request.user, today),
        "manages": committee is not None,
        "standings": _standings(request.user, committee, today) if committee else [],
        "today": today,
    }
    return render(request, "members/contact_list.html", context)


def _standings(user, committee, today):
    schemes = ContactScheme.objects.visible_to(user).filter(committee=committee, is_active=True).order_by("pk")
    return queries.standings(list(schemes), today)


def _own_schemes(user, today):
    """Schemes in which a member names his people himself."""
    schemes = ContactScheme.objects.visible_to(user).filter(committee__in=user.member_ids, is_active=True)
    schemes = list(schemes.filter(targets=Circle.PEOPLE).order_by("pk"))
    members = {member.committee_id: member for member in user.memberships.in_force(today)} if schemes else {}
    circles = {committee: queries.circles_of(member, today) for committee, member in members.items()}
    return [scheme for scheme in schemes if scheme.contacts in circles.get(scheme.committee_id, ())]


@require_safe
def contact_link(request, pk):
    link = _link(request, pk)
    page = keyset(link.visits.select_related("by"), request)
    photos = _photos(page.rows)
    context = {
        "committee": link.scheme.committee,
        "link": link,
        "page": page,
        "visits": [(visit, photos.get(str(visit.pk), [])) for visit in page],
        "may_keep": rules.can_keep(request.user, link),
        "may_end": link.until is None and rules.can_link(request.user, link),
        "today": timezone.localdate(),
    }
    return render(request, "members/contact_link.html", context)


def _photos(rows):
    """The photos of several visits in one query."""
    found = {}
    if rows:
        numbers = [str(visit.pk) for visit in rows]
        for file in store.of(rows[0]).model.objects.filter(
            target_type=ContactVisit._meta.label_lower, target_id__in=numbers
        ):
            found.setdefault(file.target_id, []).append(file)
    return found


def contact_link_new(request, pk):
    schemes = ContactScheme.objects.visible_to(request.user).select_related("committee")
    scheme = get_object_or_404(schemes, pk=pk, is_active=True)
    own = None
    if not rules.can_manage(request.user, scheme):
        number = request.user.member_ids.get(scheme.committee_id)
        own = request.user.memberships.select_related("user").filter(pk=number).first()
        if own is None or not rules.can_name_people(own, scheme):
            raise PermissionDenied
    form = LinkForm(request.POST or None, scheme=scheme, own=own)
    if form.is_valid():
        linked = attempt(
            request,
            lambda: services.link(form.instance, by=request.user, at=timezone.now()),
            success=f"{form.instance.contact}联系{form.instance.target}，已登记。",
            form=form,
        )
        if linked:
            return redirect(linked)
    context = {"committee": scheme.committee, "scheme": scheme, "form": form, "own": own}
    return render(request, "members/contact_link_new.html", context)


def contact_link_end(request, pk):
    link = _link(request, pk)
    if not rules.can_link(request.user, link):
        raise PermissionDenied
    form = EndForm(request.POST or None)
    if form.is_valid():
        ended = attempt(
            request,
            lambda: services.end(link, on=form.cleaned_data["on"], by=request.user, at=timezone.now()),
            success="联系已结束，走访记录仍然保留。",
            form=form,
        )
        if ended:
            return redirect(link)
    return _write(request, link, form, "结束联系", "结束")


def contact_visit_plan(request, pk):
    link = _kept_by_me(request, pk)
    form = PlanForm(request.POST or None)
    if form.is_valid():
        planned = attempt(
            request,
            lambda: visits.plan_visit(link, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="已列入计划，到期前提醒联系人。",
            form=form,
        )
        if planned:
            return redirect(link)
    return _write(request, link, form, "计划走访", "列入计划")


def contact_visit_new(request, pk):
    """Written on the phone; `?visit=` names the planned one that was kept."""
    link = _kept_by_me(request, pk)
    planned = link.visits.standing().filter(held_on__isnull=True)
    number = request.GET.get("visit", "")
    visit = get_object_or_404(planned, pk=number) if number.isdecimal() and len(number) < 19 else None
    form = VisitForm(request.POST or None, request.FILES or None, initial={"way": visit.way} if visit else None)
    if form.is_valid():
        logged = attempt(
            request,
            lambda: visits.log_visit(link, **form.cleaned_data, visit=visit, by=request.user, at=timezone.now()),
            success="已登记，并记入履职档案。",
            form=form,
        )
        if logged:
            return redirect(link)
    return _write(request, link, form, f"联系{link.target}", "登记")


def contact_visit_edit(request, pk):
    visit = _visit(request, pk)
    if visit.held_on is None or visit.withdrawn_why:
        raise Http404
    now = {"held_on": visit.held_on, "way": visit.way, "words": visit.words}
    form = VisitForm(request.POST or None, request.FILES or None, initial=now)
    if form.is_valid():
        corrected = attempt(
            request,
            lambda: visits.correct(visit, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="已更正，履职档案同步更新。",
            form=form,
        )
        if corrected:
            return redirect(visit.link)
    return _write(request, visit.link, form, "更正走访记录", "更正")


def contact_visit_withdraw(request, pk):
    visit = _visit(request, pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        withdrawn = attempt(
            request,
            lambda: visits.withdraw(visit, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="已撤回，不再计入。",
            form=form,
        )
        if withdrawn:
            return redirect(visit.link)
    return _write(request, visit.link, form, "撤回走访记录", "撤回", danger=True)


def _write(request, link, form, title, submit, danger=False):
    context = {
        "committee": link.scheme.committee, "link": link, "form": form, "title": title, "submit": submit,
        "danger": danger,
    }  # fmt: skip
    return render(request, "members/contact_write.html", context)

"""Pages of a micro-proposal: list, write, check, one case, the public ones."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from config.privacy import masked
from config.refusals import Refusal
from config.uploads import store
from members.models import Committee
from members.roles import Permission
from proposals import growths, rules, services, threads, timeline
from proposals.filters.led import SolvedFilter
from proposals.filters.matters import MicroFilter
from proposals.forms.handling import RatingForm
from proposals.forms.matters import MOST_PHOTOS, AssignForm, MicroForm, VerdictForm
from proposals.models import MicroProposal
from proposals.queries import led, results, shown
from proposals.queries import matters as queries
from proposals.rules.matters import can_withdraw
from proposals.states import AssignmentState, MicroState, PublicationLevel, Verdict
from workstations.models import Activity, Word


@require_safe
def micro_list(request):
    """A member's own; for office and staff all that they may see, with filters."""
    user = request.user
    elsewhere = user.committee_ids - set(user.member_ids)
    is_office = bool(elsewhere or user.committees_with(Permission.MICRO_VIEW)) or user.is_superuser
    mine = request.GET.get("whose") == "mine" or not is_office
    rows = MicroProposal.objects.by(user) if mine else MicroProposal.objects.visible_to(user)
    found = MicroFilter(request.GET, queryset=rows, request=request)
    page = keyset(found.qs.select_related("author__user", "region", "category", "committee"), request)
    context = {"page": page, "filter": found, "mine": mine, "is_office": is_office, "may_write": bool(user.member_ids)}
    return render(request, "proposals/micro_list.html", context)


@require_safe
@login_not_required
def micro_public_list(request, slug):
    """What was suggested and what became of it, for everybody."""
    committee = get_object_or_404(Committee.objects.select_related("region"), slug=slug)
    rows = MicroProposal.objects.public().filter(committee=committee)
    filterset = SolvedFilter(request.GET, queryset=rows, committee=committee)
    page = keyset(filterset.qs.select_related("region", "category"), request)
    found = results.of_micros(micro.pk for micro in page)
    for micro in page:
        micro.brought = found[micro.pk]
    context = {"committee": committee, "page": page, "filterset": filterset}
    return render(request, "proposals/micro_public_list.html", context)


@require_safe
def micro_new(request):
    """A fresh key in the address: saving twice is saving once, and a reopened page is the same draft."""
    committee = _writing_committee(request)
    asked = {"committee": committee.pk} if "committee" in request.GET else {}
    if activity := _activity(request, committee):
        asked["activity"] = activity.pk
    if word := _word(request, committee):
        asked["word"] = word.pk
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(reverse("micro-edit", args=[uuid4()]) + query)


def _activity(request, committee):
    """The activity that the suggestion comes from, if this person may see it (row 88)."""
    pk = _number(request.GET.get("activity"))
    visible = Activity.objects.visible_to(request.user).filter(committee=committee)
    return visible.filter(pk=pk).first() if pk else None


def _word(request, committee):
    """The word of the public that the suggestion takes up, if this person may (row 101)."""
    key = _number(request.POST.get("word") or request.GET.get("word"))
    word = Word.objects.visible_to(request.user).filter(committee=committee, pk=key).first() if key else None
    return word if word and threads.may_take_up(request.user, word) else None


def _from_activity(activity):
    """What the page begins with: whence, what was seen, and room for the suggestion."""
    if activity is None:
        return {}
    day = timezone.localdate(activity.starts_at)
    seen = activity.effect or activity.summary
    begin = f"{day.year}年{day.month}月{day.day}日参加“{activity.title}”。"
    return {"activity": activity, "title": activity.title[:50], "body": f"{begin}\n{seen}".strip()[:3000]}


def micro_edit(request, key: UUID):
    """Write, keep, go on to check; a key that is not there yet becomes a draft with the first save."""
    micro = MicroProposal.objects.by(request.user).filter(key=key).first()
    if micro is None and MicroProposal.objects.filter(key=key).exists():
        return redirect("micro-detail", key=key)
    if micro is not None and not rules.may("edit", request.user, micro):
        return redirect("micro-detail", key=key)
    committee = micro.committee if micro else _writing_committee(request)
    home = _home(request.user, committee)
    if request.method != "POST":
        word = None if micro else _word(request, committee)
        begun = {} if micro else threads.begin(word) or _from_activity(_activity(request, committee))
        form = MicroForm(instance=micro, committee=committee, user=request.user, home=home, initial=begun)
        return _form_page(request, form, key, committee, micro, word=word)
    form = MicroForm(request.POST, request.FILES, instance=micro, committee=committee, user=request.user, home=home)
    autosave, word = request.headers.get("X-Autosave") == "1", None if micro else _word(request, committee)
    if not form.is_valid():
        if autosave:
            return JsonResponse({"saved": False, "error": _first(form.errors)}, status=400)
        return _form_page(request, form, key, committee, micro, word=word, status=400)
    saved = attempt(request, lambda: _keep(form, key, committee, request.user, word), form=form)
    if autosave:
        at = timezone.localtime().strftime("%H:%M")
        if saved:
            return JsonResponse({"saved": True, "at": at})
        return JsonResponse({"saved": False, "error": _first(get_messages(request))}, status=409)
    if not saved:
        return _form_page(request, form, key, committee, micro, word=word, status=400)
    if "save" in request.POST:
        return redirect("micro-edit", key=key)
    return redirect("micro-check", key=key)


def _first(said):
    """The first sentence of what went wrong."""
    if hasattr(said, "values"):
        return next(iter(said.values()))[0]
    return next((str(message) for message in said), "")


@transaction.atomic
def _keep(form, key, committee, user, word=None):
    fields = {name: form.cleaned_data[name] for name in ("kind", "title", "body", "category", "region", "activity")}
    micro = services.keep_draft(key, committee=committee, by=user, word=word, **fields)
    room = MOST_PHOTOS - store.of(micro, "photo").count()
    photos = form.cleaned_data["photos"]
    if len(photos) > room:
        raise Refusal(f"照片最多 {MOST_PHOTOS} 张，还可以再加 {room} 张。")
    for photo in photos:
        store.attach(micro, photo, by=user, at=timezone.now(), purpose="photo", kind="image")
    return micro


def _form_page(request, form, key, committee, micro=None, *, word=None, status=200):
    context = {"form": form, "key": key, "committee": committee, "micro": micro, "word": word}
    if micro:
        context["photos"] = store.of(micro, "photo")
    return render(request, "proposals/micro_form.html", context, status=status)


def _writing_committee(request):
    """The committee for which this person writes: the one asked for, else the first membership in force."""
    mine = request.user.member_ids
    wanted = _number(request.POST.get("committee") or request.GET.get("committee"))
    pk = wanted if wanted in mine else next(iter(mine), None)
    if pk is None:
        raise PermissionDenied("只有在任委员可以提交微建议。")
    return Committee.objects.select_related("region").get(pk=pk)


def _home(user, committee):
    """The author's own town: the picker begins there."""
    member = user.memberships.in_force().filter(committee=committee).select_related("region").first()
    return member and member.region


@require_POST
def micro_photo_remove(request, key, photo):
    micro = get_object_or_404(MicroProposal.objects.by(request.user), key=key)
    if not rules.may("edit", request.user, micro):
        raise PermissionDenied("提交后的照片不能再移除。")
    store.remove(get_object_or_404(store.of(micro, "photo"), pk=photo))
    return redirect("micro-edit", key=key)


@require_safe
def micro_check(request, key):
    """The last look before sending: what I wrote, what is still missing, and what others suggested already."""
    micro = get_object_or_404(MicroProposal.objects.by(request.user).select_related("committee"), key=key)
    if not rules.may("edit", request.user, micro):
        return redirect("micro-detail", key=key)
    similar = queries.similar_micros(micro.committee, f"{micro.title} {micro.body}", but=micro)
    seen = MicroProposal.objects.visible_to(request.user).filter(pk__in=[other.pk for other in similar])
    visible = set(seen.values_list("pk", flat=True))
    context = {
        "micro": micro,
        "photos": store.of(micro, "photo"),
        "similar": [(other, other.pk in visible) for other in similar],
        "missing": services.micro.missing(micro),
    }
    return render(request, "proposals/micro_check.html", context)


@require_POST
def micro_submit(request, key):
    micro = get_object_or_404(MicroProposal.objects.by(request.user), key=key)
    done = attempt(
        request,
        lambda: services.submit(micro, by=request.user, at=timezone.now()),
        success="已提交。三办联审的结果会通知您，也可以在这里随时查看进度。",
    )
    return redirect("micro-detail" if done or micro.state != MicroState.DRAFT else "micro-edit", key=key)


@require_POST
def micro_withdraw(request, key):
    micro = get_object_or_404(MicroProposal.objects.by(request.user), key=key)
    attempt(request, lambda: services.withdraw(micro, by=request.user, at=timezone.now()), success="已撤回。")
    return redirect("micro-detail", key=key)


@require_safe
@login_not_required
def micro_detail(request, key):
    """One case on one page; visitors see the published ones."""
    rows = MicroProposal.objects.visible_to(request.user).select_related(
        "committee", "author__user", "category", "region"
    )
    micro = get_object_or_404(rows, key=key)
    return _case(request, micro)


def _case(request, micro, *, verdict_form=None, status=200):
    user = request.user
    in_public = not MicroProposal.objects.followed_by(user).filter(pk=micro.pk).exists()
    assignment = (
        micro.assignments.exclude(state=AssignmentState.RETURNED).select_related("unit", "handler", "committee").first()
    )
    reviews = list(micro.reviews.prefetch_related("verdicts__office", "verdicts__by"))
    lead = None if assignment else led.standing_of(micro)
    context = {
        "micro": micro,
        "committee": micro.committee,
        "in_public": in_public,
        "back": _back(user, micro, in_public),
        "photos": store.of(micro, "photo"),
        "activity": _shown_activity(user, micro),
        "word": _shown_word(user, micro),
        "events": timeline.of_micro(micro, reviews, in_public=in_public),
        "steps": timeline.steps_of(micro, reviews, assignment, lead),
        "assignment": assignment,
        "lead": lead,
        "results": _results(user, micro),
        "hide_photos": in_public and micro.publication != PublicationLevel.FULL,
        "may_add_result": rules.may("add_result", user, micro),
        "offers": growths.actions(user, micro),
        "grown": growths.grown(user, micro),
        **_told(micro, _sent_reply(assignment), in_public),
        "may_edit": rules.may("edit", user, micro),
        "may_withdraw": user.is_authenticated and can_withdraw(user, micro),
        "may_assign": micro.state == MicroState.AGREED and rules.may("assign", user, micro),
        "may_open_assignment": bool(assignment) and not in_public and _may_open(user, assignment),
    }
    if in_public:
        micro.body = masked(micro.body)
        if lead:
            lead.rating_words = masked(lead.rating_words)
    if lead and lead.is_unrated and rules.may("rate_lead", user, lead):
        context["lead_rating_form"] = RatingForm()
    if assignment and assignment.state == AssignmentState.REPLIED and rules.may("rate", user, assignment):
        context["rating_form"] = RatingForm()
    if context["may_edit"] and micro.state == MicroState.RETURNED:
        context["asked_for"] = [verdict for verdict in reviews[-1].verdicts.all() if verdict.words]
    if not in_public and micro.state == MicroState.REVIEWING:
        context |= _review_context(user, micro, reviews[-1], verdict_form)
    return render(request, "proposals/micro_detail.html", context, status=status)


def _results(user, micro):
    found = results.of_micros([micro.pk])[micro.pk]
    for result in found:
        result.micro = micro
        result.may_remove = rules.may("remove_result", user, result)
    return found


def _shown_activity(user, micro):
    """Where the suggestion comes from, for those who may see that activity."""
    return micro.activity_id and Activity.objects.visible_to(user).filter(pk=micro.activity_id).first()


def _shown_word(user, micro):
    """The word of the public that it takes up, for those who deal with that."""
    return micro.word_id and Word.objects.visible_to(user).filter(pk=micro.word_id).first()


def _back(user, micro, in_public):
    """The list this person finds the case in; a unit comes from its assignment, which the page links."""
    if in_public:
        return "微建议", reverse("micro-public-list", args=[micro.committee.slug])
    if user.organisations_with(Permission.MICRO_REVIEW):
        return "三办联审", reverse("review-desk")
    if user.member_ids or user.committees_with(Permission.MICRO_VIEW):
        return "微建议", reverse("micro-list")
    return None


def _sent_reply(assignment):
    if assignment is None:
        return None
    rounds = (
        assignment.rounds.filter(reply__sent_at__isnull=False)
        .select_related("reply__signed_by")
        .prefetch_related("reply__ratings__by")
    )
    latest = rounds.last()
    return latest and latest.reply


def _told(micro, reply, in_public):
    """The reply whole, or for the public what was published of it; `summary` is what it was to read instead."""
    if reply is None or not in_public:
        return {"reply": reply}
    if PublicationLevel.FULL == reply.publication == micro.publication:
        return {"reply": shown.cover(reply)}
    kept = reply.publication == PublicationLevel.NONE
    return {"summary": "" if kept else shown.cover(reply).public_text, "summary_of": reply}


def _may_open(user, assignment):
    return type(assignment).objects.visible_to(user).filter(pk=assignment.pk).exists()


def _review_context(user, micro, review, form):
    given = {verdict.office_id: verdict for verdict in review.verdicts.all()}
    offices = list(micro.committee.organisations.three_offices().order_by("pk"))
    mine = next((office for office in offices if office.pk in user.organisations_with(Permission.MICRO_REVIEW)), None)
    return {
        "review": review,
        "verdicts": [_verdict_row(office, given.get(office.pk)) for office in offices],
        "verdict_form": form or (VerdictForm() if mine and mine.pk not in given else None),
        "my_office": mine,
    }


def _verdict_row(office, verdict):
    if verdict is None:
        return {"office": office}
    tone = {Verdict.AGREE: "ok", Verdict.SUPPLEMENT: "soon", Verdict.DISAGREE: "late"}[verdict.verdict]
    said = verdict.get_verdict_display()
    return {"office": office, "text": said, "tone": tone, "words": verdict.words, "by": verdict.by, "at": verdict.at}


@require_POST
def micro_verdict(request, key):
    micro = get_object_or_404(MicroProposal.objects.visible_to(request.user).select_related("committee"), key=key)
    rules.require("review", request.user, micro)
    form = VerdictForm(request.POST)
    if form.is_valid():
        given = attempt(
            request,
            lambda: services.give_verdict(micro, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="意见已出具。",
        )
        if given or not form.errors:
            return redirect("micro-detail", key=key)
    return _case(request, micro, verdict_form=form, status=400)


@require_safe
def review_desk(request):
    """Waiting for the verdict of my office."""
    if not request.user.organisations_with(Permission.MICRO_REVIEW):
        raise PermissionDenied("三办联审由党委办、政府办、政协办的联审人员办理。")
    waiting = queries.awaiting_verdict(request.user).select_related("author__user", "region", "category")
    page = keyset(waiting, request)
    return render(request, "proposals/review_desk.html", {"page": page})


@require_safe
def assign_desk(request):
    """Agreed by the three offices, to be handed to a unit."""
    if not request.user.committees_with(Permission.MATTER_ASSIGN):
        raise PermissionDenied("交办由政协办和提案委的工作人员办理。")
    page = keyset(
        queries.awaiting_assignment(request.user).select_related("author__user", "region", "category"), request
    )
    return render(request, "proposals/assign_desk.html", {"page": page})


def micro_assign(request, key):
    """五定: choose the unit, look at what is prefilled, hand over."""
    rows = MicroProposal.objects.visible_to(request.user).select_related("committee", "author__user")
    micro = get_object_or_404(rows, key=key)
    rules.require("assign", request.user, micro)
    committee = micro.committee
    if request.method == "POST":
        form = AssignForm(request.POST, committee=committee)
        if form.is_valid():
            done = attempt(
                request,
                lambda: services.assign_micro(micro, by=request.user, at=timezone.now(), **form.cleaned_data),
                form=form,
                success="已交办，承办单位已收到通知。",
            )
            if done or not form.errors:
                return redirect("micro-detail", key=key)
        status = 400
    else:
        unit = committee.organisations.that_handle().filter(pk=_number(request.GET.get("unit"))).first()
        form, status = AssignForm(committee=committee, unit=unit), 200
    returned = micro.assignments.filter(state=AssignmentState.RETURNED).select_related("unit")
    context = {"micro": micro, "form": form, "returned": returned, "committee": committee}
    return render(request, "proposals/micro_assign.html", context, status=status)


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None

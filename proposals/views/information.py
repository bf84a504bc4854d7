"""Pages of a report: list, write, check, send; one report on one page."""

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

from config.audit import log
from config.doors import attempt
from config.paging import keyset
from config.refusals import Refusal
from config.uploads import store
from members.models import Committee
from members.roles import Permission
from proposals import rules, threads_information
from proposals.filters.information import OwnFilter
from proposals.forms.information import MOST_PHOTOS, DeskInformationForm, InformationForm
from proposals.models import Information, MicroProposal, Trace
from proposals.queries import information as queries
from proposals.queries import information_figures as figures
from proposals.services import information as services
from proposals.services import information_desk as desk_services
from proposals.services.information import PARTS
from proposals.states import BulletinState, InformationState
from proposals.views.information_forms import decisions
from workstations.models import Word

S = InformationState
LOADED = (
    "committee",
    "author__user",
    "drafter",
    "category",
    "region",
    "bulletin",
    "same_as",
    "word",
    "micro",
    "proposal",
)


def number(text) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
def information_list(request):
    """One's own, by a member or entered in a member's name."""
    rows = queries.of(request.user).select_related("category", "committee", "author__user")
    found = OwnFilter(request.GET or None, queryset=rows, request=request)
    context = {
        "page": keyset(found.qs, request), "filter": found, "may_write": bool(request.user.member_ids),
        "is_desk": bool(request.user.committees_with(Permission.INFORMATION_VIEW)),
    }  # fmt: skip
    return render(request, "proposals/information_list.html", context)


# --- write -------------------------------------------------------------------------------------------------------


@require_safe
def information_new(request):
    """A fresh key in the address: saving twice is saving once, and a reopened page is the same draft."""
    committee, _ = _writing(request)
    asked = {name: request.GET[name] for name in ("committee", "word", "micro", "desk") if name in request.GET}
    asked = {"committee": committee.pk, **asked}
    return redirect(f"{reverse('information-edit', args=[uuid4()])}?{urlencode(asked)}")


def _writing(request) -> tuple[Committee, bool]:
    """The committee that is written to, and whether at its register: who keeps that and is no member, or asked to."""
    given = request.POST if request.method == "POST" else request.GET
    wanted, mine = number(given.get("committee")), request.user.member_ids
    kept = request.user.committees_with(Permission.INFORMATION_EDIT)
    pk = wanted if wanted in mine or wanted in kept else next(iter([*mine, *sorted(kept)]), None)
    if pk is None:
        raise PermissionDenied("只有在任委员可以报送社情民意信息。群众请到“有话要说”。")
    at_desk = pk in kept and (pk not in mine or "desk" in given)
    return Committee.objects.select_related("region").get(pk=pk), at_desk


def _sources(request, committee) -> dict:
    """The word of the public or the micro-proposal that it is made from, if this person may take that up."""
    given, user = (request.POST if request.method == "POST" else request.GET), request.user
    word = micro = None
    if key := number(given.get("word")):
        word = Word.objects.visible_to(user).filter(committee=committee, pk=key).first()
    if key := _uuid(given.get("micro")):
        micro = MicroProposal.objects.visible_to(user).filter(committee=committee, key=key).first()
    return {
        "word": word if word and threads_information.may_take_up(user, word) else None,
        "micro": micro if micro and threads_information.may_raise(user, micro) else None,
    }


def _uuid(text) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def information_edit(request, key: UUID):
    """Write, keep, go on to check; a key that is not there yet becomes a draft with the first save."""
    user = request.user
    row = Information.objects.by(user).select_related("committee__region", "author__user", "author__sector")
    information = row.filter(key=key).first()
    if information is None and Information.objects.filter(key=key).exists():
        return redirect("information", key=key)
    if information is not None and not rules.may("edit_information", user, information):
        return redirect("information", key=key)
    if information:
        committee = information.committee
        at_desk = information.author_id is None or information.author_id != user.member_ids.get(committee.pk)
        at_desk = at_desk and committee.pk in user.committees_with(Permission.INFORMATION_EDIT)
        sources = {"word": None, "micro": None}
    else:
        (committee, at_desk), sources = _writing(request), None
        sources = _sources(request, committee)
    shape = DeskInformationForm if at_desk else InformationForm
    member = user.memberships.in_force().filter(committee=committee).select_related("region").first()
    given = {"instance": information, "committee": committee, "home": member and member.region}
    page = {"key": key, "committee": committee, "information": information, "at_desk": at_desk, **sources}
    if request.method != "POST":
        begun = threads_information.begin(sources["word"]) or threads_information.begin_from_micro(sources["micro"])
        return _form_page(request, shape(initial=begun, **given), page)
    form, autosave = shape(request.POST, request.FILES, **given), request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if autosave:
            return JsonResponse({"saved": False, "error": next(iter(form.errors.values()))[0]}, status=400)
        return _form_page(request, form, page, status=400)
    saved = attempt(request, lambda: _keep(form, key, committee, user, sources), form=form)
    if autosave:
        return _autosaved(request, saved)
    if not saved:
        return _form_page(request, form, page, status=400)
    return redirect("information-edit" if "save" in request.POST else "information-check", key=key)


def _autosaved(request, saved):
    if saved:
        return JsonResponse({"saved": True, "at": timezone.localtime().strftime("%H:%M")})
    error = next((str(message) for message in get_messages(request)), "没有保存成功。")
    return JsonResponse({"saved": False, "error": error}, status=409)


@transaction.atomic
def _keep(form, key, committee, user, sources):
    fields = {name: form.cleaned_data[name] for name in ("title", *PARTS, "category", "region")}
    whose = form.whose()
    kept = services.keep_draft(key, committee=committee, by=user, whose=whose, **sources, **fields)
    photos, room = form.cleaned_data["photos"], MOST_PHOTOS - store.of(kept, "photo").count()
    if len(photos) > room:
        raise Refusal(f"照片最多 {MOST_PHOTOS} 张，还可以再加 {room} 张。")
    for photo in photos:
        store.attach(kept, photo, by=user, at=timezone.now(), purpose="photo", kind="image")
    return kept


def _form_page(request, form, page, *, status=200):
    photos = store.of(page["information"], "photo") if page["information"] else []
    return render(request, "proposals/information_form.html", {**page, "form": form, "photos": photos}, status=status)


def _own(request, key):
    return get_object_or_404(Information.objects.by(request.user).select_related(*LOADED), key=key)


@require_POST
def information_photo_remove(request, key, photo):
    information = _own(request, key)
    if not rules.may("edit_information", request.user, information):
        raise PermissionDenied("报送后的照片不能再移除。")
    store.remove(get_object_or_404(store.of(information, "photo"), pk=photo))
    return redirect("information-edit", key=key)


@require_safe
def information_check(request, key):
    """The last look before sending: what is missing, how long it is, and whether it was reported already.

    Information is internal: of other people's reports only the field, the day and the state are told, unless one
    reads the committee's information.
    """
    information = _own(request, key)
    if not rules.may("edit_information", request.user, information):
        return redirect("information", key=key)
    text = " ".join([information.title, information.problem])
    context = {
        "information": information,
        "photos": store.of(information, "photo"),
        "alike": queries.alike(information.committee, text, but=information),
        "reads": rules.may("read_information", request.user, information),
        "missing": services.missing(information),
        "length": services.length(information),
        "soft": information.committee.parameter("information.soft_length"),
        "reporter": queries.reporter_of(information),
        "may_register": rules.may("keep_information", request.user, information),
    }
    return render(request, "proposals/information_check.html", context)


@require_POST
def information_submit(request, key):
    """报送; who keeps the register may number it at once."""
    information, by, at = _own(request, key), request.user, timezone.now()
    at_once = "register" in request.POST and rules.may("keep_information", by, information)

    @transaction.atomic
    def do():
        services.submit(information, by=by, at=at)
        if at_once:
            desk_services.register(information, by=by, at=at)
        return information

    success = "已报送并登记。" if at_once else "已报送。登记、采编和采用的情况会通知您，也可以在这里随时查看。"
    done = attempt(request, do, success=success)
    editable = information.state in (InformationState.DRAFT, InformationState.RETURNED)
    return redirect("information" if done or not editable else "information-edit", key=key)


@require_POST
def information_withdraw(request, key):
    seen = Information.objects.visible_to(request.user).select_related(*LOADED)
    information = get_object_or_404(seen, key=key)
    attempt(
        request, lambda: services.withdraw(information, by=request.user, at=timezone.now()), success="已撤回。"
    )  # fmt: skip
    return redirect("information", key=key)


# --- read --------------------------------------------------------------------------------------------------------


@require_safe
def information(request, key):
    """One report on one page: what it says, where it stands, what came of it; at the register what to do now."""
    row = get_object_or_404(Information.objects.visible_to(request.user).select_related(*LOADED), key=key)
    return page(request, row)


def page(request, row, *, forms=None, status=200):
    user = request.user
    keeps = rules.may("keep_information", user, row)
    reads = keeps or rules.may("read_information", user, row)
    context = {
        "information": row,
        "committee": row.committee,
        "photos": store.of(row, "photo"),
        "reporter": queries.reporter_of(row),
        "events": queries.course(row),
        "steps": queries.steps(row) if row.submitted_at else [],
        "reads": reads,
        "keeps": keeps,
        "counts": row.submitted_at and row.state != S.WITHDRAWN and row.author_id in user.member_ids.values(),
        "may_edit": rules.may("edit_information", user, row),
        "may_withdraw": rules.may("withdraw_information", user, row) and row.state != InformationState.DRAFT,
        "traces": Trace.objects.visible_to(user).filter(pk__in=row.traced.values("trace")),
        "doubles": list(row.doubles.select_related("author__user")) if reads else [],
        "is_editing": row.bulletin_id and row.bulletin.state == BulletinState.EDITING,
    }
    if keeps:
        context |= decisions(row, forms or {})
        context["history"] = log.history(row)[:30]
    return render(request, "proposals/information_detail.html", context, status=status)


# --- everybody ---------------------------------------------------------------------------------------------------


@require_safe
@login_not_required
def information_voices(request, slug):
    """社情民意征集: what may be said and where; of what was reported only numbers by field are public (row 112)."""
    committee = get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)
    today = timezone.localdate()
    span = figures.span_of(today.year, today)
    rows = figures.in_public(committee, span)
    context = {"committee": committee, "span": span, "rows": rows, "total": sum(row["value"] for row in rows)}
    return render(request, "proposals/information_voices.html", context)

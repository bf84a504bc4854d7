"""Words at the desk: of the office, of a station, of the member they were handed to; and one word with its verbs."""

import segno
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.audit import log
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.models import Committee
from members.roles import Permission
from workstations import threads
from workstations.filters.words import WordFilter
from workstations.forms.words import AnswerForm, DeclineForm, HandForm, TakeDownForm
from workstations.models import Channel, Word, Workstation
from workstations.queries import words as queries
from workstations.rules import words as rules
from workstations.services import words as services
from workstations.states import WORD_MOVES, WordState

SHOWN = ("station", "member__user", "box")


def committee_of_office(request) -> Committee:
    committee = Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).order_by("pk").first()
    if committee is None:
        raise PermissionDenied("这里由政协办办理；站点的反映请从“我的站点”进入。")
    return committee


def served(request, pk) -> Workstation:
    """A station that one receives the public at; others do not learn of its desk."""
    visible = Workstation.objects.visible_to(request.user).select_related("committee__region", "region")
    station = get_object_or_404(visible, pk=pk)
    if not rules.may_receive(request.user, station.committee, station):
        raise Http404
    return station


def kept(request, pk) -> Workstation:
    """A station that one manages or keeps."""
    station = served(request, pk)
    if not (rules.is_office(request.user, station.committee_id) or rules.keeps(request.user, station.pk)):
        raise Http404
    return station


def _asked(request):
    """What waits is shown first: without a question in the address, the new ones."""
    return request.GET if request.GET else {"state": WordState.NEW}


@require_safe
def word_desk(request):
    committee = committee_of_office(request)
    rows = Word.objects.filter(committee=committee).select_related(*SHOWN)
    stations = Workstation.objects.filter(committee=committee).order_by("pk")
    filterset = WordFilter(_asked(request), queryset=rows, stations=stations)
    context = {"committee": committee, "filterset": filterset, "page": keyset(filterset.qs, request)}
    return render(request, "workstations/word_desk.html", context)


@require_safe
def station_words(request, pk):
    station = kept(request, pk)
    rows = Word.objects.filter(station=station).select_related(*SHOWN)
    filterset = WordFilter(_asked(request), queryset=rows)
    page = keyset(filterset.qs, request)
    context = {"committee": station.committee, "station": station, "filterset": filterset, "page": page}
    return render(request, "workstations/word_desk.html", context)


@require_safe
def word_mine(request):
    """交给我的, what waits first; and what I took down."""
    mine = Word.objects.visible_to(request.user).select_related(*SHOWN)
    handed = mine.filter(member__in=request.user.member_ids.values())
    context = {
        "waiting": handed.filter(state=WordState.HANDED).order_by("due_on", "pk"),
        "page": keyset(handed.exclude(state=WordState.HANDED), request),
        "taken": mine.filter(taken_by=request.user).order_by("-pk")[:10],
        "is_member": bool(request.user.member_ids),
    }
    return render(request, "workstations/word_mine.html", context)


# --- taking down -------------------------------------------------------------------------------------------------


@never_cache
def station_word_new(request, pk):
    """当面、电话: who listens writes it down and hands over the slip."""
    station = served(request, pk)
    form = TakeDownForm(
        request.POST or None, request.FILES or None, committee=station.committee,
        channels=[Channel.DESK, Channel.PHONE, Channel.GRID], asks_town=False,
    )  # fmt: skip
    return _take_down(request, form, station.committee, station)


@never_cache
def word_grid_new(request):
    """走访: what a member hears in the grid."""
    committee = Committee.objects.filter(pk__in=request.user.member_ids).select_related("region").first()
    if committee is None:
        raise PermissionDenied("走访记录由在任委员填写。")
    form = TakeDownForm(request.POST or None, request.FILES or None, committee=committee, channels=[Channel.GRID])
    return _take_down(request, form, committee, None)


def _take_down(request, form, committee, station):
    if form.is_valid():
        taken = attempt(
            request,
            lambda: services.take_down(
                committee=committee, station=station, by=request.user, at=timezone.now(), **form.given()
            ),
            form=form,
        )
        if taken:
            return slip(request, *taken)
    context = {"committee": committee, "station": station, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/word_take_down.html", context, status=status)


def slip(request, word, code):
    """The receipt slip, to print or to read aloud; nobody sees the code again."""
    address = settings.SITE_URL + reverse("word-progress", args=[word.committee.slug])
    context = {"committee": word.committee, "word": word, "code": code, "address": address}
    return render(request, "workstations/word_slip.html", context)


# --- one word ----------------------------------------------------------------------------------------------------


def _word(request, key):
    rows = Word.objects.visible_to(request.user).select_related(*SHOWN, "committee__region", "region", "taken_by")
    return get_object_or_404(rows, pk=key)


@require_safe
def word(request, key):
    return _page(request, _word(request, key))


def _page(request, word, *, status=200, **forms):
    user, state = request.user, word.state
    deals = rules.deals_with(user, word)

    def may(verb):
        return state in WORD_MOVES[verb].sources and rules.may(verb, user, word)

    context = {
        "committee": word.committee, "word": word, "deals": deals, "photos": store.of(word),
        "steps": queries.course(word), "actions": threads.actions(user, word),
        "is_open": state in WORD_MOVES["answer"].sources,
        "sees_speaker": deals or word.taken_by_id == user.pk,
        "history": log.history(word)[:20] if deals else None,
        "contact_days": word.committee.parameter("words.contact_days"),
        "may_publish": deals and state == WordState.ANSWERED,
        "may_forget": deals and not word.is_anonymous,
        "answer_form": forms.get("answer") or (AnswerForm(may_publish=deals) if may("answer") else None),
        "hand_form": forms.get("hand") or (HandForm(word=word, auto_id="hand_%s") if may("hand") else None),
        "decline_form": forms.get("decline") or (DeclineForm(auto_id="decline_%s") if may("decline") else None),
    }  # fmt: skip
    return render(request, "workstations/word_detail.html", context, status=status)


@require_POST
def word_answer(request, key):
    found = _word(request, key)
    rules.require("answer", request.user, found)
    form = AnswerForm(request.POST, may_publish=rules.deals_with(request.user, found))
    return _do(request, found, "answer", form, services.answer, "已答复，反映人凭查询码能看到。")


@require_POST
def word_hand(request, key):
    found = _word(request, key)
    rules.require("hand", request.user, found)
    form = HandForm(request.POST, word=found, auto_id="hand_%s")
    return _do(request, found, "hand", form, services.hand, "已交给委员，他会收到通知。")


@require_POST
def word_decline(request, key):
    found = _word(request, key)
    rules.require("decline", request.user, found)
    form = DeclineForm(request.POST, auto_id="decline_%s")
    return _do(request, found, "decline", form, services.decline, "已登记为不予受理，反映人凭查询码能看到原因。")


def _do(request, found, verb, form, service, success):
    if form.is_valid() and attempt(
        request,
        lambda: service(found, **form.cleaned_data, by=request.user, at=timezone.now()) or True,
        success=success,
        form=form,
    ):
        return redirect(found)
    found.refresh_from_db()
    return _page(request, found, status=400, **{verb: form})


@require_POST
def word_publish(request, key):
    found = _word(request, key)
    shown = request.POST.get("shown") == "1"
    attempt(
        request,
        lambda: services.publish(found, shown=shown, by=request.user, at=timezone.now()),
        success="已公开。" if shown else "已撤下，群众看不到了；反映人凭查询码仍能看到答复。",
    )
    return redirect(found)


@require_POST
def word_forget(request, key):
    found = _word(request, key)
    attempt(
        request,
        lambda: services.forget(found, by=request.user, at=timezone.now()),
        success="反映人和联系方式已清除。",
    )
    return redirect(found)


# --- poster and figures ------------------------------------------------------------------------------------------


@require_safe
def station_poster(request, pk):
    """A sheet for the wall: the station, its hours, and the code that opens its form."""
    station = kept(request, pk)
    query = f"?station={station.pk}&by=qr"
    address = settings.SITE_URL + reverse("word-new", args=[station.committee.slug]) + query
    picture = segno.make(address, micro=False, error="q")
    context = {
        "committee": station.committee,
        "station": station,
        "address": address.partition("?")[0],
        "qr": mark_safe(picture.svg_inline(border=2, omitsize=True, svgclass="qr", dark="#000", light="#fff")),
    }
    return render(request, "workstations/word_poster.html", context)


@require_safe
def word_figures(request):
    """By which channels words came, and what became of them, in one year (row 101)."""
    committee = committee_of_office(request)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    years = [today.year, today.year - 1, today.year - 2]
    year = int(asked) if asked in {str(year) for year in years} else today.year
    words = queries.of_year(Word.objects.filter(committee=committee), year)
    desk = reverse("word-desk")
    channels = queries.by_channel(words)
    for row, channel in zip(channels, Channel.values, strict=True):
        row["url"] = f"{desk}?channel={channel}" if row["value"] else ""
    context = {
        "committee": committee, "year": year, "years": years, "channels": channels,
        "states": queries.by_state(words), "punctual": queries.punctual(words, today),
        "received": sum(row["value"] for row in channels), "stations": queries.by_station(committee, year, today),
    }  # fmt: skip
    return render(request, "workstations/word_figures.html", context)

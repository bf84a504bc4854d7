"""Words of the public: the pages that need no account."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import keyset
from config.privacy import masked
from members.auth import counted_address
from members.models import Committee
from workstations.forms.words import ProgressForm, PublicWordForm
from workstations.models import Channel, OpinionBox, Word, Workstation
from workstations.queries import reception
from workstations.queries import words as queries
from workstations.services import words as services

BY_QR = "qr"
NOT_HERE = "没有这个查询码，请核对 16 位数字后再查。投入意见箱的信不在这里查，请从那个意见箱查。"


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


def _stations(committee):
    return Workstation.objects.open().filter(committee=committee).select_related("region__parent")


@login_not_required
@require_safe
def words_public(request, slug):
    """Where one may say something: near-by stations, here, in a box; and where to see what came of it."""
    committee = _committee(request, slug)
    stations = list(_stations(committee).order_by("region", "pk"))
    context = {
        "committee": committee,
        "stations": list(zip(stations, reception.next_of_each(stations), strict=True)),
        "boxes": OpinionBox.objects.filter(committee=committee, is_open=True).order_by("pk"),
        "answered": [_shown(word) for word in _answered(committee)[:3]],
    }
    return render(request, "workstations/words_public.html", context)


@login_not_required
@never_cache
def word_new(request, slug):
    """网上写; the code is shown on the answer to the form and nowhere else."""
    committee = _committee(request, slug)
    stations = _stations(committee).order_by("region", "pk")
    asked = request.GET.get("station", "")
    given = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    form = PublicWordForm(
        request.POST or None, request.FILES or None, stations=stations, initial={"station": given}
    )  # fmt: skip
    channel = Channel.QR if request.GET.get("by") == BY_QR else Channel.PAGE
    if form.is_valid():
        taken = attempt(
            request,
            lambda: services.take_down(
                committee=committee, channel=channel, by=None, address=counted_address(request) or "",
                at=timezone.now(), **form.given(),
            ),
            form=form,
        )  # fmt: skip
        if taken:
            word, code = taken
            context = {"committee": committee, "word": word, "code": code}
            return render(request, "workstations/word_thanks.html", context)
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/word_new.html", {"committee": committee, "form": form}, status=status)


@login_not_required
@never_cache
def word_progress(request, slug):
    """What became of a word, for who has its code."""
    committee = _committee(request, slug)
    form, word = ProgressForm(request.POST or None), None
    if form.is_valid():
        address, now, code = counted_address(request) or "", timezone.now(), form.cleaned_data["code"]
        found = attempt(
            request, lambda: [services.look_up(code, committee=committee, address=address, at=now)], form=form
        )
        word = found[0] if found else None
        if found and word is None:
            form.add_error("code", NOT_HERE)
    context = {
        "committee": committee,
        "form": form,
        "word": word,
        "steps": queries.course(word) if word else [],
        "is_open": bool(word) and word.settled_on is None,
    }
    return render(request, "workstations/word_progress.html", context, status=400 if form.errors else 200)


def _answered(committee):
    return Word.objects.answered().filter(committee=committee).select_related("station").order_by("-pk")


def _shown(word):
    """As everybody reads it: what reaches somebody is covered, and who spoke is not told."""
    return {
        "body": masked(word.body), "place": masked(word.place), "answer": word.answer, "station": word.station,
        "received_on": word.received_on, "settled_on": word.settled_on,
    }  # fmt: skip


@login_not_required
@require_safe
def word_answered(request, slug):
    committee = _committee(request, slug)
    page = keyset(_answered(committee), request)
    context = {"committee": committee, "page": page, "words": [_shown(word) for word in page]}
    return render(request, "workstations/word_answered.html", context)

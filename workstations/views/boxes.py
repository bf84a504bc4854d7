"""The door of an anonymous box. config.middleware.NobodyMiddleware has taken away who asks before anything is read;
no page of this module says a message through the session, sets a cookie or puts a receipt code into an address.
"""

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from config.refusals import Incomplete, Refusal
from members.models import Committee
from workstations.forms.boxes import LetterForm, Page, ReceiptForm
from workstations.models import OpinionBox
from workstations.queries.words import SETTLED, course
from workstations.services import box_flood as flood
from workstations.services import box_letters as services
from workstations.services.box_flood import Pressure

OLD = "这一页打开得太久，已经为您换了一页，请再点一次“投入意见箱”。"
EARLY = "请再看一遍写的内容，过几秒钟再点“投入意见箱”。"
ASKED = "现在投信的人很多，请回答下面的问题再投。"
LOOKS = "现在查询的人很多，请过一分钟再查。"
UNKNOWN = "没有找到这个查询码。请核对 16 位数字，并从投信的那个意见箱查询。"
AGAIN = "照片要重新选一次。"


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def box(request, code):
    """投信: the form; the receipt when the letter is in. There is no signed-in person whose hand could be forced."""
    found = _box(code)
    if found is None:
        return render(request, "workstations/box_gone.html", status=404)
    if not found.is_open:
        context = {"box": found, "committee": found.committee, "typed": request.POST.get("body", "")}
        return render(request, "workstations/box_closed.html", context, status=410)
    if request.method == "POST":
        return _put_in(request, found)
    page = Page.fresh(asks=flood.now(found) is not Pressure.FREE)
    return _page(request, found, LetterForm(page=page))


def _box(code):
    return OpinionBox.objects.filter(code=code).select_related("committee__region", "station").first()


def _page(request, found, form, *, said="", status=200):
    if said and request.FILES:
        said += AGAIN
    token = form.page.token(found)
    context = {"box": found, "committee": found.committee, "form": form, "token": token, "said": said}
    return render(request, "workstations/box_letter.html", context, status=status)


def _put_in(request, found):
    given = request.POST.get("token", "")
    page, pressure = Page.read(found, given), flood.letter(found)
    asks = pressure is not Pressure.FREE
    again = None
    if pressure is Pressure.BUSY:
        page, again, status = page or Page.fresh(asks=True), services.BUSY, 429
    elif page is None:
        page, again, status = Page.fresh(asks=asks), OLD, 400
    elif asks and not page.asked:
        page, again, status = replace(page, asked=flood.question()), ASKED, 429
    elif page.is_early:
        again, status = EARLY, 400
    if again:
        return _page(request, found, _kept(request, page), said=again, status=status)
    form = LetterForm(request.POST, request.FILES, page=page)
    if form.is_valid():
        try:
            receipt = services.put_in(found, **form.letter, seed=page.seed, at=timezone.now())
        except services.UsedPage as refusal:
            fresh = _kept(request, Page.fresh(asks=asks))
            return _page(request, found, fresh, said=f"{refusal}{OLD}", status=400)
        except Incomplete as refusal:
            for name, words in refusal.fields.items():
                form.add_error(name, words)
        except Refusal as refusal:
            return _page(request, found, _kept(request, page), said=str(refusal), status=429)
        else:
            context = {"box": found, "committee": found.committee, "receipt": receipt}
            return render(request, "workstations/box_receipt.html", context)
    return _page(request, found, form, said=AGAIN if request.FILES else "", status=400)


def _kept(request, page) -> LetterForm:
    """What was typed, not yet judged."""
    typed = {name: request.POST.get(name, "")[: services.LONGEST] for name in ("body", "place")}
    return LetterForm(initial=typed, page=page)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def box_progress(request, code):
    """查询: the code is posted, so that it stands in no address; a closed box answers as well."""
    found = _box(code)
    if found is None:
        return render(request, "workstations/box_gone.html", status=404)
    form = ReceiptForm(request.POST or None)
    context, status = {"box": found, "committee": found.committee, "form": form}, 200
    if request.method == "POST" and not flood.may_look(found):
        context["said"], status = LOOKS, 429
    elif form.is_valid():
        letter = services.find(found, form.cleaned_data["code"])
        if letter is None:
            form.add_error("code", UNKNOWN)
        elif letter.word:
            context |= {"letter": letter, "steps": course(letter.word), "is_over": letter.word.state in SETTLED}
        else:
            context["letter"] = letter
    if form.errors:
        status = 400
    return render(request, "workstations/box_progress.html", context, status=status)


# --- the way there -------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def box_list(request, slug):
    """The open boxes of a committee."""
    committees = Committee.objects.visible_to(request.user).select_related("region")
    committee = get_object_or_404(committees, slug=slug)
    boxes = OpinionBox.objects.filter(committee=committee, is_open=True).select_related("station")
    context = {"committee": committee, "boxes": boxes.order_by("name", "pk")}
    return render(request, "workstations/box_list.html", context)

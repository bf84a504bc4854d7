"""互通信息: one inbox for the office and for the people of towns and villages; answer times for the office."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.documents.sheet import Sheet, workbook
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from config.uploads.models import Attachment
from members.models import Committee, Organisation
from members.roles import Permission
from workstations.filters.letters import LetterFilter
from workstations.forms.letters import LetterForm, ReplyForm
from workstations.models import Letter, LetterReply
from workstations.queries import letters as queries
from workstations.rules import letters as rules
from workstations.services import letters as services
from workstations.states import LetterState

SHOWN = ("committee", "organisation", "sent_by")
WAITING_SHOWN = 20


def _letter(request, pk):
    shown = (*SHOWN, "read_by", "first")
    return get_object_or_404(Letter.objects.visible_to(request.user).select_related(*shown), pk=pk)


@require_safe
def letter_list(request):
    """What waits for oneself first, the longest due at the top; then everything, the newest first."""
    if not rules.may_open(request.user):
        raise PermissionDenied
    letters = Letter.objects.visible_to(request.user).select_related(*SHOWN)
    offered = Organisation.objects.filter(pk__in=Letter.objects.visible_to(request.user).values("organisation"))
    filterset = LetterFilter(request.GET or None, queryset=letters, offered=offered.order_by("kind", "pk"))
    waiting = letters.received_by(request.user).waiting()
    context = {
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "waiting": waiting.order_by("due_on", "pk")[:WAITING_SHOWN] if not request.GET else [],
        "is_office": bool(request.user.committees_with(Permission.STATION_MANAGE)),
    }
    return render(request, "workstations/letter_list.html", context)


def letter_new(request):
    """Write as the office, or for a town or village; who is both chooses by the address (`from=`)."""
    senders = _senders(request.user)
    if not senders:
        raise PermissionDenied
    sender = senders.get(request.GET.get("from", ""), next(iter(senders.values())))
    outgoing = isinstance(sender, Committee)
    committee = sender if outgoing else sender.committee
    offered = rules.correspondents().filter(committee=committee).order_by("kind", "pk") if outgoing else None
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = (
        {"organisations": [request.GET["to"]]} if request.GET.get("to", "").isascii() and "to" in request.GET else {}
    )
    form = LetterForm(
        *given, offered=offered, workdays=committee.parameter("letter.workdays"), initial=initial
    )  # fmt: skip
    if form.is_valid():
        to = form.chosen() if outgoing else [sender]
        sent = attempt(
            request,
            lambda: services.send(
                committee, to, form.content(), outgoing=outgoing, by=request.user, at=timezone.now()
            ),
            success=f"已发出 {len(to)} 封。" if outgoing else f"已发给{committee}。",
            form=form,
        )  # fmt: skip
        if sent:
            return redirect(sent[0]) if len(sent) == 1 else redirect("letter-list")
    context = {
        "committee": committee, "form": form, "sender": sender, "outgoing": outgoing,
        "senders": [(key, one) for key, one in senders.items() if one != sender],
        "nobody": outgoing and not offered.exists(),
    }  # fmt: skip
    return render(request, "workstations/letter_form.html", context, status=400 if form.errors else 200)


def _senders(user) -> dict[str, Committee | Organisation]:
    """For whom this person may write, by the key in the address."""
    offices = Committee.objects.manageable_by(user, Permission.STATION_MANAGE)
    found = {f"c{one.pk}": one for one in offices}
    return found | {f"o{one.pk}": one for one in rules.units_of(user).select_related("committee").order_by("pk")}


def letter(request, pk):
    """The letter, what was answered, and the one thing to do now."""
    found = _letter(request, pk)
    received, wrote = rules.received(request.user, found), rules.wrote(request.user, found)
    form = None
    if found.state != LetterState.CLOSED or request.method == "POST":
        form = ReplyForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
        if form.is_valid() and _say(request, found, form, received):
            return redirect("letter", pk)
    replies = list(found.replies.select_related("by"))
    files = _files_of(replies)
    context = {
        "committee": found.committee,
        "letter": found,
        "files": store.of(found.first or found),
        "thread": [(reply, files.get(str(reply.pk), [])) for reply in replies],
        "form": form,
        "received": received,
        "may_close": wrote and found.state in (LetterState.READ, LetterState.ANSWERED),
        "together": _together(request.user, found),
    }
    return render(
        request, "workstations/letter_detail.html", context, status=400 if form is not None and form.errors else 200
    )


def _say(request, found, form, received):
    verb, done = (services.answer, "已回复。") if received else (services.add, "已补充。")
    data = form.cleaned_data
    return attempt(
        request, lambda: verb(found, **data, by=request.user, at=timezone.now()), success=done, form=form
    )  # fmt: skip


def _files_of(replies):
    files = {}
    named = Attachment.objects.filter(
        target_type=LetterReply._meta.label_lower, target_id__in=[str(reply.pk) for reply in replies]
    )
    for file in named if replies else []:
        files.setdefault(file.target_id, []).append(file)
    return files


def _together(user, found):
    """The other letters sent with this one, for the office: who has answered the same question."""
    if not found.outgoing or not rules.is_office(user, found.committee_id):
        return []
    first = found.first_id or found.pk
    same = Letter.objects.filter(committee=found.committee_id).exclude(pk=found.pk).select_related("organisation")
    return [*same.filter(pk=first), *same.filter(first=first).order_by("pk")[:60]]


@require_POST
def letter_read(request, pk):
    """签收: one tap of whoever it came to."""
    found = _letter(request, pk)
    attempt(
        request,
        lambda: services.read(found, by=request.user, at=timezone.now()),
        success="已签收，请按期回复。" if found.wants_answer else "已签收。",
    )
    return redirect("letter", pk)


@require_POST
def letter_close(request, pk):
    found = _letter(request, pk)
    attempt(request, lambda: services.close(found, by=request.user, at=timezone.now()), success="已办结。")
    return redirect("letter", pk)


@require_safe
def letter_figures(request):
    """How long answers take, both ways, of one year; as a table for office programs with `as=xlsx`."""
    committee = Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).order_by("pk").first()
    if committee is None:
        raise PermissionDenied
    today = timezone.localdate()
    offered = queries.years(committee, today)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and asked in map(str, offered) else today.year
    found = queries.figures(committee, year, today)
    if request.GET.get("as") == "xlsx":
        return download(_book(found), f"{committee.short_name}{year}年互通信息回复用时.xlsx")
    context = {"committee": committee, "found": found, "years": offered, "least": queries.LEAST}
    return render(request, "workstations/letter_figures.html", context)


def _book(found) -> bytes:
    header = [
        "单位",
        "方向",
        "要求回复",
        "已回复",
        "中位数（工作日）",
        "平均（工作日）",
        "逾期后回复",
        "等待回复",
        "逾期未回复",
    ]
    rows = [
        [str(unit.organisation), way, one.asked, one.answered, one.median, one.mean, one.late, one.open, one.overdue]
        for unit in [*found.ranked, *found.unranked]
        for way, one in (("乡镇、村回复政协", unit.theirs), ("政协回复乡镇、村", unit.ours))
        if one.asked
    ]
    return workbook(Sheet("回复用时", header, rows, above=f"{found.committee}，{found.year} 年发出、要求回复的信"))

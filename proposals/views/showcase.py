"""全程公开, where it is made: the staff compose stages and read comments, the unit answers."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import rules
from proposals.filters.showcase import CommentFilter
from proposals.forms.showcase import AnswerForm, EntryForm, HideForm, ReportForms
from proposals.models import Proposal, Showcase, ShowcaseComment, ShowcaseEntry
from proposals.queries import showcase as queries
from proposals.services import showcase as services
from proposals.services import showcase_voices as voices
from proposals.states import CommentState


def _require_staff(user):
    if not user.committees_with(Permission.PROPOSAL_REVIEW):
        raise PermissionDenied("全程公开由政协办和提案委的工作人员办理。")


@require_safe
def showcase_desk(request):
    """Key proposals with their showcases, and what waits to be read."""
    _require_staff(request.user)
    context = {
        "page": keyset(queries.kept_by(request.user), request),
        "waiting": queries.awaiting_moderation(request.user).count(),
    }
    return render(request, "proposals/showcase_desk.html", context)


def _proposal(request, key):
    rows = Proposal.objects.visible_to(request.user).select_related("committee", "unit", "plenary")
    proposal = get_object_or_404(rows, key=key)
    rules.require("keep_showcase", request.user, proposal)
    return proposal


def _showcase(request, key):
    showcase = get_object_or_404(Showcase.objects.visible_to(request.user), proposal__key=key)
    showcase.proposal = _proposal(request, key)
    return showcase


@require_safe
def showcase_edit(request, key):
    """Compose: the stages, published or not, and whether it is open."""
    proposal = _proposal(request, key)
    showcase = Showcase.objects.filter(proposal=proposal).first()
    context = {"proposal": proposal, "committee": proposal.committee, "showcase": showcase}
    if showcase:
        showcase.proposal = proposal
        entries = list(showcase.entries.prefetch_related("links").select_related("by"))
        context |= {
            "entries": entries,
            "is_public": Showcase.objects.public().filter(pk=showcase.pk).exists(),
            "tally": queries.tally(showcase),
            "waiting": showcase.comments.filter(state=CommentState.WAITING).count(),
        }
    return render(request, "proposals/showcase_edit.html", context)


@require_POST
def showcase_begin(request, key):
    proposal = _proposal(request, key)
    attempt(request, lambda: services.begin(proposal, by=request.user, at=timezone.now()))
    return redirect("showcase-edit", key=key)


@require_POST
def showcase_switch(request, key):
    """Open, close, take votes or no more: what the button says."""
    showcase, now = _showcase(request, key), timezone.now()
    asked = request.POST.get("to", "")
    verbs = {
        "open": lambda: services.open_showcase(showcase, by=request.user, at=now),
        "close": lambda: services.close_showcase(showcase, by=request.user, at=now),
        "votes": lambda: services.take_votes(showcase, takes=True, by=request.user, at=now),
        "no-votes": lambda: services.take_votes(showcase, takes=False, by=request.user, at=now),
    }
    if asked in verbs:
        attempt(request, verbs[asked], success="已更新。")
    return redirect("showcase-edit", key=key)


def entry_new(request, key):
    showcase = _showcase(request, key)

    def keep(given):
        return services.add_entry(showcase, by=request.user, at=timezone.now(), **given)

    return _entry_page(request, showcase, keep, initial={"on": timezone.localdate()})


def _entry(request, pk):
    rows = ShowcaseEntry.objects.filter(showcase__in=Showcase.objects.visible_to(request.user).values("pk"))
    entry = get_object_or_404(rows.select_related("showcase__proposal__committee"), pk=pk)
    rules.require("keep_showcase", request.user, entry)
    return entry


def entry_edit(request, pk):
    entry = _entry(request, pk)

    def keep(given):
        return services.change_entry(entry, by=request.user, at=timezone.now(), **given)

    initial = {name: getattr(entry, name) for name in ("stage", "on", "title", "words")}
    links = [{"outlet": link.outlet, "title": link.title, "url": link.url} for link in entry.links.all()]
    return _entry_page(request, entry.showcase, keep, initial=initial, links=links, entry=entry)


def _entry_page(request, showcase, keep, *, initial, links=(), entry=None):
    form = EntryForm(request.POST or None, initial=initial)
    reports = ReportForms(request.POST or None, initial=list(links), prefix="report")
    if form.is_valid() and reports.is_valid():
        given = {**form.cleaned_data, "reports": reports.reports()}
        if attempt(request, lambda: keep(given), form=form, success="已保存，公开后群众才看得到。"):
            return redirect("showcase-edit", key=showcase.proposal.key)
    context = {
        "form": form, "reports": reports, "showcase": showcase, "proposal": showcase.proposal, "entry": entry,
        "committee": showcase.proposal.committee,
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/showcase_entry.html", context, status=status)


@require_POST
def entry_publish(request, pk):
    entry, shown = _entry(request, pk), request.POST.get("to") != "withdraw"
    words = "已公开这个环节。" if shown else "已撤下这个环节。"
    attempt(
        request,
        lambda: services.publish_entry(entry, shown=shown, by=request.user, at=timezone.now()),
        success=words,
    )
    return redirect("showcase-edit", key=entry.showcase.proposal.key)


@require_POST
def entry_remove(request, pk):
    entry = _entry(request, pk)
    key = entry.showcase.proposal.key
    attempt(request, lambda: services.remove_entry(entry, by=request.user, at=timezone.now()), success="已删除。")
    return redirect("showcase-edit", key=key)


# --- comments ----------------------------------------------------------------------------------------------------


@require_safe
def comment_list(request):
    """For who reads them first, what waits; for the unit, what is to be answered."""
    user = request.user
    managed = user.committees_with(Permission.PROPOSAL_REVIEW)
    units = user.organisations_with(Permission.MATTER_HANDLE)
    if not managed and not units:
        raise PermissionDenied("群众留言由政协办审看，由承办单位回应。")
    rows = ShowcaseComment.objects.filter(showcase__proposal__committee__in=managed) | (
        ShowcaseComment.objects.shown().filter(showcase__proposal__unit__in=units)
    )
    asked = request.GET if "state" in request.GET else {"state": CommentState.WAITING if managed else ""}
    filterset = CommentFilter(asked, queryset=rows.select_related("showcase__proposal"))
    context = {"filterset": filterset, "page": keyset(filterset.qs, request), "moderates": bool(managed)}
    return render(request, "proposals/showcase_comments.html", context)


def _comment(request, pk):
    managed = request.user.committees_with(Permission.PROPOSAL_REVIEW)
    units = request.user.organisations_with(Permission.MATTER_HANDLE)
    mine = ShowcaseComment.objects.filter(showcase__proposal__committee__in=managed)
    mine |= ShowcaseComment.objects.shown().filter(showcase__proposal__unit__in=units)
    related = ("showcase__proposal__committee", "showcase__proposal__unit", "moderated_by", "answered_by")
    return get_object_or_404(ShowcaseComment.objects.filter(pk__in=mine.values("pk")).select_related(*related), pk=pk)


@require_safe
def comment_detail(request, pk):
    return _comment_page(request, _comment(request, pk))


def _comment_page(request, comment, *, status=200, **forms):
    user = request.user
    moderates = rules.may("keep_showcase", user, comment)
    context = {
        "comment": comment, "proposal": comment.showcase.proposal, "committee": comment.showcase.proposal.committee,
        "moderates": moderates, "may_show": moderates and comment.state != CommentState.SHOWN,
    }  # fmt: skip
    if moderates and comment.state != CommentState.HIDDEN:
        context["hide_form"] = HideForm(auto_id="hide_%s")
    is_open = comment.state == CommentState.SHOWN and comment.answered_at is None
    if is_open and rules.may("answer_comment", user, comment):
        context["answer_form"] = AnswerForm()
    return render(request, "proposals/showcase_comment.html", context | forms, status=status)


@require_POST
def comment_show(request, pk):
    comment = _comment(request, pk)
    attempt(
        request,
        lambda: voices.show(comment, by=request.user, at=timezone.now()),
        success="已公开，承办单位会收到通知。",
    )
    return redirect(comment)


@require_POST
def comment_hide(request, pk):
    form = HideForm(request.POST, auto_id="hide_%s")
    words = "已登记为不公开，原因留言人凭查询码可以看到。"
    return _do(request, pk, "keep_showcase", form, voices.hide, slot="hide_form", success=words)


@require_POST
def comment_answer(request, pk):
    form = AnswerForm(request.POST)
    return _do(request, pk, "answer_comment", form, voices.answer, slot="answer_form", success="已回应，公开在页面上。")


def _do(request, pk, verb, form, service, *, slot, success):
    comment = _comment(request, pk)
    rules.require(verb, request.user, comment)
    if form.is_valid():
        done = attempt(
            request,
            lambda: service(comment, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success=success,
        )
        if done or not form.errors:
            return redirect(comment)
        comment.refresh_from_db()
    return _comment_page(request, comment, status=400, **{slot: form})

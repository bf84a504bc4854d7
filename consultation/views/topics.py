"""Pages of topics: members suggest, staff collect and choose."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from consultation import rules, services, threads
from consultation.filters import TopicFilter
from consultation.forms import TopicForm, WordsForm
from consultation.forms.involvements import WeighForm
from consultation.models import Topic
from consultation.views.trail import trail
from members.models import Committee
from members.roles import Permission
from workstations.models import Word

SHOWN = ("committee", "suggested_by__user", "created_by")


@require_safe
def topic_list(request):
    """The committee's pool of topics."""
    if not request.user.committees_with(Permission.OFFICE_WORK):
        raise PermissionDenied("这一页供政协办使用。")
    found = TopicFilter(request.GET, queryset=Topic.objects.at_office(request.user), request=request)
    context = {
        "filterset": found,
        "page": keyset(found.qs.select_related("suggested_by__user"), request),
        "may_add": bool(request.user.committees_with(Permission.PLAN_MANAGE)),
    }
    return render(request, "consultation/topic_list.html", context)


@require_safe
def topic_mine(request):
    """What I suggested and what became of it."""
    mine = Topic.objects.visible_to(request.user).filter(suggested_by__in=request.user.member_ids.values())
    return render(request, "consultation/topic_mine.html", {"page": keyset(mine, request)})


def topic_new(request):
    """A member suggests in the own name; staff enter what came from elsewhere."""
    user = request.user
    staffed = user.committees_with(Permission.PLAN_MANAGE)
    committee = _committee_to_suggest_to(user, staffed)
    in_own_name = committee.pk not in staffed
    word = _word(request, committee)
    form = TopicForm(request.POST or None, in_own_name=in_own_name, initial=threads.begin(word))
    if form.is_valid():
        given = form.cleaned_data
        key = given.pop("key")
        topic = attempt(
            request,
            lambda: services.suggest_topic(key, committee=committee, word=word, by=user, at=timezone.now(), **given),
            form=form,
            success="已收到，谢谢您的建议。遴选结果会通知您。" if in_own_name else "议题已登记。",
        )
        if topic:
            return redirect(topic)
    context = {"form": form, "committee": committee, "in_own_name": in_own_name}
    return render(request, "consultation/topic_form.html", context, status=400 if form.errors else 200)


def _word(request, committee):
    """The word of the public that the topic takes up, if this person may (row 101)."""
    asked = request.GET.get("word", "")
    key = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    word = Word.objects.visible_to(request.user).filter(committee=committee, pk=key).first() if key else None
    return word if word and threads.may_take_up(request.user, word) else None


def _committee_to_suggest_to(user, staffed):
    """The committee for which this person works, or of which the person is a member."""
    pk = rules.home_of(user, staffed | set(user.member_ids))
    if pk is None:
        raise PermissionDenied("在任委员和政协办工作人员可以提出议题。")
    return Committee.objects.get(pk=pk)


def topic_detail(request, pk):
    return _page(request, get_object_or_404(Topic.objects.visible_to(request.user).select_related(*SHOWN), pk=pk))


def _page(request, topic, *, decline_form=None, status=200):
    user = request.user
    inside = topic.committee_id in user.committees_with(Permission.OFFICE_WORK)
    may_choose = rules.may("choose_topic", user, topic)
    context = {
        "topic": topic,
        "inside": inside,
        "word": Word.objects.visible_to(user).filter(pk=topic.word_id).first() if topic.word_id else None,
        "may_select": may_choose and topic.state in Topic.TRANSITIONS["select"].sources,
        "may_decline": may_choose and topic.state in Topic.TRANSITIONS["decline"].sources,
        "weigh_form": WeighForm(instance=topic, auto_id="weigh_%s") if may_choose else None,
        "decline_form": decline_form or WordsForm(label="不采用的理由", help_text="提出人会看到。"),
        "may_start": inside and rules.may("open_consultation", user, topic.committee),
        "consultations": topic.consultations.visible_to(user).select_related("committee"),
        "entries": trail(request, topic, allowed=inside),
    }
    return render(request, "consultation/topic_detail.html", context, status=status)


@require_POST
def topic_decide(request, pk):
    """选定, or 不予采用 with the reason."""
    topic = get_object_or_404(Topic.objects.at_office(request.user).select_related(*SHOWN), pk=pk)
    user, now = request.user, timezone.now()
    rules.require("choose_topic", user, topic)
    if "select" in request.POST:
        attempt(request, lambda: services.select_topic(topic, by=user, at=now), success="已选定，可以列入计划。")
        return redirect(topic)
    form = WordsForm(request.POST, label="不采用的理由")
    if form.is_valid():
        deed = lambda: services.decline_topic(topic, by=user, at=now, **form.cleaned_data)  # noqa: E731
        attempt(request, deed, success="已登记为未采用，理由已告知提出人。", form=form)
        if not form.errors:
            return redirect(topic)
    return _page(request, topic, decline_form=form, status=400)

"""Pages of one's own tasks, and of reading what others handed in."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.audit import log
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from workstations.forms.tasks import HandInForm, ReadForm, ReasonForm
from workstations.models import DutyTask
from workstations.rules import tasks as rules
from workstations.services import tasks as services
from workstations.services.duty_cycles import GRACE
from workstations.states import TaskState

SHOWN = ("rule", "committee", "member__user", "member__sector", "body", "station", "assignee", "activity")
DOABLE = (TaskState.OPEN, TaskState.DONE, TaskState.MISSED)


def _task(request, pk):
    return get_object_or_404(DutyTask.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


# --- one's own ---------------------------------------------------------------------------------------------------


@require_safe
def duty_task_list(request):
    """我的任务: what is open first, by due day; then what was handed in."""
    mine = DutyTask.objects.visible_to(request.user).of(request.user).select_related(*SHOWN)
    owed = mine.filter(state__in=[TaskState.OPEN, TaskState.MISSED])
    context = {
        "owed": owed.order_by("due_on", "pk")[:200],
        "page": keyset(mine.exclude(pk__in=owed.values("pk")), request),
    }
    return render(request, "workstations/task_list.html", context)


def duty_task(request, pk):
    """What is asked, by when and why; whoever owes it hands it in here."""
    task = _task(request, pk)
    may_do = rules.can_do(request.user, task)
    if request.method == "POST" and not may_do:
        raise PermissionDenied
    form = None
    if may_do and (task.state in DOABLE or request.method == "POST"):
        form = HandInForm(request.POST or None, request.FILES or None, task=task)
        if form.is_valid() and _hand_in(request, task, form):
            return redirect("duty-task", pk)
    context = {
        "committee": task.committee,
        "task": task,
        "form": form,
        "files": store.of(task),
        "may_do": may_do,
        "may_read": rules.can_read(request.user, task),
        "grace": GRACE,
    }
    return render(request, "workstations/task_detail.html", context)


def _hand_in(request, task, form):
    return attempt(
        request,
        lambda: services.hand_in(task, **form.given(), by=request.user, at=timezone.now()),
        success="已提交。批阅之前还可以修改。",
        form=form,
    )


# --- reading what others handed in -------------------------------------------------------------------------------


def _readable(request, pk):
    task = _task(request, pk)
    if not rules.can_read(request.user, task):
        raise PermissionDenied
    return task


def duty_task_read(request, pk):
    """批阅: read, grade, go on to the next one that waits."""
    task = _readable(request, pk)
    form = ReadForm(request.POST if request.method == "POST" else None, task=task)
    if form.is_valid():
        done = attempt(
            request,
            lambda: services.read(task, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{task.owed_by}的{task.title}已批阅。",
            form=form,
        )
        if done:
            following = _unread(request.user, task).first()
            return redirect("duty-task-read", following.pk) if following else redirect("duty-rule", task.rule_id)
    return _reading(request, task, form)


def _reading(request, task, form=None):
    context = {
        "committee": task.committee,
        "task": task,
        "form": form or ReadForm(task=task),
        "files": store.of(task),
        "waiting": _unread(request.user, task).count(),
        "history": log.history(task)[:20],
    }
    return render(request, "workstations/task_read.html", context)


def _unread(user, task):
    """Of the same rule, what else waits to be read by this person."""
    unread = DutyTask.objects.looked_after_by(user).filter(rule=task.rule_id, state=TaskState.DONE)
    return unread.exclude(pk=task.pk).exclude(assignee=user).exclude(done_by=user).order_by("pk")


def _with_reason(request, pk, verb, words):
    task = _readable(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = attempt(
            request,
            lambda: verb(task, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{task.owed_by}的{task.title}{words['done']}",
            form=form,
        )
        if done:
            return redirect("duty-rule", task.rule_id)
    return render(
        request, "workstations/task_reason.html", {"committee": task.committee, "task": task, "form": form, **words}
    )


def duty_task_back(request, pk):
    words = {
        "title": "退回修改",
        "done": "已退回，对方会收到通知。",
        "lead": "对方收到通知和原因，修改后再提交；记入履职档案的这一条先撤回。",
    }
    return _with_reason(request, pk, services.send_back, words)


def duty_task_excuse(request, pk):
    words = {
        "title": "免做",
        "done": "已免做，不再提醒。",
        "lead": "免做的不再提醒，也不计入应完成数；对方会收到通知和原因。",
    }
    return _with_reason(request, pk, services.excuse, words)

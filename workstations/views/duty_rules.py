"""Pages of recurring duty for those who set it: the office, and leaders and clerks for their own bodies."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.models import Committee
from members.roles import Permission
from workstations.documents import tasks as documents
from workstations.filters.tasks import DutyTaskFilter
from workstations.forms.duty_rules import DutyRuleForm, EndForm, HomeworkForm
from workstations.models import DutyRule, DutyTask
from workstations.models.tasks import bodies_run_by
from workstations.presets import duty as presets
from workstations.queries import duty_rules as queries
from workstations.rules import duty_rules as rules
from workstations.services import duty_rules as services
from workstations.services.duty_cycles import GRACE
from workstations.states import TaskState


def _committee(user) -> Committee:
    """Where this person sets tasks: the committee managed, or that of the body looked after."""
    if not rules.may_open(user):
        raise PermissionDenied
    managed = Committee.objects.manageable_by(user, Permission.DUTY_MANAGE).first()
    return managed or Committee.objects.get(pk=bodies_run_by(user).values_list("committee", flat=True)[0])


def _rule(request, pk) -> DutyRule:
    if not rules.may_open(request.user):
        raise PermissionDenied
    rules_seen = DutyRule.objects.visible_to(request.user).select_related("committee")
    rule = get_object_or_404(rules_seen, pk=pk)
    if not rules.can_look(request.user, rule) and not rules.can_change(request.user, rule):
        raise Http404
    return rule


@require_safe
def duty_rule_list(request):
    """What is asked in the running periods and how much of it is done; below, what one may copy."""
    committee = _committee(request.user)
    run = Q(bodies__in=bodies_run_by(request.user).values("pk"))
    seen = DutyRule.objects.looked_after_by(request.user).filter(committee=committee)
    own = DutyRule.objects.filter(run, committee=committee, is_restricted=False)
    found = list(DutyRule.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=own.values("pk"))).order_by("-pk"))
    standings = queries.standings(request.user, found)
    is_office = rules.is_office(request.user, committee)
    taken = {rule.name for rule in found}
    context = {
        "committee": committee,
        "active": [(rule, standings.get(rule.pk)) for rule in found if rule.is_active],
        "ended": [(rule, standings.get(rule.pk)) for rule in found if not rule.is_active],
        "presets": [preset for preset in presets.rules().values() if preset["name"] not in taken] if is_office else [],
        "is_office": is_office,
    }
    return render(request, "workstations/duty_rule_list.html", context)


@require_safe
def duty_rule(request, pk):
    """One rule: who has handed in and who has not, by body, and the people one by one."""
    rule = _rule(request, pk)
    periods = queries.periods(rule)
    period = request.GET.get("period", "")
    if period not in dict(periods):
        period = rule.last_period
    tasks = DutyTask.objects.looked_after_by(request.user).filter(rule=rule, period=period)
    groups = queries.by_body(tasks)
    bodies = sorted(((row["body_pk"], row["group"]) for row in groups if row["body_pk"]), key=lambda row: row[1])
    filterset = DutyTaskFilter(request.GET or None, queryset=tasks, bodies=bodies)
    rows = filterset.qs.select_related("rule", "member__user", "member__sector", "body", "station", "assignee")
    collected = queries.collected(request.user, rule) if rule.asks_number else []
    unread = tasks.filter(state=TaskState.DONE)
    context = {
        "committee": rule.committee,
        "rule": rule,
        "periods": periods[:24],
        "period": period,
        "label": dict(periods).get(period, ""),
        "standing": queries.in_all(groups),
        "groups": groups,
        "filterset": filterset,
        "page": keyset(rows, request, per_page=50),
        "collected": collected,
        "collected_sum": sum(row["value"] for row in collected),
        "may_change": rules.can_change(request.user, rule),
        "next_unread": unread.exclude(assignee=request.user).exclude(done_by=request.user).order_by("pk").first(),
        "export": "?" + urlencode({"period": period}),
        "grace": GRACE,
    }
    return render(request, "workstations/duty_rule_detail.html", context)


@require_safe
def duty_rule_export(request, pk):
    """The people of one period as a table for Excel and WPS; restricted words stay here."""
    rule = _rule(request, pk)
    period = request.GET.get("period", "")
    if period not in dict(queries.periods(rule)):
        period = rule.last_period
    tasks = DutyTask.objects.looked_after_by(request.user).filter(rule=rule, period=period)
    return download(documents.tasks(rule, tasks), f"{rule.name}.xlsx")


@require_POST
def duty_rule_remind(request, pk):
    rule = _rule(request, pk)
    told = attempt(request, lambda: (services.remind(rule, by=request.user, at=timezone.now()),))
    if told:
        words = f"已提醒 {told[0]} 人。" if told[0] else "今天已经提醒过，或没有需要提醒的人。"
        messages.success(request, words)
    return redirect("duty-rule", pk)


# --- setting -----------------------------------------------------------------------------------------------------


def duty_rule_new(request):
    """布置周期任务, from nothing or from a preset named in the address."""
    committee = _committee(request.user)
    preset = presets.rules().get(request.GET.get("preset", ""))
    rule = presets.make_rule(preset, committee) if preset and rules.is_office(request.user, committee) else None
    form = DutyRuleForm(
        request.POST or None, instance=rule or DutyRule(committee=committee), user=request.user, committee=committee
    )
    return _setting(request, form, "布置周期任务", preset)


def homework_new(request):
    """布置委员作业: a short form for what is done once."""
    committee = _committee(request.user)
    form = HomeworkForm(
        request.POST or None, instance=DutyRule(committee=committee), user=request.user, committee=committee
    )
    return _setting(request, form, "布置委员作业")


def _setting(request, form, title, preset=None):
    if form.is_valid():
        rule = attempt(
            request,
            lambda: services.create(form.instance, **form.given(), by=request.user, at=timezone.now()),
            success=f"“{form.instance.name}”已布置。",
            form=form,
        )
        if rule:
            return redirect("duty-rule", rule.pk)
    context = {
        "committee": form.instance.committee, "form": form, "title": title, "preset": preset, "submit": "布置",
        "back": reverse("duty-rule-list"), "back_label": "周期任务",
    }  # fmt: skip
    return render(request, "workstations/duty_rule_form.html", context)


def _changeable(request, pk) -> DutyRule:
    rule = _rule(request, pk)
    if not rules.can_change(request.user, rule):
        raise PermissionDenied
    return rule


def duty_rule_edit(request, pk):
    rule = _changeable(request, pk)
    form = DutyRuleForm(request.POST or None, instance=rule, user=request.user, committee=rule.committee)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.edit(
                rule, changed=form.changed_fields, **form.given(), by=request.user, at=timezone.now()
            ),
            success="已保存。已经生成的任务不变，下一期起按新的办。",
            form=form,
        )
        if saved:
            return redirect("duty-rule", pk)
    context = {
        "committee": rule.committee, "form": form, "title": "修改任务", "submit": "保存", "rule": rule,
        "back": rule.get_absolute_url(), "back_label": rule,
    }  # fmt: skip
    return render(request, "workstations/duty_rule_form.html", context)


def duty_rule_end(request, pk):
    rule = _changeable(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ended = attempt(
            request,
            lambda: (services.end(rule, **form.cleaned_data, by=request.user, at=timezone.now()),),
            success=f"“{rule}”已停用，不再生成新的任务。",
            form=form,
        )
        if ended:
            return redirect("duty-rule", pk)
    return render(request, "workstations/duty_rule_end.html", {"committee": rule.committee, "rule": rule, "form": form})


@require_POST
def duty_rule_resume(request, pk):
    rule = _changeable(request, pk)
    attempt(request, lambda: services.resume(rule, by=request.user, at=timezone.now()), success=f"“{rule}”已重新启用。")
    return redirect("duty-rule", pk)

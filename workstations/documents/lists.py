"""The three lists for Excel and WPS."""

from django.db.models import Count, Q
from django.utils import timezone

from config.documents.sheet import Sheet, workbook


def _day(moment):
    return timezone.localdate(moment) if moment else ""


def demands(rows) -> bytes:
    """Needs with for whom they are: for those inside who keep them."""
    head = [
        "类别", "需要什么", "领域", "说明", "在哪里", "跟进站点", "为谁", "状态", "认领委员", "登记日期", "办结日期",
        "结果", "感谢的话",
    ]  # fmt: skip
    return workbook(Sheet("需求清单", head, (_demand(row) for row in rows.order_by("pk").iterator(2000))))


def _demand(row):
    return [
        row.get_kind_display(), row.title, row.field, row.words, str(row.region), str(row.station or ""), row.who,
        row.get_state_display(), str(row.claimed_by or ""), _day(row.raised_at), _day(row.settled_at), row.result,
        row.thanks,
    ]  # fmt: skip


def resources(rows) -> bytes:
    head = ["能提供什么", "领域", "说明", "谁提供", "登记日期"]
    lines = (
        [row.title, row.field, row.words, str(row.giver), _day(row.at)] for row in rows.order_by("pk").iterator(2000)
    )
    return workbook(Sheet("资源清单", head, lines))


def projects(rows) -> bytes:
    head = [
        "项目",
        "需求",
        "在哪里",
        "领办委员",
        "状态",
        "步骤完成",
        "步骤",
        "立项日期",
        "完成日期",
        "成效",
        "数字和来源",
    ]
    counted = rows.annotate(done=Count("steps", filter=Q(steps__done_on__isnull=False)), all=Count("steps"))
    found = counted.prefetch_related("effects").order_by("pk").iterator(500)
    return workbook(Sheet("项目清单", head, (_project(row) for row in found)))


def _project(row):
    effects = "；".join(
        f"{effect.get_kind_display()} {effect.number}（{effect.source}）" for effect in row.effects.all()
    )
    return [
        row.title, row.demand.title, str(row.demand.region), str(row.leader), row.get_state_display(), row.done,
        row.all, _day(row.created_at), _day(row.settled_at), row.result, effects,
    ]  # fmt: skip

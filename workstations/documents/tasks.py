"""Who has handed in what, for Excel and WPS."""

from django.utils import timezone

from config.documents.sheet import Sheet, workbook


def tasks(rule, rows) -> bytes:
    """Who has handed in and who has not; the words of a restricted rule are left out."""
    words = [] if rule.is_restricted else ["内容"]
    number = [rule.asks_number] if rule.asks_number else []
    head = [
        "对象", "界别或机构", "责任人", "周期", "期限", "状态", "提交时间", "是否逾期", *number, "评等", "批语", *words,
    ]  # fmt: skip
    found = rows.select_related("rule", "member__user", "member__sector", "body", "station", "assignee").order_by("pk")
    return workbook(Sheet("名单", head, (_task(task, bool(number), bool(words)) for task in found.iterator(2000))))


def _task(task, with_number, with_words):
    done = timezone.localtime(task.done_at).strftime("%Y-%m-%d %H:%M") if task.done_at else ""
    group = str(task.body or (task.member.sector if task.member_id else "") or "")
    late = "逾期" if task.is_late or (not task.done_at and task.due_on < timezone.localdate()) else ""
    return [
        task.owed_by, group, str(task.assignee or ""), task.period_label, task.due_on, task.get_state_display(), done,
        late if task.state != "excused" else "", *([task.number] if with_number else []), task.grade, task.remark,
        *([task.words] if with_words else []),
    ]  # fmt: skip

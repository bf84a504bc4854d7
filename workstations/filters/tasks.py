import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from workstations.models import DutyTask
from workstations.states import TaskState

STANDS = [
    ("open", "还没有提交"),
    ("late", "逾期未提交"),
    ("done", "等待批阅"),
    ("read", "已批阅"),
    ("handed_late", "逾期后提交"),
    ("excused", "免做"),
]


class DutyTaskFilter(filters.FilterSet):
    """The tasks of one rule by how they stand, by body or sector, and by the person's name."""

    stands = filters.ChoiceFilter(label="状态", choices=STANDS, empty_label="全部", method="by_standing")
    body = filters.ChoiceFilter(label="机构或界别", empty_label="全部", method="by_body")
    q = filters.CharFilter(label="姓名", method="by_name", max_length=32)

    class Meta:
        model = DutyTask
        fields = ["stands", "body", "q"]

    def __init__(self, *args, bodies: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["body"].extra["choices"] = bodies

    def by_standing(self, queryset, name, value):
        unsettled = Q(state__in=[TaskState.OPEN, TaskState.MISSED])
        asked = {
            "open": unsettled,
            "late": unsettled & Q(due_on__lt=timezone.localdate()),
            "done": Q(state=TaskState.DONE),
            "read": Q(state=TaskState.READ),
            "handed_late": Q(pk__in=queryset.handed_in_late().values("pk")),
            "excused": Q(state=TaskState.EXCUSED),
        }
        return queryset.filter(asked[value])

    def by_body(self, queryset, name, body):
        return queryset.filter(Q(body=body) | Q(body__isnull=True, member__sector=body))

    def by_name(self, queryset, name, words):
        return queryset.filter(Q(member__user__name__contains=words) | Q(assignee__name__contains=words))

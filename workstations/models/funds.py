from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from workstations.models.activities import Activity
from workstations.models.stations import Workstation


class FundKind(models.TextChoices):
    BUDGET = "budget", "年度预算"
    GRANT = "grant", "拨付奖补"
    RAISED = "raised", "争取资金"
    SPENT = "spent", "支出"


def yuan(amount) -> str:
    """An amount as people read it: 12,000 or 12,000.50, with a true minus sign."""
    text = f"{amount:,.2f}".removesuffix(".00")
    return text.replace("-", "−")


class FundLineQuerySet(models.QuerySet):
    def standing(self):
        """Those that count."""
        return self.filter(struck_at__isnull=True)

    def of_year(self, year: int):
        return self.filter(on__range=(date(year, 1, 1), date(year, 12, 31)))

    def visible_to(self, user):
        """The office, the auditors of the committee, and the keepers of the station."""
        if not user.is_authenticated:
            return self.none()
        read = user.committees_with(Permission.STATION_MANAGE) | user.committees_with(Permission.AUDIT_VIEW)
        return self.filter(Q(committee__in=read) | Q(station__in=Workstation.objects.kept_by(user).values("pk")))


class FundLine(models.Model):
    """经费: one amount in yuan budgeted, granted, raised or spent, for a station, an activity or the whole committee
    (rows 165, 190, 192); a wrong line is struck, never changed."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="fund_lines", verbose_name="政协")
    station = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, null=True, blank=True, related_name="fund_lines", verbose_name="站点"
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="fund_lines", verbose_name="活动"
    )
    kind = models.CharField("类别", max_length=8, choices=FundKind)
    amount = models.DecimalField(
        "金额（元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    on = models.DateField("日期")
    source = models.CharField("来源或收款方", max_length=64, blank=True, help_text="如：区财政")
    purpose = models.CharField("用途", max_length=100)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="登记人",
    )  # fmt: skip
    at = models.DateTimeField("登记时间", editable=False)
    struck_at = models.DateTimeField("作废时间", null=True, editable=False)
    struck_why = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    objects = FundLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "on"], name="fund_line_year"),
            models.Index(fields=["station", "on"], name="fund_line_station"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="fund_line_positive", violation_error_message="金额要大于零。"
            ),
            models.CheckConstraint(condition=Q(kind__in=FundKind.values), name="fund_line_kind_known"),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_why="") | Q(struck_at__isnull=False) & ~Q(struck_why=""),
                name="fund_line_struck_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {yuan(self.amount)} 元"

    def get_absolute_url(self):
        return reverse("fund-line", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def said(self) -> str:
        return yuan(self.amount)

    @property
    def belongs_to(self) -> str:
        """Whose money it is: a station's, an activity's, or the whole committee's."""
        return str(self.station or self.activity or "全会")

    def clean(self):
        for field in ("station", "activity"):
            row = getattr(self, field)
            if row and row.committee_id != self.committee_id:
                raise ValidationError({field: "须属于同一个政协委员会。"})

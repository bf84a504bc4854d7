from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Body, BodyKind, Committee, Member, Organisation, Region
from members.roles import Permission
from workstations.models.stations import Workstation
from workstations.states import DEMAND_MOVES, DEMAND_TONES, DemandState

FIELDS = (
    "医疗健康", "教育", "法律", "农技", "就业创业", "金融", "科技", "文化体育", "养老助残", "妇女儿童", "心理",
    "住房基建", "交通水利", "环境卫生", "企业服务", "其他",
)  # fmt: skip
"""What resources and needs are sorted by; the same words on both lists, so that they can be put together."""

ON_SHOW = (DemandState.OPEN, DemandState.CLAIMED, DemandState.DONE)
"""A need in one of these states was looked at and is public."""


class ResourceQuerySet(SearchQuerySet):
    def public(self):
        """What stands; what a member gives as long as the member serves and is shown to visitors."""
        shown = Q(member__isnull=True) | Q(member__in=Member.objects.public().values("pk"))
        return self.filter(shown, is_active=True)

    def offered(self):
        """What can be asked for today, by those inside: also from members whom visitors do not find."""
        serving = Q(member__isnull=True) | Q(member__in=Member.objects.in_force().values("pk"))
        return self.filter(serving, is_active=True)

    def visible_to(self, user):
        """What is offered is public while it stands; the rest for the office and for who offered it."""
        if not user.is_authenticated:
            return self.public()
        managed = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        inside = Q(committee__in=user.committee_ids, is_active=True)
        public = Q(pk__in=self.model.objects.public().values("pk"))
        return self.filter(public | managed | inside | Q(member__user=user))


class Resource(Searchable):
    """资源清单: something that a member, a body or an organisation can give (row 107)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="resources", verbose_name="政协")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="resources", verbose_name="委员"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="resources", verbose_name="机构"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="resources", verbose_name="单位"
    )
    title = models.CharField("能提供什么", max_length=64)
    field = models.CharField("领域", max_length=32, blank=True)
    words = models.TextField("说明", blank=True, validators=[MaxLengthValidator(500)], help_text="不写电话")
    is_active = models.BooleanField("有效", default=True, editable=False)
    at = models.DateTimeField("登记时间", editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资源清单"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "is_active", "-id"], name="resource_offered"),
            models.Index(fields=["committee", "field", "-id"], name="resource_field"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, body__isnull=True, organisation__isnull=True)
                    | Q(member__isnull=True, body__isnull=False, organisation__isnull=True)
                    | Q(member__isnull=True, body__isnull=True, organisation__isnull=False)
                ),
                name="resource_of_one_giver",
                violation_error_message="请选一位委员、一个机构或一个单位。",
            ),
            *(
                models.UniqueConstraint(
                    fields=[giver, "title"],
                    condition=Q(is_active=True, **{f"{giver}__isnull": False}),
                    name=f"resource_once_of_{giver}",
                    violation_error_message="这一项已经登记过了。",
                )
                for giver in ("member", "body", "organisation")
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("resource", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.field} {self.words}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self) -> str:
        return "ok" if self.is_active else "closed"

    @property
    def giver(self):
        return self.member or self.body or self.organisation

    def clean(self):
        if self.giver and self.giver.committee_id != self.committee_id:
            raise ValidationError("须属于同一个政协委员会。")
        if self.body_id and (self.body.is_sensitive or self.body.kind == BodyKind.PARTY_ORGANISATION):
            raise ValidationError({"body": "资源清单是公开的，请另选一个可以公开的机构。"})


class DemandKind(models.TextChoices):
    NEED = "need", "基层需求"
    WISH = "wish", "微心愿"
    LIVELIHOOD = "livelihood", "民生微实事"
    ENTERPRISE = "enterprise", "企业难题"


class DemandQuerySet(SearchQuerySet):
    def public(self):
        """What was looked at and stands; who raised it and for whom is never shown."""
        return self.filter(state__in=ON_SHOW)

    def kept_by(self, user):
        """Those that `user` looks after: as the office, or as a keeper of the station that follows them."""
        managed = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(managed | Q(station__in=Workstation.objects.kept_by(user).values("pk")))

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        kept = Q(pk__in=self.model.objects.kept_by(user).values("pk"))
        own = Q(raised_by=user) | Q(claimed_by__user=user)
        return self.filter(Q(state__in=ON_SHOW) | kept | own)


class Demand(Searchable):
    """需求清单: what a village, an enterprise or a family needs; a micro-wish is the small kind (rows 91, 107, 159)."""

    TRANSITIONS = DEMAND_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="demands", verbose_name="政协")
    kind = models.CharField("类别", max_length=12, choices=DemandKind)
    title = models.CharField("需要什么", max_length=64)
    field = models.CharField("领域", max_length=32, blank=True)
    words = models.TextField("说明", blank=True, validators=[MaxLengthValidator(500)], help_text="不写姓名和电话")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="在哪里")
    station = models.ForeignKey(
        Workstation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name="由哪个站点跟进",
    )
    who = models.CharField("为谁", max_length=64, blank=True, help_text="只有站点、办公室、登记人和认领的委员能看到")
    state = models.CharField("状态", max_length=8, choices=DemandState, default=DemandState.RAISED, editable=False)
    claimed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, editable=False, related_name="demands", verbose_name="认领委员"
    )
    claimed_at = models.DateTimeField("认领时间", null=True, editable=False)
    result = models.CharField("结果", max_length=500, blank=True, editable=False)
    thanks = models.CharField("感谢的话", max_length=200, blank=True, editable=False)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    raised_at = models.DateTimeField("登记时间", editable=False)
    settled_at = models.DateTimeField("办结时间", null=True, editable=False)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "需求清单"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="demand_state"),
            models.Index(fields=["committee", "kind", "-id"], name="demand_kind"),
            models.Index(fields=["committee", "field", "-id"], name="demand_field"),
            models.Index(fields=["committee", "region"], name="demand_region"),
            models.Index(fields=["station", "state", "-id"], name="demand_station"),
            models.Index(fields=["claimed_by", "state"], name="demand_claimed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DemandState.values), name="demand_state_known"),
            models.CheckConstraint(condition=Q(kind__in=DemandKind.values), name="demand_kind_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[DemandState.DONE, DemandState.DROPPED]) | ~Q(result=""),
                name="demand_settled_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state=DemandState.CLAIMED) | Q(claimed_by__isnull=False), name="demand_claimed_by_somebody"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("demand", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.field} {self.words}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return DEMAND_TONES[self.state]

    def clean(self):
        if self.region_id and self.committee_id and not self.committee.region.contains(self.region_id):
            raise ValidationError({"region": f"不在{self.committee.region}辖区内。"})
        if self.station_id and self.station.committee_id != self.committee_id:
            raise ValidationError({"station": "须属于同一个政协委员会。"})

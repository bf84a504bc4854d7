from collections.abc import Iterator

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members import parameters
from members.models.owned import OwnedQuerySet
from members.models.regions import Region
from members.roles import Permission


class CommitteeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """That a committee exists is public."""
        return self

    def manageable_by(self, user, permission: Permission):
        return self.filter(pk__in=user.committees_with(permission)) if user.is_authenticated else self.none()


class Committee(models.Model):
    """政协委员会: the tenant. One CPPCC committee of a region; every row that belongs to someone belongs to one."""

    name = models.CharField("全称", max_length=64, unique=True, help_text="如：政协嘉禾县委员会")
    short_name = models.CharField("简称", max_length=32, help_text="如：嘉禾县政协")
    slug = models.SlugField(
        "网址名",
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", "只能用小写字母、数字和连字符。")],
        help_text="小写字母，出现在公开网页的地址里",
    )
    brand = models.CharField("协商品牌", max_length=32, help_text="如：嘉事好商量")
    region = models.OneToOneField(Region, on_delete=models.PROTECT, related_name="committee", verbose_name="行政区划")
    term = models.PositiveSmallIntegerField("届次", default=1)
    upper = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="lower", verbose_name="上级政协"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政协委员会"
        ordering = ["region_id"]

    def __str__(self):
        return self.short_name

    def get_absolute_url(self):
        return reverse("committee-home", args=[self.slug])

    def upwards(self) -> "Iterator[Committee]":
        """This committee, the one above it, and so on: the members of all of them may serve in its region."""
        seen, one = set(), self
        while one is not None and one.pk not in seen:
            yield one
            seen.add(one.pk)
            one = one.upper

    def is_below_or(self, committee_id: int) -> bool:
        """Whether this is that committee, or stands somewhere below it."""
        return any(one.pk == committee_id for one in self.upwards())

    def parameter(self, code: str):
        """The committee's own value of a parameter, or its default (members/parameters.py)."""
        if not hasattr(self, "_parameters"):
            self._parameters = dict(self.parameters.values_list("code", "value"))
        spec = parameters.PARAMETERS[code]
        return spec.read(self._parameters[code]) if code in self._parameters else spec.default


class Parameter(models.Model):
    """参数: one committee's own value where places differ (docs/parameters.md); absent means the default."""

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="parameters", verbose_name="政协")
    code = models.CharField("参数", max_length=64, choices=parameters.choices)
    value = models.CharField("取值", max_length=64)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参数"
        ordering = ["committee_id", "code"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="parameter_once")]

    def __str__(self):
        return f"{self.get_code_display()}:{self.value}"

    def clean(self):
        if self.code in parameters.PARAMETERS:
            parameters.PARAMETERS[self.code].validate(self.value)


class OrganisationKind(models.TextChoices):
    PARTY_OFFICE = "party_office", "党委办"
    GOVERNMENT_OFFICE = "government_office", "政府办"
    CPPCC_OFFICE = "cppcc_office", "政协办"
    SUPERVISION_OFFICE = "supervision_office", "督查室"
    HANDLING_UNIT = "handling_unit", "承办单位"
    TOWN = "town", "乡镇街道"
    VILLAGE_COMMITTEE = "village_committee", "村（居）“两委”"
    PARTY_GROUP = "party_group", "党派"
    MASS_ORGANISATION = "mass_organisation", "人民团体"
    PARTNER = "partner", "协作平台"
    THINK_TANK = "think_tank", "智库"


THREE_OFFICES = (OrganisationKind.PARTY_OFFICE, OrganisationKind.GOVERNMENT_OFFICE, OrganisationKind.CPPCC_OFFICE)


class OrganisationQuerySet(OwnedQuerySet):
    def of(self, committee):
        return self.filter(committee=committee, is_active=True)

    def three_offices(self):
        return self.filter(kind__in=THREE_OFFICES)

    def that_handle(self):
        """Those that a matter can be handed to."""
        return self.filter(
            kind__in=[OrganisationKind.HANDLING_UNIT, OrganisationKind.TOWN, OrganisationKind.VILLAGE_COMMITTEE]
        )


class Organisation(models.Model):
    """单位: the three offices, handling units, towns, village committees, parties, partner platforms."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="organisations", verbose_name="所属政协"
    )
    kind = models.CharField("类别", max_length=24, choices=OrganisationKind)
    name = models.CharField("名称", max_length=64)
    short_name = models.CharField("简称", max_length=24, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name="行政区划")
    leader_name = models.CharField("分管领导", max_length=32, blank=True, help_text="交办时预填为“定领导”")
    leader_post = models.CharField("领导职务", max_length=32, blank=True)
    default_handler = models.ForeignKey(
        "members.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="常用承办人"
    )
    proposals_are_key = models.BooleanField(
        "提案列入重点遴选", default=False, help_text="立案后自动成为重点提案候选，如民主党派、工商联"
    )
    is_active = models.BooleanField("启用", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["committee_id", "kind", "pk"]
        indexes = [models.Index(fields=["committee", "kind"], name="organisation_kind")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="organisation_name_once"),
            models.UniqueConstraint(
                fields=["committee", "kind"],
                condition=Q(kind__in=list(THREE_OFFICES)),
                name="organisation_one_of_each_office",
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.search.models import Searchable, SearchQuerySet
from members.models.bodies import Body, BodyKind, InForceQuerySet
from members.models.organisations import Committee, Organisation
from members.models.regions import Region
from members.roles import ROLES, Role, Scope


class MemberQuerySet(SearchQuerySet, InForceQuerySet):
    def visible_to(self, user):
        """The members of one's own committees; to visitors nobody (public pages show names by their own rule)."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(committee__in=user.committee_ids)


class Member(Searchable):
    """政协委员: a person's membership of a committee in a term; the person leaves by `until`, history stays."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name="用户"
    )
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="members", verbose_name="政协")
    term = models.PositiveSmallIntegerField("届次")
    sector = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        related_name="sector_members",
        limit_choices_to={"kind": BodyKind.SECTOR},
        verbose_name="界别",
    )
    is_standing = models.BooleanField("常务委员", default=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name="所在乡镇", related_name="+"
    )
    work_post = models.CharField("单位及职务", max_length=64, blank=True)
    specialties = models.CharField("专长", max_length=128, blank=True)
    since = models.DateField("任职起", default=timezone.localdate)
    until = models.DateField("任职止", null=True, blank=True)

    search_related = ("user",)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政协委员"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "sector"], name="member_sector"),
            models.Index(fields=["committee", "region"], name="member_region"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "committee", "term"], name="member_once_a_term"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.user.name

    def clean(self):
        if self.sector_id and self.committee_id and self.sector.committee_id != self.committee_id:
            raise ValidationError({"sector": "界别须属于同一个政协委员会。"})

    def search_document(self):
        return f"{self.user.name} {self.work_post} {self.specialties}"


class RoleGrantQuerySet(InForceQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(Q(user=user) | Q(committee__in=user.committee_ids))


class RoleGrant(models.Model):
    """授权: one person holds one role for a committee or for one of its organisations, from a day to a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=24, choices=Role)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="role_grants", verbose_name="政协")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants", verbose_name="单位"
    )
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        ordering = ["committee_id", "pk"]
        indexes = [models.Index(fields=["committee", "role"], name="grant_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "committee"],
                condition=Q(until__isnull=True, organisation__isnull=True),
                name="grant_once_in_committee",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organisation"],
                condition=Q(until__isnull=True, organisation__isnull=False),
                name="grant_once_in_organisation",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"

    def clean(self):
        if self.role not in ROLES:
            return
        needs_organisation = ROLES[self.role].scope == Scope.ORGANISATION
        if needs_organisation and not self.organisation_id:
            raise ValidationError({"organisation": f"“{self.get_role_display()}”要指明是哪个单位。"})
        if not needs_organisation and self.organisation_id:
            raise ValidationError({"organisation": f"“{self.get_role_display()}”是全会的角色，不填单位。"})
        if self.organisation_id and self.organisation.committee_id != self.committee_id:
            raise ValidationError({"organisation": "单位须属于同一个政协委员会。"})

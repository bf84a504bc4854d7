from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.search.models import Searchable, SearchQuerySet
from members.models.bodies import Body, BodyKind, InForceQuerySet, Membership
from members.models.organisations import Committee, Organisation
from members.models.regions import Region
from members.roles import ROLES, Permission, Role, Scope


class Party(models.TextChoices):
    """党派: personal data, shown to those who manage people only (domain 8.4)."""

    CPC = "cpc", "中共党员"
    RCCK = "rcck", "民革"
    CDL = "cdl", "民盟"
    CNDCA = "cndca", "民建"
    CAPD = "capd", "民进"
    CPWDP = "cpwdp", "农工党"
    ZGD = "zgd", "致公党"
    JIUSAN = "jiusan", "九三学社"
    TSL = "tsl", "台盟"
    NONE = "none", "无党派人士"
    MASSES = "masses", "群众"


class MemberQuerySet(SearchQuerySet, InForceQuerySet):
    def visible_to(self, user):
        """The members of one's own committees; to visitors nobody (public pages show names by their own rule)."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(committee__in=user.committee_ids)

    def public(self):
        """Those that visitors find (row 95)."""
        return self.in_force().filter(is_public=True)

    def looked_after_by(self, user):
        """Those whose duty `user` looks after: of the committee, or of the bodies of a township clerk (row 25)."""
        if not user.is_authenticated:
            return self.none()
        bodies = user.bodies_with(Permission.DUTY_LOOK_AFTER)
        if not bodies:
            return self.filter(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        held = Membership.objects.in_force().filter(body__in=bodies, member__isnull=False).values("member")
        return self.filter(Q(committee__in=user.committees_with(Permission.DUTY_MANAGE)) | Q(pk__in=held))

    def on_roster_of(self, user):
        """Those whom `user` reads on the people pages: as who manages people, or as who looks after their duty."""
        if not user.is_authenticated:
            return self.none()
        managed = user.committees_with(Permission.PEOPLE_MANAGE)
        looked_after = self.model.objects.looked_after_by(user).values("pk")
        return self.filter(Q(committee__in=managed) | Q(pk__in=looked_after))

    def not_ended(self, on):
        """In force on the day `on` or later: a membership that begins next week counts."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on))


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
    number = models.CharField("委员证号", max_length=32, blank=True)
    party = models.CharField("党派", max_length=8, choices=Party, blank=True)
    work_post = models.CharField("单位及职务", max_length=64, blank=True)
    specialties = models.CharField("专长", max_length=128, blank=True, help_text="几项之间用顿号隔开")
    introduction = models.TextField("履职简介", blank=True, validators=[MaxLengthValidator(1000)])
    is_public = models.BooleanField("公开展示", default=True, help_text="群众可以找到这位委员并提问；联系方式从不公开")
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
            models.UniqueConstraint(
                fields=["committee", "term", "number"],
                condition=~Q(number=""),
                name="member_number_once",
                violation_error_message="这个委员证号已登记给另一位委员。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.user.name

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        return self.since <= today and (self.until is None or self.until >= today)

    def clean(self):
        if self.sector_id and self.committee_id and self.sector.committee_id != self.committee_id:
            raise ValidationError({"sector": "界别须属于同一个政协委员会。"})

    def search_document(self):
        return f"{self.user.name} {self.work_post} {self.specialties}"


class ChangeKind(models.TextChoices):
    JOINED = "joined", "增补"
    CONTINUED = "continued", "换届连任"
    SECTOR = "sector", "调整界别"
    STANDING = "standing", "增选或不再担任常委"
    ON_LEAVE = "on_leave", "请假"
    LEAVE_DROPPED = "leave_dropped", "请假已撤销"
    RETURNED = "returned", "销假"
    ENDED = "ended", "不再担任委员"


class MemberChangeQuerySet(InForceQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(member__user=user) | Q(member__in=Member.objects.looked_after_by(user).values("pk")))


class MemberChange(models.Model):
    """委员变动: what changed about a membership, when and why; a leave has an end and excuses (domain 6.3)."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="changes", verbose_name="委员")
    kind = models.CharField("变动", max_length=16, choices=ChangeKind)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)
    before = models.CharField("原来", max_length=64, blank=True)
    after = models.CharField("现在", max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("办理时间")

    objects = MemberChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员变动"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="member_change_says_why"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_change_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.get_kind_display()}"


class RoleGrantQuerySet(InForceQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(Q(user=user) | Q(committee__in=user.committee_ids))


class RoleGrant(models.Model):
    """授权: one person holds one role for a committee, an organisation or a body of it, from a day to a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=24, choices=Role)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="role_grants", verbose_name="政协")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants", verbose_name="单位"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants", verbose_name="机构"
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
                condition=Q(until__isnull=True, organisation__isnull=True, body__isnull=True),
                name="grant_once_in_committee",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organisation"],
                condition=Q(until__isnull=True, organisation__isnull=False),
                name="grant_once_in_organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "body"],
                condition=Q(until__isnull=True, body__isnull=False),
                name="grant_once_in_body",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"

    def clean(self):
        """A role is held for what its scope says, inside the same committee."""
        if self.role not in ROLES:
            return
        problems = {}
        for scope, words in ((Scope.ORGANISATION, "单位"), (Scope.BODY, "机构")):
            needed, given = ROLES[self.role].scope == scope, getattr(self, str(scope))
            if needed and given is None:
                problems[str(scope)] = f"“{self.get_role_display()}”要指明是哪个{words}。"
            elif given is not None and not needed:
                problems[str(scope)] = f"“{self.get_role_display()}”不填{words}。"
            elif given is not None and given.committee_id != self.committee_id:
                problems[str(scope)] = f"{words}须属于同一个政协委员会。"
        if problems:
            raise ValidationError(problems)

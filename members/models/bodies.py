from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from members.models.organisations import Committee, Organisation
from members.models.owned import OwnedQuerySet
from members.models.regions import Region
from members.roles import Permission


class BodyKind(models.TextChoices):
    SPECIAL_COMMITTEE = "special_committee", "专门委员会"
    SECTOR = "sector", "界别"
    ACTIVITY_GROUP = "activity_group", "活动小组"
    DUTY_GROUP = "duty_group", "履职小组"
    LIAISON_GROUP = "liaison_group", "乡镇政协联络组"
    PARTY_ORGANISATION = "party_organisation", "党组织"
    SERVICE_TEAM = "service_team", "特色工作队"
    SUPERVISION_TEAM = "supervision_team", "监督小组"
    DELIBERATION_COUNCIL = "deliberation_council", "协商议事会"
    EXPERT_POOL = "expert_pool", "人才库"
    CHAIR_MEETING = "chair_meeting", "主席会议"
    OFFICE = "office", "办公室"
    LEADING_GROUP = "leading_group", "领导小组"
    TASK_FORCE = "task_force", "工作专班"
    ZONE = "zone", "片区"
    WORK_UNIT = "work_unit", "协商工作单元"


class PartyLevel(models.TextChoices):
    """The levels that places know, from the top; a place uses four of them or all six (rows 54, 117)."""

    LEADING_GROUP = "leading_group", "政协党组"
    ORGAN_GROUP = "organ_group", "机关党组"
    ORGAN_COMMITTEE = "organ_committee", "机关党委"
    FUNCTIONAL_BRANCH = "functional_branch", "功能型党支部"
    MEMBER_GROUP = "member_group", "党员委员活动小组"
    TEMPORARY_CELL = "temporary_cell", "临时党组织"


PARTY_ORDER = {level: place for place, level in enumerate(PartyLevel.values)}
"""The higher the smaller; a party organisation stands below one of a smaller number."""

HOSTS = (BodyKind.SPECIAL_COMMITTEE, BodyKind.OFFICE)
"""Kinds that take in members (全员入委), carry party branches and guide zones and councils."""


class BodyQuerySet(OwnedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def with_sector_members(self):
        """Each with `in_sector`: how many members in force belong to it as their sector."""
        today = timezone.localdate()
        serving = Q(sector_members__since__lte=today) & (
            Q(sector_members__until__isnull=True) | Q(sector_members__until__gte=today)
        )
        return self.annotate(in_sector=models.Count("sector_members", filter=serving))

    def holding(self, user):
        """Those in which `user` has a seat in force."""
        seats = Membership.objects.in_force().filter(member__user=user)
        return self.filter(pk__in=seats.values("body"))


class Body(models.Model):
    """组织机构: any group of people inside a committee; one tree with kinds (rows 15, 17, 23, 41, 50, 168 …).

    `host` is the special committee that a party branch is set up in, or that guides a zone or a council (54, 118, 168).
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="bodies", verbose_name="所属政协")
    kind = models.CharField("类别", max_length=24, choices=BodyKind)
    name = models.CharField("名称", max_length=64)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    host = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="hosted",
        limit_choices_to={"kind__in": HOSTS}, verbose_name="依托或指导的专委会",
    )  # fmt: skip
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name="行政区划")
    party_level = models.CharField("党组织层级", max_length=20, choices=PartyLevel, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    feature = models.CharField(
        "特色", max_length=64, blank=True, help_text="一委一题一精品、一支部一特色、工作队的专长"
    )
    introduction = models.TextField("职责和简介", blank=True, validators=[MaxLengthValidator(2000)])
    rules_text = models.TextField("议事规则", blank=True, validators=[MaxLengthValidator(10000)])
    organisations = models.ManyToManyField(
        Organisation,
        blank=True,
        related_name="bodies",
        verbose_name="对接单位",
        help_text="监督、联系或依托的单位和乡镇街道",
    )
    is_sensitive = models.BooleanField("公开页不显示", default=False, help_text="如宗教界，会显示个人信仰的界别")
    is_active = models.BooleanField("启用", default=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True, editable=False)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织机构"
        ordering = ["committee_id", "kind", "pk"]
        indexes = [models.Index(fields=["committee", "kind"], name="body_kind")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "name"], name="body_name_once"),
            models.CheckConstraint(condition=Q(kind__in=BodyKind.values), name="body_kind_known"),
            models.CheckConstraint(
                condition=Q(party_level="") | Q(kind=BodyKind.PARTY_ORGANISATION, party_level__in=PartyLevel.values),
                name="body_party_level_of_party",
                violation_error_message="只有党组织才有党组织层级。",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("body", args=[self.pk])

    def clean(self):
        """In one committee, in no circle, party below party."""
        for name, other in (("parent", self.parent), ("host", self.host)):
            if other is not None and other.committee_id != self.committee_id:
                raise ValidationError({name: f"“{other}”属于别的政协委员会。"})
        if self.host and self.host.kind not in HOSTS:
            raise ValidationError({"host": f"“{self.host}”不是专委会或办公室。"})
        if self.parent:
            self._clean_parent(self.parent)

    def _clean_parent(self, parent):
        if not parent.is_active:
            raise ValidationError({"parent": f"“{parent}”已经撤销，请另选上级。"})
        if self.is_party != parent.is_party:
            why = "党组织只能设在党组织之下，其他机构不能设在党组织之下；与专委会的关系填“依托或指导的专委会”。"
            raise ValidationError({"parent": why})
        above = dict(Body.objects.filter(committee=self.committee_id).values_list("pk", "parent_id"))
        walker = parent.pk
        while walker is not None:
            if walker == self.pk:
                raise ValidationError({"parent": f"“{parent}”在“{self}”之下，不能又作它的上级。"})
            walker = above.get(walker)

    @property
    def is_party(self) -> bool:
        return self.kind == BodyKind.PARTY_ORGANISATION


class Post(models.TextChoices):
    CHAIR = "chair", "主席"
    VICE_CHAIR = "vice_chair", "副主席"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    DIRECTOR = "director", "主任"
    DEPUTY = "deputy", "副主任"
    PARTY_SECRETARY = "party_secretary", "书记"
    LEADER = "leader", "组长"
    VICE_LEADER = "vice_leader", "副组长"
    CONVENER = "convener", "召集人"
    SECRETARY = "secretary", "政协秘书"
    ADVISER = "adviser", "顾问"
    CORE = "core", "专委"  # meets every quarter (row 52)
    MEMBER = "member", "委员"


LEADING_POSTS = (
    Post.CHAIR, Post.DIRECTOR, Post.PARTY_SECRETARY, Post.LEADER, Post.CONVENER,
)  # fmt: skip

GROUP_POSTS = (Post.LEADER, Post.VICE_LEADER, Post.CONVENER, Post.SECRETARY, Post.ADVISER, Post.MEMBER)
POSTS = {
    BodyKind.SPECIAL_COMMITTEE: (Post.DIRECTOR, Post.DEPUTY, Post.CORE, Post.MEMBER),
    BodyKind.SECTOR: (Post.CONVENER, Post.MEMBER),
    BodyKind.LIAISON_GROUP: (Post.DIRECTOR, Post.DEPUTY, *GROUP_POSTS),
    BodyKind.PARTY_ORGANISATION: (Post.PARTY_SECRETARY, Post.LEADER, Post.VICE_LEADER, Post.MEMBER),
    BodyKind.CHAIR_MEETING: (Post.CHAIR, Post.VICE_CHAIR, Post.SECRETARY_GENERAL, Post.MEMBER),
    BodyKind.OFFICE: (Post.DIRECTOR, Post.DEPUTY, Post.CORE, Post.MEMBER),
}
"""The posts that a kind knows; every other kind those of a group."""

SINGLE_POSTS = (Post.DIRECTOR, Post.DEPUTY)
"""Of these a special committee has exactly one: 1+1+N (row 15)."""

MEMBERS_ONLY = (BodyKind.SPECIAL_COMMITTEE, BodyKind.SECTOR, BodyKind.ACTIVITY_GROUP, BodyKind.CHAIR_MEETING)
"""Kinds in which only members of the committee sit."""

KEEPS_TOWNS = (BodyKind.LEADING_GROUP, BodyKind.ZONE, BodyKind.CHAIR_MEETING)
"""Kinds in which each person keeps contact with towns (rows 168, 176)."""

APPOINTING = (BodyKind.DELIBERATION_COUNCIL, BodyKind.EXPERT_POOL)
"""Kinds whose people are mostly no members, appointed for a time (rows 169, 188)."""


class Bond(models.TextChoices):
    """组织关系一方隶属、参加双重组织生活 (row 92)."""

    AFFILIATION = "affiliation", "组织关系"
    ACTIVITY = "activity", "活动支部"


class Standing(models.TextChoices):
    """What somebody who is no member stands for, in a council or an expert pool (rows 169, 188)."""

    PARTY_DELEGATE = "party_delegate", "党代表"
    DEPUTY = "deputy", "人大代表"
    VILLAGE_CADRE = "village_cadre", "村（社区）干部"
    ELDER = "elder", "“五老”人员"
    NOTABLE = "notable", "乡贤"
    ENTERPRISE = "enterprise", "企业代表"
    EXPERT = "expert", "专家学者"
    PUBLIC = "public", "群众代表"
    OTHER = "other", "其他"


class InForceQuerySet(models.QuerySet):
    """Rows with `since` and `until` (dates, both inclusive; an empty end is open)."""

    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(since__lte=on).filter(Q(until__isnull=True) | Q(until__gte=on))


class MembershipQuerySet(InForceQuerySet):
    def visible_to(self, user):
        """Party bonds are personal data: for those who manage people, and those who sit there too."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        managed = Q(body__committee__in=user.committees_with(Permission.PEOPLE_MANAGE))
        own = Q(member__user=user)
        fellows = Q(body__in=self.model.objects.in_force().filter(member__user=user).values("body"))
        party = Q(body__kind=BodyKind.PARTY_ORGANISATION)
        return self.filter(body__committee__in=user.committee_ids).filter(managed | own | fellows | ~party)

    def leading(self):
        return self.filter(post__in=LEADING_POSTS)

    def by_rank(self):
        """In the order of the posts, the longest in office first."""
        ranks = [When(post=post, then=Value(rank)) for rank, post in enumerate(Post.values)]
        return self.order_by(Case(*ranks, output_field=IntegerField()), "since", "pk")


class Membership(models.Model):
    """任职: somebody's post in a body, from a day to a day; closed, never deleted (rows 15, 23, 52, 92, 169, 201).

    A member by `member`, anybody else by name, title and what the person stands for; `until` in the future is the end
    of an appointment.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts", verbose_name="机构")
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="委员"
    )
    person_name = models.CharField("姓名", max_length=32, blank=True, help_text="不是委员的人填写")
    person_title = models.CharField("单位及职务", max_length=64, blank=True)
    standing = models.CharField("身份", max_length=16, choices=Standing, blank=True)
    specialty = models.CharField("专长", max_length=64, blank=True)
    post = models.CharField("职务", max_length=20, choices=Post, default=Post.MEMBER)
    bond = models.CharField("组织生活", max_length=16, choices=Bond, blank=True, help_text="只用于党组织")
    regions = models.ManyToManyField(
        Region,
        blank=True,
        related_name="+",
        verbose_name="联系的乡镇街道",
        help_text="领导小组成员、片区负责人填写",
    )
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["body_id", "pk"]
        indexes = [models.Index(fields=["member", "until"], name="membership_of_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "member", "post"], condition=Q(until__isnull=True), name="membership_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["body", "person_name", "person_title", "post"],
                condition=Q(until__isnull=True, member__isnull=True),
                name="membership_person_once",
            ),
            models.UniqueConstraint(
                fields=["member", "bond"],
                condition=Q(until__isnull=True) & ~Q(bond=""),
                name="membership_one_bond_of_each",
                violation_error_message="一名党员只有一个组织关系，另可参加一个活动支部。",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, person_name="") | Q(member__isnull=True) & ~Q(person_name=""),
                name="membership_is_one_person",
                violation_error_message="请选择一位委员，或填写一位非委员的姓名。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.get_post_display()} {self.person}"

    @property
    def person(self) -> str:
        return str(self.member) if self.member_id else self.person_name

    @property
    def post_label(self) -> str:
        """Who is no member is not called one."""
        return "成员" if self.post == Post.MEMBER and not self.member_id else self.get_post_display()


class OfBodyQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(body__committee__in=user.committee_ids)


class IntakeQuerySet(OfBodyQuerySet, InForceQuerySet):
    def current(self):
        """What has not been given up; what is given up counts no more from that day."""
        return self.filter(until__isnull=True)


class Intake(models.Model):
    """归口: which sector or region a special committee (or the office) takes its members from (rows 17, 41, 50)."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="intakes", verbose_name="专委会")
    sector = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_by",
        limit_choices_to={"kind": BodyKind.SECTOR}, verbose_name="界别",
    )  # fmt: skip
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）或乡镇"
    )
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "归口"
        ordering = ["body_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sector"],
                condition=Q(until__isnull=True, sector__isnull=False),
                name="intake_sector_once",
                violation_error_message="一个界别同一时期只归口一个专委会。",
            ),
            models.UniqueConstraint(
                fields=["body", "region"],
                condition=Q(until__isnull=True, region__isnull=False),
                name="intake_region_once",
            ),
            models.CheckConstraint(
                condition=Q(sector__isnull=False, region__isnull=True) | Q(sector__isnull=True, region__isnull=False),
                name="intake_is_sector_or_region",
                violation_error_message="请选择一个界别或一个地方。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="intake_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.sector or self.region}归口{self.body}"


class BodyBudget(models.Model):
    """工作经费: what a body may spend in a year and what it spent, in yuan (row 175)."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="budgets", verbose_name="机构")
    year = models.PositiveSmallIntegerField("年度")
    granted = models.DecimalField("预算（元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    spent = models.DecimalField(
        "已支出（元）", max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    source = models.CharField("来源", max_length=64, blank=True, help_text="如：纳入区级财政预算")

    objects = OfBodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作经费"
        ordering = ["-year", "body_id"]
        constraints = [models.UniqueConstraint(fields=["body", "year"], name="body_budget_once")]

    def __str__(self):
        return f"{self.body} {self.year} 年工作经费"

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Member, Region
from members.roles import Permission
from proposals.models.categories import Category
from proposals.models.micro import MicroProposal
from proposals.models.proposals import Proposal
from proposals.states import BULLETIN_MOVES, INFORMATION_MOVES, TONES, BulletinState, InformationState

S = InformationState


class BulletinQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Internal sheets: who reads the committee's information."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.INFORMATION_VIEW))


class Bulletin(Searchable):
    """社情民意专期: one numbered issue, edited from one or several reports, signed and sent (domain 2.2)."""

    TRANSITIONS = BULLETIN_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="bulletins", verbose_name="政协")
    year = models.PositiveSmallIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("期号", null=True, editable=False)
    title = models.CharField("标题", max_length=64)
    text = models.TextField("正文", validators=[MaxLengthValidator(6000)])
    range = models.CharField("报送范围", max_length=200, help_text="如：县委、县政府，市政协研究室")
    state = models.CharField(
        "状态", max_length=12, choices=BulletinState, default=BulletinState.EDITING, editable=False
    )
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="采编人"
    )
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="签发人",
    )  # fmt: skip
    issued_at = models.DateTimeField("签发时间", null=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社情民意专期"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="bulletin_state")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "number"], name="bulletin_number_once"),
            models.CheckConstraint(condition=Q(state__in=BulletinState.values), name="bulletin_state_known"),
            models.CheckConstraint(
                condition=~Q(state=BulletinState.ISSUED)
                | Q(number__isnull=False, signer__isnull=False, issued_at__isnull=False),
                name="bulletin_issued_is_signed",
            ),
        ]

    def __str__(self):
        return f"{self.serial}《{self.title}》" if self.number else self.title

    def get_absolute_url(self):
        return reverse("bulletin", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.text}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def serial(self) -> str:
        return f"{self.year}年第{self.number}期" if self.number else ""


class InformationQuerySet(SearchQuerySet):
    def by(self, user):
        return self.filter(drafter=user)

    def visible_to(self, user):
        """Its author, and who reads the committee's information; never the public."""
        if not user.is_authenticated:
            return self.none()
        read = Q(committee__in=user.committees_with(Permission.INFORMATION_VIEW)) & ~Q(state__in=[S.DRAFT, S.WITHDRAWN])
        return self.filter(Q(drafter=user) | Q(author__in=user.member_ids.values()) | read)


class Information(Searchable):
    """社情民意信息: a report of what people think and need, in three parts, on its way to those who decide
    (rows 48, 85, 112, 142)."""

    TRANSITIONS = INFORMATION_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="information", verbose_name="政协")
    author = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="information", verbose_name="反映人"
    )
    reporter = models.CharField("反映单位或个人", max_length=64, blank=True, help_text="不是委员个人反映的填写")
    drafter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="录入人"
    )
    title = models.CharField("标题", max_length=50)
    problem = models.TextField("情况和问题", blank=True, validators=[MaxLengthValidator(3000)])
    cause = models.TextField("原因分析", blank=True, validators=[MaxLengthValidator(3000)])
    suggestion = models.TextField("意见建议", blank=True, validators=[MaxLengthValidator(3000)])
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领域"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地"
    )
    word = models.ForeignKey(
        "workstations.Word", on_delete=models.PROTECT, null=True, blank=True, editable=False,
        related_name="information", verbose_name="来自群众反映",
    )  # fmt: skip
    micro = models.ForeignKey(
        MicroProposal, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="information",
        verbose_name="来自微建议",
    )  # fmt: skip
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="information",
        verbose_name="来自提案",
    )  # fmt: skip
    state = models.CharField("状态", max_length=12, choices=S, default=S.DRAFT, editable=False)
    year = models.PositiveSmallIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("登记号", null=True, editable=False)
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="doubles", verbose_name="与之重复"
    )
    bulletin = models.ForeignKey(
        Bulletin, on_delete=models.PROTECT, null=True, editable=False, related_name="reports", verbose_name="编入"
    )
    words = models.CharField("处理意见", max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    submitted_at = models.DateTimeField("报送时间", null=True, editable=False)

    objects = InformationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社情民意信息"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="information_state"),
            models.Index(fields=["committee", "category", "-id"], name="information_category"),
            models.Index(fields=["committee", "year", "-id"], name="information_year"),
            models.Index(fields=["author", "-id"], name="information_author"),
            models.Index(fields=["drafter", "-id"], name="information_drafter"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "number"], name="information_number_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="information_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN]) | Q(submitted_at__isnull=False),
                name="information_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.IN_ISSUE, S.ISSUED]) | Q(bulletin__isnull=False),
                name="information_in_issue_has_issue",
            ),
        ]

    def __str__(self):
        return self.title or "(未命名)"

    def get_absolute_url(self):
        return reverse("information", args=[self.key])

    def search_document(self):
        return f"{self.title} {self.problem} {self.cause} {self.suggestion}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def serial(self) -> str:
        return f"信息〔{self.year}〕{self.number}号" if self.number else ""


class Level(models.TextChoices):
    """To whom an issue went; the levels are those of adoption facts (members/facts.py)."""

    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    NATION = "nation", "全国级"


class OfBulletinQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(bulletin__in=Bulletin.objects.visible_to(user).values("pk"))


class Delivery(models.Model):
    """报送: one issue sent to one receiver, and whether it was adopted there (采用)."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="deliveries", verbose_name="专期")
    level = models.CharField("层级", max_length=12, choices=Level)
    receiver = models.CharField("报送单位", max_length=64, help_text="如：县委办公室、市政协研究室")
    sent_on = models.DateField("报送日期")
    adopted_on = models.DateField("采用日期", null=True, blank=True)
    adopted_as = models.CharField("采用情况", max_length=200, blank=True, help_text="如：《每日要情》第 31 期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )

    objects = OfBulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送"
        ordering = ["bulletin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "receiver"], name="information_delivery_once"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="delivery_level_known"),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True) | Q(adopted_on__gte=models.F("sent_on")),
                name="delivery_adopted_after_sending",
            ),
        ]

    def __str__(self):
        return f"{self.bulletin} → {self.receiver}"

    @property
    def scope(self):
        return self.bulletin.committee_id

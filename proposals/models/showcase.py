from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.roles import Permission
from proposals.models.proposals import Proposal
from proposals.states import COMMENT_MOVES, FILED, PUBLISHED, TONES, CommentState, Satisfaction

WEB_ADDRESS = URLValidator(["https", "http"], message="请填写完整的网址，以 https:// 或 http:// 开头。")


class ShowcaseQuerySet(models.QuerySet):
    def public(self):
        return self.filter(
            is_open=True, proposal__state__in=FILED, proposal__publication__in=PUBLISHED, proposal__is_key=True
        )

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        managed = Q(proposal__committee__in=user.committees_with(Permission.PROPOSAL_REVIEW))
        return self.filter(managed | Q(pk__in=self.model.objects.public().values("pk")))


class Showcase(models.Model):
    """全程公开: the public timeline of a key proposal's handling, with votes and comments (rows 12, 13)."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="showcase", verbose_name="提案")
    is_open = models.BooleanField("对外公开", default=False, editable=False)
    takes_votes = models.BooleanField("接受评价和留言", default=True)
    opened_at = models.DateTimeField("公开时间", null=True, editable=False)

    objects = ShowcaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "全程公开"

    def __str__(self):
        return f"{self.proposal}全程公开"

    def get_absolute_url(self):
        return reverse("showcase", args=[self.proposal.key])

    @property
    def scope(self):
        return self.proposal.committee_id


class Stage(models.TextChoices):
    FILED = "filed", "立案"
    ASSIGNED = "assigned", "交办"
    SURVEY = "survey", "调研"
    TALK = "talk", "面商"
    SUPERVISION = "supervision", "督办"
    REPLY = "reply", "答复"
    EFFECT = "effect", "成效"


class ShowcaseEntry(models.Model):
    """公开环节: what happened at one stage, with links to the media that reported it; public once published."""

    showcase = models.ForeignKey(Showcase, on_delete=models.PROTECT, related_name="entries", verbose_name="全程公开")
    stage = models.CharField("环节", max_length=12, choices=Stage)
    on = models.DateField("日期")
    title = models.CharField("标题", max_length=64)
    words = models.TextField("内容", max_length=1000)
    published_at = models.DateTimeField("公开时间", null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "公开环节"
        ordering = ["showcase", "on", "pk"]
        constraints = [models.UniqueConstraint(fields=["showcase", "stage", "on", "title"], name="showcase_entry_once")]

    def __str__(self):
        return self.title

    @property
    def scope(self):
        return self.showcase.scope


class MediaLink(models.Model):
    """媒体报道: television, a news site … that reported a stage."""

    entry = models.ForeignKey(ShowcaseEntry, on_delete=models.CASCADE, related_name="links", verbose_name="环节")
    outlet = models.CharField("媒体", max_length=32, help_text="如：县电视台")
    title = models.CharField("标题", max_length=64)
    url = models.CharField("链接", max_length=200, validators=[WEB_ADDRESS])

    class Meta:
        verbose_name = verbose_name_plural = "媒体报道"
        ordering = ["entry", "pk"]

    def __str__(self):
        return f"{self.outlet}：{self.title}"


class ShowcaseVote(models.Model):
    """群众评价: one a person; the row keeps a keyed digest of who voted, never who."""

    showcase = models.ForeignKey(Showcase, on_delete=models.PROTECT, related_name="votes", verbose_name="全程公开")
    voter = models.CharField("投票人摘要", max_length=64, editable=False)
    satisfaction = models.CharField("评价", max_length=16, choices=Satisfaction)
    on = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "群众评价"
        constraints = [
            models.UniqueConstraint(fields=["showcase", "voter"], name="showcase_vote_once"),
            models.CheckConstraint(condition=Q(satisfaction__in=Satisfaction.values), name="showcase_vote_known"),
        ]

    def __str__(self):
        return self.get_satisfaction_display()


class CommentQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(state=CommentState.SHOWN)

    def visible_to(self, user):
        """Shown ones with their showcase; the rest to those who read them first, and to the unit what it answers."""
        public = Q(state=CommentState.SHOWN, showcase__in=Showcase.objects.public().values("pk"))
        if not user.is_authenticated:
            return self.filter(public)
        managed = Q(showcase__proposal__committee__in=user.committees_with(Permission.PROPOSAL_REVIEW))
        units = user.organisations_with(Permission.MATTER_HANDLE)
        return self.filter(public | managed | Q(state=CommentState.SHOWN, showcase__proposal__unit__in=units))


class ShowcaseComment(models.Model):
    """群众留言: read first, then shown or not with the reason; who wrote it finds both by a receipt code; the unit
    answers."""

    TRANSITIONS = COMMENT_MOVES

    showcase = models.ForeignKey(Showcase, on_delete=models.PROTECT, related_name="comments", verbose_name="全程公开")
    words = models.CharField("留言", max_length=500)
    receipt = models.CharField("查询码摘要", max_length=64, unique=True, editable=False)
    state = models.CharField("状态", max_length=8, choices=CommentState, default=CommentState.WAITING, editable=False)
    at = models.DateTimeField("留言时间", editable=False)
    why_hidden = models.CharField("不公开的原因", max_length=200, blank=True, editable=False)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="审核人",
    )  # fmt: skip
    answer = models.CharField("单位回应", max_length=500, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="回应人",
    )  # fmt: skip
    answered_at = models.DateTimeField("回应时间", null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群众留言"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["showcase", "state", "-id"], name="showcase_comment_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CommentState.values), name="showcase_comment_state_known"),
            models.CheckConstraint(
                condition=~Q(state=CommentState.HIDDEN) | ~Q(why_hidden=""), name="showcase_comment_hidden_says_why"
            ),
        ]

    def __str__(self):
        return self.words if len(self.words) <= 30 else f"{self.words[:29]}…"

    def get_absolute_url(self):
        return reverse("showcase-comment", args=[self.pk])

    @property
    def scope(self):
        return self.showcase.scope

    @property
    def tone(self):
        return TONES[self.state]

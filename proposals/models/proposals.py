import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Body, Committee, Member, Organisation
from members.roles import Permission
from proposals.models.categories import Category, RejectionGround
from proposals.models.micro import MicroProposal
from proposals.models.plenaries import Plenary
from proposals.states import (
    COLLECTIVE,
    FILED,
    PROPOSAL_MOVES,
    PUBLISHED,
    TONES,
    UNSENT,
    ProposalState,
    ProposerKind,
    PublicationLevel,
    ReplyGrade,
    ReviewResult,
    Satisfaction,
    SignatureRole,
    SignatureState,
    Timing,
)

S = ProposalState
PUBLIC = Q(state__in=FILED, publication__in=PUBLISHED)
LONGEST = 3000
"""Characters of each of the three parts."""


class ProposalQuerySet(SearchQuerySet):
    def public(self):
        """What everybody may read: filed, and not kept back."""
        return self.filter(PUBLIC)

    def signed_by(self, user):
        """Those that `user` signs, was asked to sign, or writes for a body or an organisation."""
        if not user.is_authenticated:
            return self.none()
        mine = Signature.objects.filter(member__in=user.member_ids.values()).exclude(state=SignatureState.DECLINED)
        return self.filter(Q(drafter=user) | Q(pk__in=mine.values("proposal")))

    def followed_by(self, user):
        """Those whose whole story one may read: signers, the committee's staff and offices, the units they went to."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.exclude(state=S.DRAFT) | self.filter(drafter=user)
        seen = Q(pk__in=self.model.objects.signed_by(user).values("pk"))
        if committees := user.committees_with(Permission.PROPOSAL_VIEW):
            seen |= Q(committee__in=committees) & ~Q(state__in=UNSENT)
        if units := user.organisations_with(Permission.MATTER_HANDLE):
            seen |= Q(pk__in=self.model.objects.filter(assignments__unit__in=units).values("pk"))
        return self.filter(seen)

    def visible_to(self, user):
        """Those that one follows, and the public ones."""
        if not user.is_authenticated:
            return self.public()
        followed = self.model.objects.followed_by(user).values("pk")
        return self.filter(Q(pk__in=followed) | PUBLIC)

    def files_visible_to(self, user):
        """Papers may hold telephone numbers that nobody can cover, so they stay with those who follow it."""
        return self.followed_by(user)


class Proposal(Searchable):
    """提案: a formal written opinion, put by one member, several, or a body; reviewed, filed, handled, answered
    (rows 80, 133).

    `drafter` types and speaks for it; who signs stands in Signature. `points` are its suggestions one by one, which a
    reply answers one by one. Of a merged one (并案) `lead` is the case that it is handled with. `unit`, `grade` and
    `satisfaction` repeat how the lead unit's last reply stands, so that lists and figures ask one table.
    """

    TRANSITIONS = PROPOSAL_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="proposals", verbose_name="政协")
    plenary = models.ForeignKey(
        Plenary, on_delete=models.PROTECT, null=True, editable=False, related_name="proposals", verbose_name="届次"
    )
    timing = models.CharField("提出时间", max_length=8, choices=Timing, blank=True, editable=False)
    number = models.PositiveIntegerField("编号", null=True, editable=False)
    kind = models.CharField("提案者", max_length=8, choices=ProposerKind, default=ProposerKind.MEMBER)
    drafter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="起草人",
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党派团体"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专委会、界别或小组"
    )
    title = models.CharField("案由", max_length=50, help_text="《关于……的提案》")
    situation = models.TextField("情况", blank=True, validators=[MaxLengthValidator(LONGEST)])
    analysis = models.TextField("分析", blank=True, validators=[MaxLengthValidator(LONGEST)])
    points = models.JSONField("建议", default=list, blank=True, help_text="一条一条写，承办单位逐条答复")
    sphere = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分类"
    )
    fields = models.ManyToManyField(Category, blank=True, related_name="+", verbose_name="民生领域")
    state = models.CharField("状态", max_length=12, choices=S, default=S.DRAFT, editable=False)
    lead = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged", verbose_name="并入"
    )
    publication = models.CharField(
        "公开方式", max_length=8, choices=PublicationLevel, default=PublicationLevel.NONE, editable=False
    )
    private_reason = models.CharField("不公开的理由", max_length=200, blank=True, editable=False)
    public_summary = models.TextField("公开摘要", blank=True, editable=False, validators=[MaxLengthValidator(1000)])
    is_key = models.BooleanField("重点提案", default=False, editable=False)
    is_excellent = models.BooleanField("优秀提案", default=False, editable=False)
    unit = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="主办单位"
    )
    co_units = models.CharField(
        "会办单位", max_length=200, blank=True, editable=False, help_text="历年导入的提案，按原表记名"
    )
    grade = models.CharField("办理结果", max_length=1, choices=ReplyGrade, blank=True, editable=False)
    satisfaction = models.CharField("评价", max_length=16, choices=Satisfaction, blank=True, editable=False)
    micro = models.ForeignKey(
        MicroProposal, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="proposals",
        verbose_name="来自微建议",
    )  # fmt: skip
    word = models.ForeignKey(
        "workstations.Word", on_delete=models.PROTECT, null=True, blank=True, editable=False,
        related_name="proposals", verbose_name="来自群众反映",
    )  # fmt: skip
    is_imported = models.BooleanField("历年导入", default=False, editable=False)
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_index=True)
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    filed_at = models.DateTimeField("立案时间", null=True, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提案"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="proposal_state"),
            models.Index(fields=["committee", "plenary", "-id"], name="proposal_plenary"),
            models.Index(fields=["committee", "kind", "-id"], name="proposal_kind"),
            models.Index(fields=["committee", "sphere", "-id"], name="proposal_sphere"),
            models.Index(fields=["committee", "unit", "-id"], name="proposal_unit"),
            models.Index(fields=["committee", "grade", "-id"], name="proposal_grade"),
            models.Index(fields=["committee", "-id"], name="proposal_committee"),
            models.Index(fields=["committee", "-id"], name="proposal_key", condition=Q(is_key=True)),
            models.Index(fields=["committee", "-id"], name="proposal_public", condition=PUBLIC),
            models.Index(fields=["drafter", "-id"], name="proposal_drafter"),
            models.Index(fields=["lead"], name="proposal_lead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plenary", "number"], name="proposal_number_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="proposal_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ProposerKind.values), name="proposal_kind_known"),
            models.CheckConstraint(
                condition=~Q(state__in=FILED) | Q(number__isnull=False, plenary__isnull=False, filed_at__isnull=False),
                name="proposal_filed_is_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.MERGED) | Q(lead__isnull=False), name="proposal_merged_has_lead"
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=True) | ~Q(lead=models.F("pk")), name="proposal_not_own_lead"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED) | Q(closed_at__isnull=False), name="proposal_closed_has_time"
            ),
        ]

    def __str__(self):
        return self.title or "(未命名)"

    def get_absolute_url(self):
        return reverse("proposal-detail", args=[self.key])

    def search_document(self):
        return " ".join([self.title, self.situation, self.analysis, *self.points])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def is_collective(self) -> bool:
        return self.kind in COLLECTIVE

    @property
    def proposer(self) -> str:
        """In whose name it is put: a body, an organisation, or the first signer and how many signed.

        Reads `signatures` with their members; lists prefetch "signatures__member__user".
        """
        if self.is_collective:
            return str(self.organisation or self.body or self.get_kind_display())
        signed = [row for row in self.signatures.all() if row.state == SignatureState.SIGNED]
        people = [str(row) for row in signed if row.role in (SignatureRole.FIRST, SignatureRole.JOINT)]
        if not people:
            return "委员"
        return people[0] if len(people) == 1 else f"{people[0]}等{len(people)}人"

    @property
    def serial(self) -> str:
        """“十届三次会议第12号”, or nothing before it is filed."""
        return f"{self.plenary}第{self.number}号" if self.number else ""


class SignatureQuerySet(models.QuerySet):
    def signed(self):
        return self.filter(state=SignatureState.SIGNED)

    def asked_of(self, user):
        """Invitations that wait for the word of `user`, under proposals that can still take it."""
        waiting = self.filter(state=SignatureState.ASKED, proposal__state__in=[S.DRAFT, S.RETURNED])
        return waiting.filter(member__in=user.member_ids.values()) if user.is_authenticated else self.none()


class Signature(models.Model):
    """签名: one person under a proposal; co-signers confirm by their own login (domain 1.1).

    Rows of earlier years that were imported have a name and no member.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="signatures", verbose_name="提案")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name="委员"
    )
    name = models.CharField("姓名", max_length=32, blank=True)
    role = models.CharField("署名", max_length=8, choices=SignatureRole)
    state = models.CharField("状态", max_length=8, choices=SignatureState, default=SignatureState.ASKED)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    asked_at = models.DateTimeField("邀请时间", null=True, editable=False)
    answered_at = models.DateTimeField("确认时间", null=True, editable=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "签名"
        ordering = ["proposal", "position", "pk"]
        indexes = [models.Index(fields=["member", "state", "-proposal"], name="signature_of_member")]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "member"], name="proposal_signature_once"),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(role=SignatureRole.FIRST), name="signature_one_first"
            ),
            models.CheckConstraint(condition=Q(member__isnull=False) | ~Q(name=""), name="signature_is_somebody"),
            models.CheckConstraint(condition=Q(state__in=SignatureState.values), name="signature_state_known"),
        ]

    def __str__(self):
        return str(self.member) if self.member_id else self.name

    @property
    def tone(self):
        return "ok" if self.state == SignatureState.SIGNED else TONES.get(self.state, "soon")


class ProposalReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(proposal__in=Proposal.objects.followed_by(user).values("pk"))


class ProposalReview(models.Model):
    """审查: one look at a submitted proposal, by eligibility, content and form, with its result (domain 1.2)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reviews", verbose_name="提案")
    eligible = models.BooleanField("提案者资格", default=True)
    content_ok = models.BooleanField("内容", default=True)
    form_ok = models.BooleanField("格式", default=True)
    result = models.CharField("审查结果", max_length=8, choices=ReviewResult)
    grounds = models.ManyToManyField(RejectionGround, blank=True, related_name="+", verbose_name="不予立案理由")
    words = models.CharField("审查意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="审查人")
    at = models.DateTimeField("时间")

    objects = ProposalReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提案审查"
        ordering = ["proposal", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=ReviewResult.values), name="proposal_review_result_known")
        ]

    def __str__(self):
        return f"{self.proposal}：{self.get_result_display()}"

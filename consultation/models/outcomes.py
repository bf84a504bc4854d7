import uuid

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from consultation.models.consultations import Consultation
from consultation.states import (
    OUTCOME_MOVES,
    PUBLIC_CONSULTATIONS,
    PUBLIC_OUTCOMES,
    ROUTES,
    TASK_MOVES,
    TONES,
    OutcomeClass,
    OutcomeRoute,
    OutcomeState,
    TaskState,
)
from members.models import Committee, Organisation
from members.roles import Permission

S, R, K = OutcomeState, OutcomeRoute, TaskState
_NOT_YET = Q(state=S.DRAFTED)
_A, _B, _C = (Q(outcome_class=letter) for letter in OutcomeClass.values)


def _valid_pairs():
    pairs = Q(outcome_class="", route="")
    for letter, routes in ROUTES.items():
        pairs |= Q(outcome_class=letter, route__in=list(routes))
    return pairs


class OutcomeQuerySet(SearchQuerySet):
    def public(self):
        """Routed outcomes of public consultations."""
        return self.filter(
            state__in=PUBLIC_OUTCOMES, consultation__is_public=True, consultation__state__in=PUBLIC_CONSULTATIONS
        )

    def at_office(self, user):
        return self.filter(committee__in=user.committees_with(Permission.OFFICE_WORK))

    def visible_to(self, user):
        """The public ones; a committee's staff all of theirs; who is responsible for one, that one."""
        public = Q(
            state__in=PUBLIC_OUTCOMES, consultation__is_public=True, consultation__state__in=PUBLIC_CONSULTATIONS
        )
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(
            public
            | Q(committee__in=user.committees_with(Permission.OFFICE_WORK))
            | Q(responsible=user, state__in=PUBLIC_OUTCOMES)
        )


class Outcome(Searchable):
    """协商成果: one agreed matter, classed A / B / C and routed to where it is settled (domain 4.4)."""

    TRANSITIONS = OUTCOME_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, editable=False, related_name="outcomes", verbose_name="政协"
    )
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="outcomes", verbose_name="协商活动"
    )
    number = models.PositiveSmallIntegerField("序号", editable=False)
    text = models.TextField("成果内容", validators=[MaxLengthValidator(1000)])
    state = models.CharField("状态", max_length=16, choices=S, default=S.DRAFTED, editable=False)
    outcome_class = models.CharField("类别", max_length=1, choices=OutcomeClass, blank=True, editable=False)
    route = models.CharField("去向", max_length=24, choices=OutcomeRoute, blank=True, editable=False)
    # A: the five fixings, kept here until the assignment is opened
    unit = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="承办单位"
    )
    leader_name = models.CharField("分管领导", max_length=32, blank=True, editable=False)
    leader_post = models.CharField("领导职务", max_length=32, blank=True, editable=False)
    handler = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="承办人"
    )
    due_on = models.DateField("办理期限", null=True, editable=False)
    duty = models.CharField("责任", max_length=500, blank=True, editable=False)
    quality = models.CharField("质量", max_length=500, blank=True, editable=False)
    # B and C
    responsible = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="责任人"
    )
    village = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="村（居）“两委”",
    )
    look_again_on = models.DateField("再看日期", null=True, editable=False)
    looks = models.PositiveSmallIntegerField("已再看次数", default=0, editable=False)

    classified_at = models.DateTimeField("分类时间", null=True, editable=False)
    classified_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="分类人"
    )
    classification = models.PositiveSmallIntegerField("分类次数", default=0, editable=False)
    routed_at = models.DateTimeField("转办时间", null=True, editable=False)
    done_at = models.DateTimeField("落实时间", null=True, editable=False)
    result = models.CharField("落实情况", max_length=500, blank=True, editable=False)
    assignment = models.OneToOneField(
        "proposals.Assignment",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="outcome",
        verbose_name="交办件",
    )
    created_at = models.DateTimeField("登记时间", editable=False)
    created_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协商成果"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "-id"], name="outcome_committee"),
            models.Index(fields=["committee", "state", "-id"], name="outcome_state"),
            models.Index(fields=["committee", "outcome_class", "-id"], name="outcome_class"),
            models.Index(fields=["responsible", "state"], name="outcome_responsible"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="outcome_number_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="outcome_state_known"),
            models.CheckConstraint(condition=_valid_pairs(), name="outcome_route_fits_class"),
            models.CheckConstraint(
                condition=_NOT_YET | ~Q(outcome_class="") & Q(classified_at__isnull=False),
                name="outcome_classified_has_class",
            ),
            models.CheckConstraint(
                condition=_NOT_YET
                | ~_A
                | Q(unit__isnull=False, handler__isnull=False, due_on__isnull=False)
                & ~Q(leader_name="")
                & ~Q(leader_post="")
                & ~Q(duty="")
                & ~Q(quality=""),
                name="outcome_a_has_five_fixings",
            ),
            models.CheckConstraint(
                condition=_NOT_YET | _A | Q(look_again_on__isnull=False), name="outcome_b_and_c_come_back"
            ),
            models.CheckConstraint(
                condition=_NOT_YET | _A | Q(responsible__isnull=False), name="outcome_b_and_c_have_somebody"
            ),
            models.CheckConstraint(
                condition=Q(route=R.VILLAGE_COMMITTEE, village__isnull=False)
                | ~Q(route=R.VILLAGE_COMMITTEE) & Q(village__isnull=True),
                name="outcome_village_named",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(PUBLIC_OUTCOMES), routed_at__isnull=False)
                | ~Q(state__in=list(PUBLIC_OUTCOMES)) & Q(routed_at__isnull=True),
                name="outcome_routed_has_time",
            ),
            models.CheckConstraint(
                # Not of ROUTED: the state is won first, the assignment made after it in the same transaction.
                condition=~Q(state=S.DONE) | ~_A | Q(assignment__isnull=False),
                name="outcome_a_done_was_assigned",
            ),
            models.CheckConstraint(condition=~Q(state=S.DONE) | Q(done_at__isnull=False), name="outcome_done_has_time"),
        ]

    def __str__(self):
        return self.text if len(self.text) <= 40 else self.text[:39] + "…"

    def get_absolute_url(self):
        return reverse("outcome-detail", args=[self.pk])

    def search_document(self):
        return self.text

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def destination(self) -> str:
        """Where it went, in the words of the route."""
        name = self.unit or self.village
        return f"{self.get_route_display()}：{name}" if name else self.get_route_display()


class Look(models.Model):
    """再看: what was found on the date set for a B or C outcome, and whether it is settled."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="looked", verbose_name="成果")
    number = models.PositiveSmallIntegerField("次数")
    words = models.CharField("情况", max_length=500)
    settled = models.BooleanField("已落实")
    next_on = models.DateField("下次再看", null=True, blank=True)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "再看记录"
        ordering = ["outcome", "number"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "number"], name="look_once"),
            models.CheckConstraint(
                condition=Q(settled=True, next_on__isnull=True) | Q(settled=False, next_on__isnull=False),
                name="look_settled_or_again",
            ),
        ]

    def __str__(self):
        return self.words


class OutcomeTaskQuerySet(models.QuerySet):
    def at_office(self, user):
        return self.filter(committee__in=user.committees_with(Permission.OFFICE_WORK))

    def visible_to(self, user):
        """Who is responsible, and the committee's staff."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(responsible=user) | Q(committee__in=user.committees_with(Permission.OFFICE_WORK)))

    def open(self):
        return self.filter(state=K.OPEN)


class OutcomeTask(models.Model):
    """成果任务: what a B or C outcome asks of somebody: a special report, a word to the village, an explanation."""

    TRANSITIONS = TASK_MOVES

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, editable=False, related_name="outcome_tasks", verbose_name="政协"
    )
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="tasks", verbose_name="成果")
    kind = models.CharField("任务", max_length=24, choices=OutcomeRoute)
    responsible = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="outcome_tasks", verbose_name="责任人"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交给"
    )
    due_on = models.DateField("期限")
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    state = models.CharField("状态", max_length=16, choices=K, default=K.OPEN, editable=False)
    words = models.CharField("完成情况", max_length=500, blank=True, editable=False)
    opened_at = models.DateTimeField("下达时间", editable=False)
    done_at = models.DateTimeField("完成时间", null=True, editable=False)
    done_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="完成人"
    )

    objects = OutcomeTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成果任务"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="task_state"),
            models.Index(fields=["responsible", "state", "due_on"], name="task_responsible"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "kind"], condition=~Q(state=K.WITHDRAWN), name="task_once_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(state__in=K.values), name="task_state_known"),
            models.CheckConstraint(
                condition=Q(state=K.DONE, done_at__isnull=False) & ~Q(words="")
                | ~Q(state=K.DONE) & Q(done_at__isnull=True),
                name="task_done_says_what",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.outcome}"

    def get_absolute_url(self):
        return reverse("outcome-task-detail", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

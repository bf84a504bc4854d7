import secrets
from datetime import date

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from config.privacy import masked
from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Member, Region
from members.roles import Permission
from workstations.models.boxes import OpinionBox
from workstations.models.stations import Workstation
from workstations.states import WORD_MOVES, WORD_TONES, WordState


class Channel(models.TextChoices):
    DESK = "desk", "当面"
    PHONE = "phone", "电话"
    PAGE = "page", "网页"
    QR = "qr", "扫码"
    BOX = "box", "匿名意见箱"
    GRID = "grid", "走访"


FIRST_DAY = date(2020, 1, 1)
BITS = 38  # of chance in a key; with the days before them it stays below 2**53


def new_key(day: date | None = None) -> int:
    """A key for a word of `day` (today's): later days are greater, within one day only chance decides."""
    return ((day or timezone.localdate()) - FIRST_DAY).days << BITS | secrets.randbits(BITS)


class WordQuerySet(SearchQuerySet):
    def run_by(self, user):
        """Those that `user` deals with: the office all of its committee's, keepers their station's."""
        office = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(office | Q(station__in=Workstation.objects.kept_by(user).values("pk")))

    def answered(self):
        """What everybody may read, masked: answered, and the answer made public."""
        return self.filter(state=WordState.ANSWERED, is_published=True)

    def visible_to(self, user):
        """The office, the keepers of the station, the member it was handed to, and who took it down."""
        if not user.is_authenticated:
            return self.none()
        kept = Workstation.objects.kept_by(user).values("pk")
        return self.filter(
            Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
            | Q(station__in=kept)
            | Q(member__user=user)
            | Q(taken_by=user)
        )


class Word(Searchable):
    """群众反映: what somebody of the public said, at a desk, by telephone, on a page, by QR code or in a box, and what
    became of it (rows 101, 115, 202).

    Who spoke keeps a code; the row keeps its digest only. The key says the day, within the day it is chance, and the
    day is all the time there is, so that a word of an anonymous box leads to nobody (docs/adr). What grows out of a
    word lives in the apps above and points here (workstations/threads.py).
    """

    TRANSITIONS = WORD_MOVES

    key = models.BigIntegerField("标识", primary_key=True, default=new_key, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="words", verbose_name="政协")
    station = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, null=True, blank=True, related_name="words", verbose_name="站点"
    )
    box = models.ForeignKey(
        OpinionBox, on_delete=models.PROTECT, null=True, editable=False, related_name="words", verbose_name="意见箱"
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    received_on = models.DateField("收到日期")
    body = models.TextField("反映的事", validators=[MaxLengthValidator(2000)])
    place = models.CharField("地点", max_length=64, blank=True, help_text="如：金田村三组")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地"
    )
    speaker = models.CharField("反映人", max_length=32, blank=True, help_text="可不填；只有站点和办公室能看到")
    contact = models.CharField("联系方式", max_length=64, blank=True, help_text="可不填；办完后自动清除")
    receipt = models.CharField("查询码摘要", max_length=64, unique=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=WordState, default=WordState.NEW, editable=False)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, editable=False, related_name="words", verbose_name="交给委员"
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="记录人",
    )  # fmt: skip
    due_on = models.DateField("答复期限", null=True, editable=False)
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    answer = models.TextField("答复", blank=True, validators=[MaxLengthValidator(2000)])
    is_published = models.BooleanField("公开答复", default=False, editable=False)
    note = models.CharField("经办说明", max_length=200, blank=True, editable=False)
    settled_on = models.DateField("办结日期", null=True, editable=False)

    search_related = ()
    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群众反映"
        ordering = ["-key"]
        indexes = [
            models.Index(fields=["committee", "state", "-key"], name="word_state"),
            models.Index(fields=["committee", "channel", "-key"], name="word_channel"),
            models.Index(fields=["committee", "-key"], name="word_day"),
            models.Index(fields=["station", "state", "-key"], name="word_station"),
            models.Index(fields=["committee", "-key"], name="word_published", condition=Q(is_published=True)),
            models.Index(fields=["member", "state"], name="word_member"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WordState.values), name="word_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="word_channel_known"),
            models.CheckConstraint(
                condition=~Q(channel=Channel.BOX) | Q(box__isnull=False, taken_by__isnull=True, speaker="", contact=""),
                name="word_of_a_box_is_nobodys",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[WordState.ANSWERED, WordState.DECLINED]) | ~Q(answer=""),
                name="word_answered_has_answer",
            ),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state=WordState.ANSWERED), name="word_published_is_answered"
            ),
        ]

    def __str__(self):
        """For titles of notices and lines of the trail, which go further than the word itself: numbers are covered."""
        said = masked(self.body)
        return said if len(said) <= 30 else f"{said[:29]}…"

    def get_absolute_url(self):
        return reverse("word", args=[self.key])

    def search_document(self):
        """Covered as the public reads it, so that nobody finds a covered number by searching for it."""
        return masked(f"{self.body} {self.place}")

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return WORD_TONES[self.state]

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing says who spoke."""
        return not (self.speaker or self.contact)

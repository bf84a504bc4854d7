import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from workstations.models.stations import Workstation


def new_code() -> str:
    return secrets.token_hex(6)


class OpinionBoxQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An open box is public; a closed one for who manages or keeps it."""
        if not user.is_authenticated:
            return self.filter(is_open=True)
        return self.filter(Q(is_open=True) | self._run_by(user))

    def run_by(self, user):
        """Those whose letters `user` reads: the office all of its committee's, keepers their station's."""
        return self.filter(self._run_by(user)) if user.is_authenticated else self.none()

    def _run_by(self, user):
        kept = Workstation.objects.kept_by(user).values("pk")
        return Q(committee__in=user.committees_with(Permission.STATION_MANAGE)) | Q(station__in=kept)


class OpinionBox(models.Model):
    """意见箱: an anonymous box with its own QR code, on a wall, a board or a page (row 202)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="opinion_boxes", verbose_name="政协"
    )
    station = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, null=True, blank=True, related_name="opinion_boxes",
        verbose_name="由哪个站点开箱",
    )  # fmt: skip
    code = models.CharField("地址码", max_length=16, unique=True, default=new_code, editable=False)
    name = models.CharField("名称", max_length=64)
    place = models.CharField("张贴地点", max_length=100, blank=True, help_text="如：金田村公告栏、3 号移动宣传栏")
    welcome = models.CharField("提示语", max_length=200, blank=True)
    is_open = models.BooleanField("开放", default=True, editable=False)
    closed_on = models.DateField("关闭日期", null=True, editable=False)

    objects = OpinionBoxQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见箱"
        ordering = ["committee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"], name="opinion_box_once", violation_error_message="本会已有同名的意见箱。"
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_on__isnull=True) | Q(is_open=False, closed_on__isnull=False),
                name="opinion_box_closed_has_date",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("box", args=[self.code])

    def clean(self):
        if self.station_id and self.station.committee_id != self.committee_id:
            raise ValidationError({"station": "请选本会的站点。"})

    @property
    def scope(self):
        return self.committee_id

    @property
    def address(self) -> str:
        """What stands on the poster: the whole address of the page."""
        return f"{settings.SITE_URL}{self.get_absolute_url()}"


class BoxBundle(models.Model):
    """意见箱未送达的信: what lies in a box until the next morning, one row for ever (docs/adr/0016).

    `letters` is {day: {receipt digest: {"body": …, "place": …, "photos": [name, …]}}}, sorted; neither order, hour
    nor number of a letter is kept. The row is there before the first letter and stays after the last.
    """

    box = models.OneToOneField(
        OpinionBox, on_delete=models.PROTECT, primary_key=True, related_name="bundle", verbose_name="意见箱"
    )
    letters = models.JSONField("信", default=dict, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "意见箱未送达的信"

    def __str__(self):
        return str(self.box)


class BoxPhotos(models.Model):
    """意见箱未送达的照片: {random name: JPEG in base64}, in the database and not in a folder, where every file would
    have a time and a number of its own; apart from the letters, because it is large and rarely written.
    """

    box = models.OneToOneField(
        OpinionBox, on_delete=models.PROTECT, primary_key=True, related_name="waiting_photos", verbose_name="意见箱"
    )
    pictures = models.JSONField("照片", default=dict, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "意见箱未送达的照片"

    def __str__(self):
        return str(self.box)

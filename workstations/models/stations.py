import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from config.search.models import Searchable, SearchQuerySet
from members.models import Body, BodyKind, Committee, InForceQuerySet, Member, Organisation, Region, RegionLevel
from members.roles import Permission

MOBILE = re.compile(r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)")
NUMBER = re.compile(r"[0-9０-９()（）\-－—\s转、,，]{3,}")


def landline(words: str) -> None:
    """Validator: the telephone of a place, as everybody may read it; nobody's own mobile number."""
    if MOBILE.search(words):
        raise ValidationError("这个电话会公开，请填站点的座机，不要填个人手机号码。")
    if not NUMBER.fullmatch(words):
        raise ValidationError("请只填电话号码，如：0735-6612345 转 8。")


class StationKind(models.TextChoices):
    TOWNSHIP_STUDIO = "township_studio", "乡镇委员工作室"
    SECTOR_STUDIO = "sector_studio", "界别委员工作室"
    PERSONAL_STUDIO = "personal_studio", "个人委员工作室"
    LIAISON_STATION = "liaison_station", "委员联络站"
    MEMBER_HOME = "member_home", "委员之家"
    WORK_STATION = "work_station", "委员工作站"
    VILLAGE_STATION = "village_station", "村（社区）工作站"
    ENTERPRISE_STATION = "enterprise_station", "企业工作站"
    PARK_STATION = "park_station", "园区工作站"
    SCHOOL_STATION = "school_station", "学校工作站"
    ONLINE_STUDIO = "online_studio", "网上委员工作室"
    RECEPTION_DESK = "reception_desk", "委员接待岗"
    COLLECTION_POINT = "collection_point", "社情民意征集站"
    TOPIC_GROUP = "topic_group", "专项协商联络组"
    DELIBERATION_ROOM = "deliberation_room", "协商议事室"


class WorkstationQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Open stations are public; the closed ones are for those who manage or keep them."""
        if not user.is_authenticated:
            return self.open()
        if user.is_superuser:
            return self
        managed = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(Q(is_open=True) | managed | Q(pk__in=self.model.objects.kept_by(user).values("pk")))

    def open(self):
        return self.filter(is_open=True)

    def demonstrating(self):
        """示范站."""
        return self.filter(demonstration_since__isnull=False)

    def within(self, region):
        """Those that stand in `region` or below it."""
        low, high = region.span
        return self.filter(region__gte=low, region__lt=high)

    def with_serving(self):
        """Each with `serving`, how many posts are held today."""
        posts = StationPost.objects.in_force().filter(station=models.OuterRef("pk")).order_by()
        counted = posts.values("station").annotate(number=models.Count("pk")).values("number")
        return self.annotate(serving=Coalesce(models.Subquery(counted), 0))

    def kept_by(self, user):
        """Those that `user` runs today by a keeper's post."""
        return self.filter(pk__in=StationPost.objects.in_force().keepers().of(user).values("station"))


class Workstation(Searchable):
    """委员工作室等: a place where members meet the public, of any kind, at home or away (rows 7, 24, 44, 69, 135 …)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="workstations", verbose_name="政协")
    kind = models.CharField("类别", max_length=24, choices=StationKind)
    name = models.CharField("名称", max_length=64)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="workstations", verbose_name="所在地")
    host = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="workstations",
        verbose_name="依托单位",
    )
    sector = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="workstations",
        limit_choices_to={"kind": BodyKind.SECTOR},
        verbose_name="界别",
        help_text="界别委员工作室必填",
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="studios",
        verbose_name="领衔委员",
        help_text="个人委员工作室必填",
    )
    address = models.CharField("地址", max_length=128, blank=True)
    opening_hours = models.CharField("开放时间", max_length=64, blank=True, help_text="如：每周三 9:00–11:30")
    serves = models.CharField(
        "服务对象", max_length=64, blank=True, help_text="设在本辖区以外的必填，如：在粤嘉禾籍乡亲"
    )
    feature = models.CharField("特色", max_length=32, blank=True, help_text="一站一特色")
    introduction = models.TextField("简介", max_length=2000, blank=True)
    telephone = models.CharField(
        "对外电话",
        max_length=32,
        blank=True,
        validators=[landline],
        help_text="站点的值班座机，会公开；不要写个人手机",
    )
    duties = models.TextField("职责", max_length=2000, blank=True)
    walls = models.TextField("上墙内容", max_length=500, blank=True, help_text="每行一项，如：工作流程")
    area = models.PositiveIntegerField("面积（平方米）", null=True, blank=True)
    cost = models.DecimalField(
        "建设投入（元）", max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    plaque_on = models.DateField("挂牌日期", null=True, blank=True)
    plaque_by = models.CharField("授牌人", max_length=64, blank=True, help_text="如：区委书记、区长")
    demonstration_since = models.DateField("示范站起", null=True, blank=True, editable=False)
    is_open = models.BooleanField("开放", default=True, editable=False)
    closed_on = models.DateField("关闭日期", null=True, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_index=True)

    objects = WorkstationQuerySet.as_manager()
    search_related = ("region",)

    class Meta:
        verbose_name = verbose_name_plural = "委员工作室"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "is_open", "kind"], name="station_kind"),
            models.Index(fields=["committee", "region"], name="station_region"),
            models.Index(
                fields=["committee", "-id"],
                condition=Q(demonstration_since__isnull=False),
                name="station_demonstration",
            ),
            models.Index(fields=["committee", "feature"], condition=~Q(feature=""), name="station_feature"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"],
                name="station_name_once",
                violation_error_message="本会已有同名的站点，请换一个名称。",
            ),
            models.CheckConstraint(condition=Q(kind__in=StationKind.values), name="station_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=StationKind.SECTOR_STUDIO) | Q(sector__isnull=False),
                name="station_sector_studio_has_sector",
                violation_error_message="界别委员工作室要指明界别。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=StationKind.PERSONAL_STUDIO) | Q(member__isnull=False),
                name="station_personal_studio_has_member",
                violation_error_message="个人委员工作室要指明领衔委员。",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_on__isnull=True) | Q(is_open=False, closed_on__isnull=False),
                name="station_closed_has_date",
            ),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="station_cost_not_negative"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("station-detail", args=[self.pk])

    @property
    def tone(self) -> str:
        return "ok" if self.is_open else "closed"

    @property
    def state_label(self) -> str:
        return "开放" if self.is_open else "已关闭"

    @property
    def scope(self):
        return self.committee_id

    @property
    def wall_list(self) -> list[str]:
        """上墙内容, one piece each."""
        return [line.strip() for line in self.walls.splitlines() if line.strip()]

    @property
    def place(self) -> str:
        """Where it stands, with the division above for a town or village, whose names repeat."""
        above = self.region.parent if self.region.level >= RegionLevel.TOWN else None
        return f"{above or ''}{self.region}"

    @property
    def is_away(self) -> bool:
        """Whether it stands outside the committee's own region, as 在粤委员工作室 does (row 24)."""
        return not self.committee.region.contains(self.region_id)

    def clean(self):
        """What belongs to another committee is refused; a station away from home says whom it serves."""
        problems = {}
        for field, label in (("host", "依托单位"), ("sector", "界别"), ("member", "领衔委员")):
            related = getattr(self, field)
            if related and related.committee_id != self.committee_id:
                problems[field] = f"{label}须属于同一个政协委员会。"
        if self.committee_id and self.region_id and self.is_away and not self.serves:
            problems["serves"] = "设在本辖区以外，请填写服务对象。"
        if problems:
            raise ValidationError(problems)

    def search_document(self):
        about = f"{self.feature} {self.address} {self.serves} {self.introduction} {self.duties}"
        return f"{self.name} {self.region.name} {about}"


class PostKind(models.TextChoices):
    CONVENER = "convener", "召集人"
    KEEPER = "keeper", "站长"
    DEPUTY_KEEPER = "deputy_keeper", "副站长"
    STAFF = "staff", "工作人员"
    RESIDENT = "resident", "驻站委员"
    OBSERVER = "observer", "观察员"


KEEPERS = (PostKind.CONVENER, PostKind.KEEPER, PostKind.DEPUTY_KEEPER, PostKind.STAFF)


class StationPostQuerySet(InForceQuerySet):
    def visible_to(self, user):
        """Who serves at an open station is public; past posts are for those who manage or keep it."""
        public = self.in_force().filter(station__is_open=True)
        if not user.is_authenticated:
            return public
        if user.is_superuser:
            return self
        managed = Q(station__committee__in=user.committees_with(Permission.STATION_MANAGE))
        kept = Q(station__in=Workstation.objects.kept_by(user).values("pk"))
        return self.filter(Q(pk__in=public.values("pk")) | managed | kept)

    def keepers(self):
        return self.filter(post__in=KEEPERS)

    def serving(self):
        """Who does the work of a station; an observer looks and reports."""
        return self.exclude(post=PostKind.OBSERVER)

    def of(self, user):
        """The posts of `user`; who is no member any more serves nowhere as one."""
        return self.filter(Q(user=user) | Q(member__in=user.member_ids.values()))

    def by_rank(self):
        """Conveners first, observers last; who came first stands first."""
        order = [models.When(post=kind, then=position) for position, kind in enumerate(PostKind)]
        return self.order_by(models.Case(*order, output_field=models.SmallIntegerField()), "since", "pk")


class StationPost(models.Model):
    """驻站任职: a post at a station, from a day to a day; it is ended, never deleted (rows 7, 24, 193)."""

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="posts", verbose_name="站点")
    post = models.CharField("职务", max_length=16, choices=PostKind, default=PostKind.RESIDENT)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="station_posts", verbose_name="委员"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="station_posts",
        verbose_name="工作人员",
    )
    person_name = models.CharField("姓名", max_length=32, blank=True, help_text="没有账号的观察员、工作人员")
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = StationPostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "驻站任职"
        ordering = ["station_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, user__isnull=True, person_name="")
                    | Q(member__isnull=True, user__isnull=False, person_name="")
                    | Q(member__isnull=True, user__isnull=True) & ~Q(person_name="")
                ),
                name="station_post_is_one_person",
                violation_error_message="请选择一位委员、一位工作人员，或填写姓名，三者填一项。",
            ),
            models.CheckConstraint(
                condition=Q(person_name="") | Q(post__in=[PostKind.STAFF, PostKind.OBSERVER]),
                name="station_post_name_without_account",
                violation_error_message="没有账号的人只能担任工作人员或观察员。",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | ~Q(post=PostKind.RESIDENT),
                name="station_post_resident_is_member",
                violation_error_message="驻站委员须是政协委员。",
            ),
            models.CheckConstraint(condition=Q(post__in=PostKind.values), name="station_post_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="station_post_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["station", "member", "post"],
                condition=Q(until__isnull=True, member__isnull=False),
                name="station_post_member_once",
                violation_error_message="这位委员已在本站担任这个职务。",
            ),
            models.UniqueConstraint(
                fields=["station", "user", "post"],
                condition=Q(until__isnull=True, user__isnull=False),
                name="station_post_user_once",
                violation_error_message="这位工作人员已在本站担任这个职务。",
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.get_post_display()} {self.person}"

    @property
    def level(self) -> str:
        """The committee above that a member is sent down from, in words; empty for one's own (row 153)."""
        if self.member is None or self.member.committee_id == self.station.committee_id:
            return ""
        return f"{self.member.committee}委员"

    @property
    def person(self):
        """The person, as a Member, a User, or a name."""
        return self.member or self.user or self.person_name

    def clean(self):
        """Members of the station's committee or of one above it serve here; others do not."""
        if not (self.member_id and self.station_id):
            return
        if not self.station.committee.is_below_or(self.member.committee_id):
            raise ValidationError({"member": "委员须属于本会或上级政协。"})

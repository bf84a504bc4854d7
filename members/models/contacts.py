from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from members.models.bodies import InForceQuerySet
from members.models.members import Member
from members.models.organisations import Committee, Organisation
from members.models.owned import OwnedQuerySet
from members.roles import Permission


class Circle(models.TextChoices):
    """Who is meant by one end of a scheme; party circles are personal data and for staff only."""

    CHAIRS = "chairs", "主席会议成员"
    PARTY_LEADERS = "party_leaders", "党组成员"
    DIRECTORS = "directors", "专委会主任、副主任"
    STANDING = "standing", "常委"
    PARTY_MEMBERS = "party_members", "党员委员"
    OUTSIDE = "outside", "党外委员"
    MEMBERS = "members", "委员"
    PARTIES = "parties", "党派团体"
    TOWNS = "towns", "镇街"
    PEOPLE = "people", "群众"


OF_PARTY = (Circle.PARTY_LEADERS, Circle.PARTY_MEMBERS, Circle.OUTSIDE)
OF_ORGANISATIONS = (Circle.PARTIES, Circle.TOWNS)


class ContactScheme(models.Model):
    """联系制度: who keeps contact with whom, how often, under the place's own name (三联, 三联三带, 党派走访)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="contact_schemes", verbose_name="政协"
    )
    name = models.CharField("名称", max_length=32)
    description = models.CharField("谁联系谁", max_length=200, blank=True)
    contacts = models.CharField(
        "谁去联系", max_length=16, choices=[choice for choice in Circle.choices if choice[0] not in (
            Circle.PARTIES, Circle.TOWNS, Circle.PEOPLE)], default=Circle.STANDING,
    )  # fmt: skip
    targets = models.CharField("联系谁", max_length=16, choices=Circle, default=Circle.MEMBERS)
    visits_a_year = models.PositiveSmallIntegerField(
        "每年至少联系几次", default=2, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    leads = models.BooleanField("联系并带动", default=False, help_text="三联三带：既联系也带动")
    is_active = models.BooleanField("启用", default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系制度"
        ordering = ["committee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"],
                name="contact_scheme_once",
                violation_error_message="本会已有同名的联系制度，请换一个名称。",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("contact-scheme", args=[self.pk])

    @property
    def speaks_of_party(self) -> bool:
        """Whether being in it tells somebody's party."""
        return self.contacts in OF_PARTY or self.targets in OF_PARTY


class ContactLinkQuerySet(InForceQuerySet):
    def visible_to(self, user):
        """The two who are linked, and those who look after either; what tells a party, for who manages people only."""
        if not user.is_authenticated:
            return self.none()
        looked_after = Member.objects.looked_after_by(user).values("pk")
        own = Q(contact__user=user) | Q(to_member__user=user)
        office = Q(contact__in=looked_after) | Q(to_member__in=looked_after)
        party = Q(scheme__contacts__in=OF_PARTY) | Q(scheme__targets__in=OF_PARTY)
        managed = Q(scheme__committee__in=user.committees_with(Permission.PEOPLE_MANAGE))
        return self.filter(own | office & (~party | managed))


class ContactLink(models.Model):
    """联系对象: one member keeps contact with a member, an organisation or some people (rows 42, 55, 130, 176)."""

    scheme = models.ForeignKey(ContactScheme, on_delete=models.PROTECT, related_name="links", verbose_name="联系制度")
    contact = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="contact_links", verbose_name="联系人")
    to_member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="contacted_by", verbose_name="联系的委员"
    )
    to_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系的单位"
    )
    to_people = models.CharField(
        "联系的群众", max_length=100, blank=True, help_text="如：金田村脱贫户 5 户；不写个人电话"
    )
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = ContactLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系对象"
        ordering = ["scheme", "contact", "pk"]
        indexes = [models.Index(fields=["scheme", "contact"], name="contact_link_of")]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(to_member__isnull=False, to_organisation__isnull=True, to_people="")
                    | Q(to_member__isnull=True, to_organisation__isnull=False, to_people="")
                    | Q(to_member__isnull=True, to_organisation__isnull=True) & ~Q(to_people="")
                ),
                name="contact_link_has_one_end",
                violation_error_message="请选择一位委员、一个单位，或填写联系的群众。",
            ),
            models.CheckConstraint(
                condition=Q(to_member__isnull=True) | ~Q(to_member=F("contact")),
                name="contact_link_not_oneself",
                violation_error_message="不能联系自己。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "contact", "to_member"],
                condition=Q(until__isnull=True, to_member__isnull=False),
                name="contact_link_member_once",
                violation_error_message="这两位已在这项制度里结对。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "contact", "to_organisation"],
                condition=Q(until__isnull=True, to_organisation__isnull=False),
                name="contact_link_organisation_once",
                violation_error_message="这位联系人已在这项制度里联系这个单位。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="contact_link_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.contact} → {self.target}"

    def get_absolute_url(self):
        return reverse("contact-link", args=[self.pk])

    @property
    def target(self) -> str:
        return str(self.to_member or self.to_organisation or self.to_people)


class Way(models.TextChoices):
    VISIT = "visit", "走访"
    TALK = "talk", "座谈"
    CALL = "call", "电话或视频"
    HELP = "help", "帮办实事"


class ContactVisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(link__in=ContactLink.objects.visible_to(user).values("pk"))

    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawn_why="")

    def held(self):
        return self.standing().filter(held_on__isnull=False)


class ContactVisit(models.Model):
    """走访记录: one contact that was kept; planned first, or logged afterwards (`held_on`)."""

    link = models.ForeignKey(ContactLink, on_delete=models.PROTECT, related_name="visits", verbose_name="联系对象")
    planned_on = models.DateField("计划日期", null=True, blank=True)
    held_on = models.DateField("联系日期", null=True, blank=True)
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.VISIT)
    words = models.TextField("情况和反映的问题", blank=True, validators=[MaxLengthValidator(1000)])
    withdrawn_why = models.CharField("撤回原因", max_length=200, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = ContactVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["link", "held_on"], name="contact_visit_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(held_on__isnull=False), name="contact_visit_has_date"
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | ~Q(words=""), name="contact_visit_held_says_what"
            ),
        ]

    def __str__(self):
        return f"{self.link} {self.held_on or self.planned_on}"

    def get_absolute_url(self):
        return self.link.get_absolute_url()

    @property
    def scope(self):
        return self.link.scheme.committee_id

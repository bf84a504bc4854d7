from collections import defaultdict

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from config.search import index
from members.roles import ROLES, Permission, Scope


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Oneself, and the people of the committees whose people one manages."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        managed = user.committees_with(Permission.PEOPLE_MANAGE)
        return self.filter(Q(pk=user.pk) | Q(pk__in=self._people_of(managed)))

    def of(self, committee):
        """Everybody who is a member of `committee` or holds a role in it."""
        return self.filter(pk__in=self._people_of([committee.pk]))

    def _people_of(self, committees):
        everybody = self.model.objects.order_by()
        granted = everybody.filter(role_grants__committee__in=committees).values("pk")
        return granted.union(everybody.filter(memberships__committee__in=committees).values("pk"))


class User(AbstractBaseUser, PermissionsMixin):
    """用户: one person's account. Signs in by user name or phone; what the person may do stands in RoleGrant rows."""

    username = models.CharField(
        "用户名", max_length=64, unique=True, error_messages={"unique": "这个用户名已有人使用。"}
    )
    name = models.CharField("姓名", max_length=64)
    phone = models.CharField(
        "手机号",
        max_length=11,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^1\d{10}$", "请输入 11 位手机号。")],
        error_messages={"unique": "这个手机号已登记在另一个账号上。"},
    )
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入工作后台", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    large_type = models.BooleanField("长者模式", default=False)
    date_joined = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["-pk"]

    def __str__(self):
        return self.name or self.username

    def save(self, *args, **kwargs):
        known, fields = not self._state.adding, kwargs.get("update_fields")
        super().save(*args, **kwargs)
        if known and (fields is None or "name" in fields):
            index.index_many(self.memberships.select_related("user"))  # members are found by the person's name

    def clean(self):
        """Both names sign in: nobody's user name may be the phone of another."""
        super().clean()
        self.phone = self.phone or None
        others = type(self).objects.exclude(pk=self.pk)
        if others.filter(phone=self.username).exists():
            raise ValidationError({"username": "这个用户名是另一个账号的手机号，请换一个。"})
        if self.phone and others.filter(username=self.phone).exists():
            raise ValidationError({"phone": "这个手机号是另一个账号的用户名，请先修改那个账号。"})

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @property
    def masked_phone(self):
        return f"{self.phone[:3]}****{self.phone[-4:]}" if self.phone else ""

    # --- what the person may do, loaded once per request ---------------------------------------------------------

    @cached_property
    def _grants(self) -> list[tuple[str, int, int | None, int | None]]:
        """(role, committee id, organisation id, body id) of the grants in force today, the oldest first."""
        if not self.is_active:
            return []
        grants = self.role_grants.in_force().order_by("pk")
        return list(grants.values_list("role", "committee_id", "organisation_id", "body_id"))

    @cached_property
    def _granted(self):
        """Ids of what each permission is held for, by scope."""
        held = {scope: defaultdict(set) for scope in Scope}
        for role, *places in self._grants:
            spec = ROLES[role]
            place = dict(zip(Scope, places, strict=True))[spec.scope]
            for permission in spec.permissions:
                held[spec.scope][permission].add(place)
        return held

    @cached_property
    def _every_committee(self) -> set[int]:
        from members.models import Committee

        return set(Committee.objects.values_list("pk", flat=True))

    def committees_with(self, permission: Permission) -> set[int]:
        """Ids of the committees in which this person holds `permission`; a superuser holds it in all."""
        if self.is_superuser and self.is_active:
            return self._every_committee
        return self._granted[Scope.COMMITTEE].get(permission, set())

    def organisations_with(self, permission: Permission) -> set[int]:
        """Ids of the organisations for which this person holds `permission`."""
        return self._granted[Scope.ORGANISATION].get(permission, set())

    def bodies_with(self, permission: Permission) -> set[int]:
        """Ids of the bodies for which this person holds `permission`."""
        return self._granted[Scope.BODY].get(permission, set())

    def committees_reached_with(self, permission: Permission) -> set[int]:
        """Ids of the committees in which this person holds `permission` for the whole or for a part."""
        held = {committee for role, committee, *_ in self._grants if permission in ROLES[role].permissions}
        return held | self.committees_with(permission)

    @property
    def reminder_scopes(self) -> set[int]:
        """Committees whose reminders this person may look at (config.milestones, config.notices)."""
        return self.committees_with(Permission.REMINDER_VIEW)

    @property
    def reminder_retry_scopes(self) -> set[int]:
        """Committees whose failed reminders this person may try again; looking is not enough for it."""
        return self.committees_with(Permission.MATTER_SUPERVISE)

    @property
    def audit_scopes(self) -> set[int]:
        """Where this person may read the audit trail."""
        return self.committees_with(Permission.AUDIT_VIEW)

    @cached_property
    def member_ids(self) -> dict[int, int]:
        """Committee id → id of this person's Member row there, for the memberships in force today."""
        if not self.is_active:
            return {}
        return dict(self.memberships.in_force().order_by("pk").values_list("committee_id", "pk"))

    @cached_property
    def committee_ids(self) -> set[int]:
        """Committees that this person belongs to in any way: as a member, by a role, or through a unit."""
        return {*self.member_ids, *(committee for _, committee, *_ in self._grants)}

    @cached_property
    def home_committee(self):
        """The committee whose brand this person sees: the membership first, then the oldest grant."""
        from members.models import Committee

        first = next(iter([*self.member_ids, *(committee for _, committee, *_ in self._grants)]), None)
        return Committee.objects.filter(pk=first).first() if first else None

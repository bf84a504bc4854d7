from django.db import models
from django.db.models import Q

from members.models import Committee, OwnedQuerySet


class Scheme(models.TextChoices):
    FIELD = "field", "民生领域"
    SPHERE = "sphere", "提案分类"


class OfferedQuerySet(OwnedQuerySet):
    """A national list, and what a committee added to it."""

    def offered_by(self, committee):
        return self.filter(Q(committee=None) | Q(committee=committee), is_active=True)

    def visible_to(self, user):
        return self.filter(committee=None) | super().visible_to(user)


class CategoryQuerySet(OfferedQuerySet):
    def fields(self):
        return self.filter(scheme=Scheme.FIELD)

    def spheres(self):
        return self.filter(scheme=Scheme.SPHERE)


class Category(models.Model):
    """类别: the field of life that something is about, or the sphere of a proposal (五位一体); rows, so that a county
    may add its own (row 80)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属政协"
    )
    scheme = models.CharField("用于", max_length=8, choices=Scheme, default=Scheme.FIELD)
    name = models.CharField("名称", max_length=16)
    position = models.PositiveSmallIntegerField("顺序", default=100)
    is_active = models.BooleanField("启用", default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "类别"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="category_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(committee=None), name="category_national_once"),
            models.CheckConstraint(condition=Q(scheme__in=Scheme.values), name="category_scheme_known"),
        ]

    def __str__(self):
        return self.name


class RejectionGround(models.Model):
    """不予立案理由: the ten of the national regulation, and what a place adds (domain 1.2)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属政协"
    )
    words = models.CharField("理由", max_length=100)
    position = models.PositiveSmallIntegerField("顺序", default=100)
    is_active = models.BooleanField("启用", default=True)

    objects = OfferedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不予立案理由"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "words"], name="ground_once"),
            models.UniqueConstraint(fields=["words"], condition=Q(committee=None), name="ground_national_once"),
        ]

    def __str__(self):
        return self.words

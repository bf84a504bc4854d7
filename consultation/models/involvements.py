from django.db import models
from django.db.models import Q

from consultation.models.consultations import Consultation
from members.models import Organisation, OrganisationKind
from workstations.models import Part

UNITED_FRONT = Q(organisation__kind=OrganisationKind.PARTY_GROUP) | Q(
    Q(organisation__name__contains="工商联") | Q(organisation__name__contains="工商业联合会"),
    organisation__kind=OrganisationKind.MASS_ORGANISATION,
)
"""民主党派和工商联, by kind; 工商联 is one of the mass organisations, known by its name."""


class InvolvementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees the consultation sees who leads and supports it."""
        return self.filter(consultation__in=Consultation.objects.visible_to(user).values("pk"))

    def leading(self):
        return self.filter(part=Part.LEAD)

    def by_parties(self):
        """Those of democratic parties and of 工商联 (row 132)."""
        return self.filter(UNITED_FRONT)


class ConsultationInvolvement(models.Model):
    """协商参与单位: who leads, supports, hosts, takes part in a consultation (rows 1, 132)."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="involvements", verbose_name="协商活动"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="consultation_parts", verbose_name="单位"
    )
    part = models.CharField("角色", max_length=12, choices=Part)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协商参与单位"
        ordering = ["consultation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation", "part"],
                name="consultation_involvement_once",
                violation_error_message="这个单位的这个角色已经登记。",
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="consultation_involvement_part_known"),
        ]

    def __str__(self):
        return f"{self.organisation}{self.get_part_display()}"

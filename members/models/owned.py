from django.db import models


class OwnedQuerySet(models.QuerySet):
    """Rows of one committee that only its own people read."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(committee__in=user.committee_ids)

"""Every address of this app, topic by topic."""

from members.urls import (
    appraisal,
    bodies,
    claims,
    contacts,
    grouping,
    library,
    people,
    profiles,
    regions,
    reviews,
    scoring,
    studio,
)

urlpatterns = [
    *appraisal.urlpatterns,
    *bodies.urlpatterns,
    *claims.urlpatterns,
    *contacts.urlpatterns,
    *grouping.urlpatterns,
    *library.urlpatterns,
    *people.urlpatterns,
    *profiles.urlpatterns,
    *regions.urlpatterns,
    *reviews.urlpatterns,
    *scoring.urlpatterns,
    *studio.urlpatterns,
]

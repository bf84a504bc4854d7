"""Every address of this app, topic by topic."""

from proposals.urls import (
    appraisals,
    handing,
    handling,
    imports,
    information,
    led,
    matters,
    proposals,
    review,
    selections,
    showcase,
    supervision,
    traces,
)

urlpatterns = [
    *matters.urlpatterns,
    *proposals.urlpatterns,
    *review.urlpatterns,
    *selections.urlpatterns,
    *handing.urlpatterns,
    *handling.urlpatterns,
    *led.urlpatterns,
    *information.urlpatterns,
    *traces.urlpatterns,
    *supervision.urlpatterns,
    *showcase.urlpatterns,
    *appraisals.urlpatterns,
    *imports.urlpatterns,
]

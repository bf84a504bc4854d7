"""Every address of this app, topic by topic."""

from workstations.urls import activities, calendar, duty_rules, quotas, stations, stories, tasks

urlpatterns = [
    *activities.urlpatterns,
    *calendar.urlpatterns,
    *stories.urlpatterns,
    *stations.urlpatterns,
    *tasks.urlpatterns,
    *duty_rules.urlpatterns,
    *quotas.urlpatterns,
]

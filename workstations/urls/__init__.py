"""Every address of this app, topic by topic."""

from workstations.urls import stations

urlpatterns = [*stations.urlpatterns]

"""Every address of this app, topic by topic."""

from members.urls import regions

urlpatterns = [*regions.urlpatterns]

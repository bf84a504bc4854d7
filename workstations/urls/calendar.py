from django.urls import path

from workstations.views import calendar as views

urlpatterns = [
    path("c/<slug:slug>/calendar/", views.calendar, name="calendar"),
    path("c/<slug:slug>/calendar/theme/", views.calendar_theme, name="calendar-theme"),
    path("my/calendar/", views.calendar_feed_settings, name="calendar-feed-settings"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar-feed"),
]

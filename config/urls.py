"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from config import accounts, committee_home, duty, health, home, matters, places, rights
from config.milestones import views as milestones
from config.notices import views as notices

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("api/", include("config.api")),
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("password/", accounts.password_change, name="password-change"),
    path("large-type/", accounts.large_type, name="large-type"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("notices/", notices.inbox, name="inbox"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("my/duty/", duty.my_duty, name="my-duty"),
    path("office/duty/", duty.duty_office, name="duty-office"),
    path("office/matters/", matters.matters_office, name="matters-office"),
    path("office/places/", places.places_office, name="places-office"),
    path("office/reminders/", milestones.reminders, name="reminders"),
    path("office/reminders/<int:pk>/revive/", milestones.revive, name="reminder-revive"),
    path("", include("config.uploads.urls")),
    path("c/<slug:slug>/", committee_home.committee_home, name="committee-home"),
    path("c/<slug:slug>/rights/", rights.rights, name="rights"),
    path("", include("members.urls")),
    path("", include("workstations.urls")),
    path("", include("proposals.urls")),
    path("", include("consultation.urls")),
    path("admin/", admin.site.urls),
]

from django.urls import path

from workstations.views import funds as views

urlpatterns = [
    path("office/funds/", views.fund_overview, name="fund-overview"),
    path("office/funds/lines/", views.fund_lines, name="fund-lines"),
    path("office/funds/add/", views.fund_add, name="fund-add"),
    path("office/funds/table/", views.fund_table, name="fund-table"),
    path("office/funds/activities/<int:pk>/", views.fund_activity, name="fund-activity"),
    path("funds/<int:pk>/", views.fund_line, name="fund-line"),
    path("funds/<int:pk>/strike/", views.fund_strike, name="fund-strike"),
    path("stations/<int:pk>/funds/<int:year>/", views.station_funds, name="station-funds"),
    path("stations/<int:pk>/funds/add/", views.station_fund_add, name="station-fund-add"),
]

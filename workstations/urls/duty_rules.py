from django.urls import path

from workstations.views import duty_rules as views

urlpatterns = [
    path("office/tasks/", views.duty_rule_list, name="duty-rule-list"),
    path("office/tasks/new/", views.duty_rule_new, name="duty-rule-new"),
    path("office/tasks/homework/", views.homework_new, name="homework-new"),
    path("office/tasks/<int:pk>/", views.duty_rule, name="duty-rule"),
    path("office/tasks/<int:pk>/edit/", views.duty_rule_edit, name="duty-rule-edit"),
    path("office/tasks/<int:pk>/end/", views.duty_rule_end, name="duty-rule-end"),
    path("office/tasks/<int:pk>/resume/", views.duty_rule_resume, name="duty-rule-resume"),
    path("office/tasks/<int:pk>/remind/", views.duty_rule_remind, name="duty-rule-remind"),
    path("office/tasks/<int:pk>/tasks.xlsx", views.duty_rule_export, name="duty-rule-export"),
]

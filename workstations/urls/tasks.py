from django.urls import path

from workstations.views import tasks as views

urlpatterns = [
    path("my/tasks/", views.duty_task_list, name="duty-task-list"),
    path("my/tasks/<int:pk>/", views.duty_task, name="duty-task"),
    path("office/tasks/read/<int:pk>/", views.duty_task_read, name="duty-task-read"),
    path("office/tasks/read/<int:pk>/back/", views.duty_task_back, name="duty-task-back"),
    path("office/tasks/read/<int:pk>/excuse/", views.duty_task_excuse, name="duty-task-excuse"),
]

from django.urls import path

from workstations.views import stories as views

urlpatterns = [
    path("c/<slug:slug>/stories/", views.story_list, name="story-list"),
    path("c/<slug:slug>/stories/new/", views.story_new, name="story-new"),
    path("stories/<int:pk>/", views.story, name="story"),
    path("stories/<int:pk>/edit/", views.story_edit, name="story-edit"),
    path("stories/<int:pk>/publish/", views.story_publish, name="story-publish"),
]

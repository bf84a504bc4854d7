from django.urls import path

from workstations.views import word_desk as desk
from workstations.views import words as views

urlpatterns = [
    path("c/<slug:slug>/words/", views.words_public, name="words-public"),
    path("c/<slug:slug>/words/new/", views.word_new, name="word-new"),
    path("c/<slug:slug>/words/progress/", views.word_progress, name="word-progress"),
    path("c/<slug:slug>/words/answered/", views.word_answered, name="word-answered"),
    path("office/words/", desk.word_desk, name="word-desk"),
    path("office/words/figures/", desk.word_figures, name="word-figures"),
    path("my/words/", desk.word_mine, name="word-mine"),
    path("my/words/new/", desk.word_grid_new, name="word-grid-new"),
    path("stations/<int:pk>/words/", desk.station_words, name="station-words"),
    path("stations/<int:pk>/words/new/", desk.station_word_new, name="station-word-new"),
    path("stations/<int:pk>/words/poster/", desk.station_poster, name="station-poster"),
    path("words/<int:key>/", desk.word, name="word"),
    path("words/<int:key>/hand/", desk.word_hand, name="word-hand"),
    path("words/<int:key>/answer/", desk.word_answer, name="word-answer"),
    path("words/<int:key>/decline/", desk.word_decline, name="word-decline"),
    path("words/<int:key>/publish/", desk.word_publish, name="word-publish"),
    path("words/<int:key>/forget/", desk.word_forget, name="word-forget"),
]

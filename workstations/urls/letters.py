from django.urls import path

from workstations.views import letters as views

urlpatterns = [
    path("letters/", views.letter_list, name="letter-list"),
    path("letters/new/", views.letter_new, name="letter-new"),
    path("letters/<int:pk>/", views.letter, name="letter"),
    path("letters/<int:pk>/read/", views.letter_read, name="letter-read"),
    path("letters/<int:pk>/close/", views.letter_close, name="letter-close"),
    path("office/letters/figures/", views.letter_figures, name="letter-figures"),
]

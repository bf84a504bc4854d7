from django.urls import path

from members.views import contact_schemes as schemes
from members.views import contacts as views

urlpatterns = [
    path("contacts/", views.contact_list, name="contact-list"),
    path("contacts/schemes/new/", schemes.contact_scheme_new, name="contact-scheme-new"),
    path("contacts/schemes/adopt/<slug:preset>/", schemes.contact_scheme_adopt, name="contact-scheme-adopt"),
    path("contacts/schemes/<int:pk>/", schemes.contact_scheme, name="contact-scheme"),
    path("contacts/schemes/<int:pk>/edit/", schemes.contact_scheme_edit, name="contact-scheme-edit"),
    path("contacts/schemes/<int:pk>/propose/", schemes.contact_propose, name="contact-propose"),
    path("contacts/schemes/<int:pk>/link/", views.contact_link_new, name="contact-link-new"),
    path("contacts/links/<int:pk>/", views.contact_link, name="contact-link"),
    path("contacts/links/<int:pk>/end/", views.contact_link_end, name="contact-link-end"),
    path("contacts/links/<int:pk>/plan/", views.contact_visit_plan, name="contact-visit-plan"),
    path("contacts/links/<int:pk>/visit/", views.contact_visit_new, name="contact-visit-new"),
    path("contacts/visits/<int:pk>/edit/", views.contact_visit_edit, name="contact-visit-edit"),
    path("contacts/visits/<int:pk>/withdraw/", views.contact_visit_withdraw, name="contact-visit-withdraw"),
]

from django.urls import path

from proposals import escalations, growths
from proposals.views import led, results

urlpatterns = [
    path("led/", led.led_list, name="led-list"),
    path("led/<int:pk>/", led.led_detail, name="led-detail"),
    path("led/<int:pk>/step/", led.led_step, name="led-step"),
    path("led/<int:pk>/finish/", led.led_finish, name="led-finish"),
    path("led/<int:pk>/rate/", led.led_rate, name="led-rate"),
    path("led/<int:pk>/back/", led.led_take_back, name="led-take-back"),
    path("micro/<uuid:key>/lead/", led.micro_lead, name="micro-lead"),
    path("micro/<uuid:key>/results/new/", results.result_new, name="micro-result-new"),
    path("micro/results/<int:pk>/remove/", results.result_remove, name="micro-result-remove"),
]

growths.register(escalations.PROPOSAL)
growths.register(escalations.INFORMATION)

"""The addresses of accountability."""

from django.urls import path

from stamkunde.accountability.views import register, retention

app_name = "accountability"

urlpatterns = [
    path("retention/", retention.rules, name="rules"),
    path("retention/rules/<str:key>/", retention.rule, name="rule"),
    path("retention/rehearsal/", retention.rehearsal, name="rehearsal"),
    path("retention/runs/", retention.runs, name="runs"),
    path("retention/beginnings/", retention.run_begin, name="run_begin"),
    path("retention/runs/<int:pk>/", retention.run, name="run"),
    path("register/", register.register, name="register"),
    path("register/register.csv", register.register_csv, name="register_csv"),
    path("register/register.json", register.register_json, name="register_json"),
    path("processors/new/", register.processor_new, name="processor_new"),
    path("processors/<int:pk>/", register.processor, name="processor"),
    path("processors/<int:pk>/removal/", register.processor_remove, name="processor_remove"),
]

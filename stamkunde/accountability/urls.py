"""The addresses of accountability."""

from django.urls import path

from stamkunde.accountability.views import breach, looks, register, retention

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
    path("breaches/", breach.breaches, name="breaches"),
    path("breaches/new/", breach.breach_new, name="breach_new"),
    path("breaches/<int:pk>/", breach.breach, name="breach"),
    path("breaches/<int:pk>/closing/", breach.breach_close, name="breach_close"),
    path("breaches/<int:pk>/opening/", breach.breach_reopen, name="breach_reopen"),
    path("breaches/<int:pk>/affected/", breach.affected, name="affected"),
    path("settings/warnings/", looks.terms, name="terms"),
    path("looks/", looks.log, name="log"),
    path("looks/alerts/", looks.alerts, name="alerts"),
]

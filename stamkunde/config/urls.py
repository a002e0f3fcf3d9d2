"""The addresses of the house: each module brings its own."""

from django.urls import include, path

from stamkunde.config.api import API
from stamkunde.config.health import health
from stamkunde.config.metrics import metrics

urlpatterns = [
    path("healthz", health),
    path("metrics", metrics),
    API.urls,
    path("", include("stamkunde.accounts.urls")),
    path("", include("stamkunde.jobs.urls")),
    path("", include("stamkunde.customers.urls")),
    path("", include("stamkunde.catalogue.urls")),
    path("", include("stamkunde.pricing.urls")),
    path("", include("stamkunde.loyalty.urls")),
    path("", include("stamkunde.tasks.urls")),
    path("", include("stamkunde.sales.urls")),
    path("", include("stamkunde.conversations.urls")),
    path("", include("stamkunde.privacy.urls")),
    path("", include("stamkunde.accountability.urls")),
    path("", include("stamkunde.exchange.urls")),
    path("", include("stamkunde.counter.urls")),
    path("", include("stamkunde.desk.urls")),
]

handler400 = "stamkunde.kit.failures.bad_request"
handler403 = "stamkunde.kit.failures.forbidden"
handler404 = "stamkunde.kit.failures.not_found"
handler500 = "stamkunde.kit.failures.broken"

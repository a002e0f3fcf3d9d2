"""The addresses of the counter."""

from django.urls import path

from stamkunde.counter.views import counter, offline, people, returning, serving

app_name = "counter"

urlpatterns = [
    path("counter/", counter.counter, name="counter"),
    path("counter/finds/", counter.finds_while_typing, name="finds"),
    path("counter/till/", counter.till, name="till"),
    path("counter/serving/", serving.serving, name="serving"),
    path("counter/returns/", returning.returns, name="returns"),
    path("counter/returns/loose/", returning.loose_returns, name="loose_returns"),
    path("counter/returns/<int:pk>/", counter.returned, name="returned"),
    path("counter/customers/", people.customers, name="customers"),
    path("counter/notes/", people.notes, name="notes"),
    path("counter/worker.js", offline.worker, name="offline_worker"),
    path("counter/manifest.webmanifest", offline.manifest, name="manifest"),
    path("counter/offline/", offline.shell, name="offline"),
    path("counter/offline/state/", offline.state, name="offline_state"),
    path("counter/offline/numbers/", offline.numbers, name="offline_numbers"),
    path("counter/offline/products/", offline.products, name="offline_products"),
    path("counter/offline/people/", offline.people, name="offline_people"),
    path("counter/offline/sales/", offline.sales, name="offline_sales"),
    path("counter/receipts/<int:pk>/", counter.receipt, name="receipt"),
]

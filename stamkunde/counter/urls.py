"""The addresses of the counter."""

from django.urls import path

from stamkunde.counter.views import counter, people, returning, serving

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
    path("counter/receipts/<int:pk>/", counter.receipt, name="receipt"),
]

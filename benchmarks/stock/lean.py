"""A lean page to compare with: fifty rows of one table in a plain template, for whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from stamkunde.config.urls import urlpatterns as house
from stamkunde.customers.models import Customer
from stamkunde.kit.policy import staff_only

_TEMPLATE = Engine().from_string(
    "<!doctype html><title>Lean</title><table>{% for one in rows %}<tr><td>{{ one.name }}</td><td>{{ one.visits }}</td>"
    "<td>{{ one.last_visit_at }}</td><td>{{ one.language }}</td></tr>{% endfor %}</table>"
)


@staff_only
def lean(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        _TEMPLATE.render(Context({"rows": Customer.objects.present().order_by("sort_name", "pk")[:50]}))
    )


urlpatterns = [*house, path("lean/", lean)]

"""People like this one: the list of customers, narrowed by what is known of her."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import SEE, customer_for
from stamkunde.desk.alike import filters_like
from stamkunde.kit.policy import requires


@requires(SEE.name)
@require_safe
def people_alike(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the list with a chip for each thing they have in common; any of them can be taken off there."""
    pairs = [("view", "all"), *filters_like(customer_for(signed_in(request), pk))]
    return redirect(f"{reverse('desk:customers')}?{urlencode(pairs)}")

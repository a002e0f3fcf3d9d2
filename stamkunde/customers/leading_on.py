"""Where the number of a customer leads who is not to be found under it any more.

Who was merged is found on the same page of who she is now; of whom only storing is allowed, those who may know are led
to the page that says so.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from stamkunde.customers.access import CustomerMerged, CustomerRestricted
from stamkunde.customers.models.customer import page_of


class _SameAgain(HttpResponseRedirect):
    # The form that was sent is sent on as it is, so that nothing typed is lost.
    status_code = 307


class CustomerMergedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, CustomerRestricted):
            return HttpResponseRedirect(reverse("customers:restriction", args=[error.customer_id]))
        if not isinstance(error, CustomerMerged):
            return None
        return _SameAgain(_address_of(request, error))


def _address_of(request: HttpRequest, merged: CustomerMerged) -> str:
    match, query = request.resolver_match, request.META.get("QUERY_STRING", "")
    if match is None or match.kwargs.get("pk") != merged.merged_id:
        return page_of(merged.survivor_id)
    try:
        address = reverse(match.view_name, kwargs={**match.kwargs, "pk": merged.survivor_id})
    except NoReverseMatch:
        return page_of(merged.survivor_id)
    return f"{address}?{query}" if query else address

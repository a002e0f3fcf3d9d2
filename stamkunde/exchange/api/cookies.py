"""No cookie reaches the door for machines: whoever is signed in at a browser is a stranger there."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def without_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take the cookies off a request to the door, before anything looks for a session in them."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return respond

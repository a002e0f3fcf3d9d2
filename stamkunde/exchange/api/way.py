"""The way of a machine's request to its door: past everything that only pages need.

Sessions, forms, messages and who is signed in are a browser's. No cookie reaches the door: whoever is signed in at a
browser is a stranger there.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stamkunde.accounts.middleware import in_words_of

Respond = Callable[[HttpRequest], HttpResponse]

_door: list[Respond] = []


def to_the_door(get_response: Respond) -> Respond:
    """Stand last of all middleware, and remember what comes after it: the view itself, with what is asked of each."""
    _door[:] = [get_response]
    return get_response


def shorter_for_machines(get_response: Respond) -> Respond:
    """Lead a request of a machine straight to its door; what stands before this in the list is for it too."""
    # Django puts the list together from its end, so that the last has said by now where the door is.
    (door,) = _door

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        return in_words_of(request, None, door)

    return respond

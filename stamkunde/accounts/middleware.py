"""The reader's own language and the shop's clock, for every page."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from stamkunde.accounts.queries import the_shop


def personal_settings(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show each page in the language that its reader chose, else the browser's, and in the shop's time zone."""

    def respond(request: HttpRequest) -> HttpResponse:
        language = _language(request)
        with translation.override(language), timezone.override(ZoneInfo(the_shop().zone)):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    return respond


def _language(request: HttpRequest) -> str:
    user = request.user
    if user.is_authenticated and user.language:
        return user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return translation.get_language_from_request(request) if "Accept-Language" in request.headers else the_shop().language

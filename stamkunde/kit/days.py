"""From which day to which: two boxes above a page of figures."""

from datetime import date, timedelta

from django.http import HttpRequest

LONGEST = timedelta(days=3660)


def asked_days(request: HttpRequest, usual: tuple[date, date]) -> tuple[date, date]:
    """Return the days that were asked for; the usual where they cannot be read or lie the wrong way round."""
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
        until = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return usual
    if not since <= until <= since + LONGEST or not 1990 <= since.year <= until.year <= 2100:
        return usual
    return since, until

"""Who is asking where a machine asks: the owner of its token, as far as the token reaches."""

from django.http import HttpRequest

from stamkunde.accounts.models import User


def bearer(request: HttpRequest) -> User:
    """Return whose token the request came with; the door has let in nobody without one."""
    user: User = request.bearer  # type: ignore[attr-defined]
    return user

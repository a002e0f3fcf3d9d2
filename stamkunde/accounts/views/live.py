"""What happens in the rooms of a member of staff, told to her open pages."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.live import room_of, rooms_of
from stamkunde.accounts.presence import network_address
from stamkunde.kit.live import stream_of
from stamkunde.kit.policy import staff_only


@staff_only
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    return stream_of(request, rooms_of(user), holder=room_of(user.pk), address=network_address(request))

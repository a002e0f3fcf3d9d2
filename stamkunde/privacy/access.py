"""What this module lets people do, and which requests and files they get."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.kit.clock import now
from stamkunde.kit.policy import Permission
from stamkunde.privacy.models import AccessFile, DataRequest

ANSWER = Permission(
    "privacy.answer",
    _("Answer what people ask about their data: write a copy of it, and erase it."),
)

PERMISSIONS = (ANSWER,)


def visible_requests(user: User) -> QuerySet[DataRequest]:
    return DataRequest.objects.all() if user.may(ANSWER.name) else DataRequest.objects.none()


def request_for(user: User, pk: int) -> DataRequest:
    found = visible_requests(user).select_related("customer").filter(pk=pk).first() if pk < 1 << 63 else None
    if found is None:
        raise Http404
    return found


def file_for(user: User, request_pk: int, pk: int) -> AccessFile:
    """Return a copy that can be fetched now; one whose days are over is as gone as one that never was."""
    found = None
    if pk < 1 << 63:
        found = AccessFile.objects.filter(request=request_for(user, request_pk), pk=pk).first()
    if found is None or not found.is_ready or found.expires_at <= now():
        raise Http404
    return found

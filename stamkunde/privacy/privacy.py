"""What this module holds about a person: what they asked about their data, and the copies that were written."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.privacy import Holding, Sensitivity, Stay, register, rows_about
from stamkunde.privacy.actions.copies import let_go_of
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure

_NONE, _BUSINESS, _FREE_TEXT = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.FREE_TEXT
_WRITTEN = ("asked_by", "identity_note", "names_staff_reason", "extension_reason", "outcome")


def _erasures_stay(customer_id: int) -> list[Stay]:
    if not Erasure.objects.filter(customer_id=customer_id).exists():
        return []
    return [Stay(_("That and when the person was erased stays, without the person, so that the shop can prove it."))]


def _forget_requests(customer_id: int) -> None:
    own = DataRequest.objects.filter(customer=customer_id)
    own.update(customer=None, **dict.fromkeys(_WRITTEN, ""))


def _requests_stay(customer_id: int) -> list[Stay]:
    if not DataRequest.objects.filter(customer=customer_id).exists():
        return []
    return [Stay(_("That a request was made and answered stays, without a name, so that the shop can prove it."))]


def _forget_copies(customer_id: int) -> None:
    for file in AccessFile.objects.filter(request__customer=customer_id):
        let_go_of(file)


register(
    # The copies come first: once the request has let go of the customer, nothing leads to them any more.
    Holding(
        model=AccessFile,
        title=gettext_lazy("Copies of your data"),
        purpose=gettext_lazy("To give the customer a copy of their data."),
        columns={
            "id": _NONE,
            "request": _BUSINESS,
            "language": _BUSINESS,
            "state": _BUSINESS,
            "stored_as": _NONE,
            "rows": _BUSINESS,
            "size": _BUSINESS,
            "digest": _BUSINESS,
            "job_id": _NONE,
            "asked_by_id": _BUSINESS,
            "asked_by": _BUSINESS,
            "asked_at": _BUSINESS,
            "ready_at": _BUSINESS,
            "fetched_at": _BUSINESS,
            "expires_at": _BUSINESS,
        },
        export=rows_about(AccessFile, "asked_at", "language", "rows", "size", "fetched_at", by="request__customer_id"),
        forget=_forget_copies,
    ),
    Holding(
        model=Erasure,
        title=gettext_lazy("Your erasure"),
        purpose=gettext_lazy("To erase a person whole even when the machine stops half-way, and to prove it."),
        columns={
            "id": _NONE,
            "request": _BUSINESS,
            "customer_id": Sensitivity.IDENTITY,
            "ref": Sensitivity.IDENTITY,
            "state": _BUSINESS,
            "sealed": Sensitivity.IDENTITY,
            "plan": _BUSINESS,
            "receipt": _BUSINESS,
            "mentions": _BUSINESS,
            "job_id": _NONE,
            "asked_by": _BUSINESS,
            "asked_at": _BUSINESS,
            "frozen_at": _BUSINESS,
            "executed_at": _BUSINESS,
            "verified_at": _BUSINESS,
        },
        withheld={
            "sealed": gettext_lazy("It is what the erasure looks for, sealed, and goes when it is finished."),
            "ref": gettext_lazy("It is the reference of the profile, which is given already."),
        },
        export=rows_about(Erasure, "state", "asked_at", "frozen_at", "executed_at"),
        stays=_erasures_stay,
    ),
    Holding(
        model=DataRequest,
        title=gettext_lazy("What you asked about your data"),
        purpose=gettext_lazy("To answer what people ask about their data, in time, and to be able to prove it."),
        columns={
            "id": _NONE,
            "kind": _BUSINESS,
            "customer": Sensitivity.IDENTITY,
            "asked_by": _FREE_TEXT,
            "identity": _BUSINESS,
            "identity_note": _FREE_TEXT,
            "language": _BUSINESS,
            "names_staff": _BUSINESS,
            "names_staff_reason": _FREE_TEXT,
            "received_on": _BUSINESS,
            "due_on": _BUSINESS,
            "extended_on": _BUSINESS,
            "extension_reason": _FREE_TEXT,
            "state": _BUSINESS,
            "outcome": _FREE_TEXT,
            "closed_at": _BUSINESS,
            "closed_by": _BUSINESS,
            "made_by": _BUSINESS,
            "made_at": _BUSINESS,
        },
        export=rows_about(
            DataRequest,
            "kind",
            "asked_by",
            "identity",
            "identity_note",
            "received_on",
            "due_on",
            "extended_on",
            "extension_reason",
            "names_staff",
            "names_staff_reason",
            "state",
            "outcome",
            "closed_at",
        ),
        forget=_forget_requests,
        stays=_requests_stay,
    ),
)

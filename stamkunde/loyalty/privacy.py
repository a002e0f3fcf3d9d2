"""What loyalty holds about a person: that they are a member, and their cards. The points say no name."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register
from stamkunde.loyalty.actions import forget_memberships
from stamkunde.loyalty.models import MemberCard, Membership

_NONE, _BUSINESS = Sensitivity.NONE, Sensitivity.BUSINESS
_IDENTITY, _BEHAVIOUR = Sensitivity.IDENTITY, Sensitivity.BEHAVIOUR


def _memberships(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in Membership.objects.filter(customer=customer_id).select_related("programme").order_by("pk"):
        yield {
            "programme": row.programme.name,
            "number": row.number,
            "state": row.state,
            "joined_at": row.joined_at,
            "closed_at": row.closed_at,
            "terms_version": row.terms_version,
            "source": row.source,
            "unconfirmed": row.unconfirmed,
        }


def _cards(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in MemberCard.objects.filter(membership__customer=customer_id).select_related("membership").order_by("pk"):
        yield {
            "number": row.membership.number,
            "token": row.token,
            "symbology": row.symbology,
            "medium": row.medium,
            "state": row.state,
            "issued_at": row.issued_at,
            "ended_at": row.ended_at,
        }


def _forget_memberships(customer_id: int) -> None:
    forget_memberships(list(Membership.objects.filter(customer=customer_id).values_list("pk", flat=True)))


register(
    # The cards first: afterwards nothing leads to them.
    Holding(
        model=MemberCard,
        title=_("Your member's cards"),
        purpose=_("To know a member by the card that they show."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "token": _IDENTITY,
            "symbology": _BUSINESS,
            "medium": _BUSINESS,
            "state": _BUSINESS,
            "issued_at": _BEHAVIOUR,
            "ended_at": _BEHAVIOUR,
            "replaced_by": _NONE,
        },
        export=_cards,
        forget=deleting(MemberCard, by="membership__customer"),
    ),
    Holding(
        model=Membership,
        title=_("Your memberships"),
        purpose=_("To give members what was agreed with them when they joined."),
        columns={
            "id": _NONE,
            "programme": _BUSINESS,
            "customer": _IDENTITY,
            "number": _IDENTITY,
            "state": _BUSINESS,
            "joined_at": _BUSINESS,
            "closed_at": _BUSINESS,
            "terms_version": _BUSINESS,
            "source": _BUSINESS,
            "unconfirmed": _IDENTITY,
            "joined_to": _NONE,
            "version": _NONE,
        },
        export=_memberships,
        forget=_forget_memberships,
    ),
)

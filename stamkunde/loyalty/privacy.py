"""What loyalty holds about a person: that they are a member, and their cards. The points say no name."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Holding, Sensitivity, Stay, deleting, register, rows_about
from stamkunde.loyalty.actions import forget_memberships
from stamkunde.loyalty.actions.households import forget_households
from stamkunde.loyalty.actions.points import forget_points
from stamkunde.loyalty.actions.referrals import forget_referrals
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    Lot,
    LotUse,
    MemberCard,
    Membership,
    PointsAccount,
    PointsRequest,
    PointsReservation,
    PointsTransaction,
    Posting,
    Referral,
    TierMetricEntry,
    TierStanding,
)

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
            "friend_code": row.friend_code,
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


def _transactions(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = PointsTransaction.objects.filter(membership__customer=customer_id).select_related("membership")
    for row in rows.order_by("pk"):
        yield {
            "number": row.membership.number,
            "kind": row.kind,
            "points": row.points,
            "occurred_at": row.occurred_at,
            "recorded_at": row.recorded_at,
            "source": row.source,
            "reason": row.reason,
        }


def _accounts(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = PointsAccount.objects.filter(membership__customer=customer_id).select_related("membership")
    for row in rows.order_by("pk"):
        yield {"number": row.membership.number if row.membership else "", "kind": row.kind, "balance": row.balance}


def _lots(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = Lot.objects.filter(membership__customer=customer_id).select_related("membership")
    for row in rows.order_by("pk"):
        yield {
            "number": row.membership.number,
            "granted": row.granted,
            "remaining": row.remaining,
            "held_until": row.held_until,
            "expires_at": row.expires_at,
        }


def _requests(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in PointsRequest.objects.filter(membership__customer=customer_id).order_by("pk"):
        yield {
            "points": row.points,
            "reason": row.reason,
            "state": row.state,
            "asked_at": row.asked_at,
            "decided_at": row.decided_at,
        }


def _referrals(customer_id: int) -> Iterator[dict[str, Any]]:
    mine = Q(referrer__customer=customer_id) | Q(referee__customer=customer_id)
    for row in Referral.objects.filter(mine).select_related("programme", "referrer").order_by("pk"):
        was_hers = row.referrer.customer_id == customer_id
        yield {
            "programme": row.programme.name,
            "role": "referrer" if was_hers else "referee",
            "code": row.code or "" if was_hers else "",
            "state": row.state,
            "reasons": row.reasons,
            "made_at": row.made_at,
            "joined_at": row.joined_at,
            "decided_at": row.decided_at,
            "points": row.paid_referrer if was_hers else row.paid_referee,
        }


def _headed(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in Household.objects.filter(head__customer=customer_id).select_related("programme").order_by("pk"):
        yield {"programme": row.programme.name, "made_at": row.made_at}


def _numbers_of(customer_id: int) -> list[int]:
    return list(Membership.objects.filter(customer=customer_id).values_list("pk", flat=True))


def _forget_referrals(customer_id: int) -> None:
    forget_referrals(_numbers_of(customer_id))


def _forget_households(customer_id: int) -> None:
    forget_households(_numbers_of(customer_id))


def _reward_stays(customer_id: int) -> list[Stay]:
    mine = Q(referrer__customer=customer_id) | Q(referee__customer=customer_id)
    if not Referral.objects.filter(mine).exclude(state__in=("invited", "rejected")).exists():
        return []
    return [Stay(gettext("That a member brought a friend stays in the books of the programme, without a name."))]


def _forget_points(customer_id: int) -> None:
    forget_points(list(Membership.objects.filter(customer=customer_id).select_related("programme")))


def _ledger_stays(customer_id: int) -> list[Stay]:
    if not PointsTransaction.objects.filter(membership__customer=customer_id).exists():
        return []
    return [Stay(gettext("What was earned and used in points stays in the books of the programme, without a name."))]


_ENTRY = {"id": _NONE, "transaction": _BUSINESS, "amount": _BUSINESS}

register(
    # Before the memberships: afterwards nothing leads from the customer to the points.
    Holding(
        model=PointsTransaction,
        title=_("What happened to your points"),
        purpose=_("To give members the points they have earned, and to be able to account for each of them."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "kind": _BUSINESS,
            "points": _BUSINESS,
            "occurred_at": _BEHAVIOUR,
            "recorded_at": _BUSINESS,
            "source": _BUSINESS,
            "source_id": _NONE,
            "split": _BUSINESS,
            "reason": Sensitivity.FREE_TEXT,
            "recorded_by": _BUSINESS,
            "spent_by": _BUSINESS,
            "reverses": _NONE,
            "idempotency_key": _NONE,
            "body_digest": _NONE,
        },
        export=_transactions,
        forget=_forget_points,
        stays=_ledger_stays,
    ),
    Holding(
        model=PointsAccount,
        title=_("Your points"),
        purpose=_("To know how many points a member has."),
        columns={
            "id": _NONE,
            "programme": _BUSINESS,
            "membership": _BUSINESS,
            "kind": _BUSINESS,
            "balance": _BUSINESS,
        },
        export=_accounts,
        stays=_ledger_stays,
    ),
    Holding(
        model=Posting,
        title=_("Postings of your points"),
        purpose=_("To be able to account for every point: what goes into one account comes out of another."),
        columns={**_ENTRY, "account": _BUSINESS},
        export=rows_about(Posting, "amount", by="transaction__membership__customer"),
        stays=_ledger_stays,
    ),
    Holding(
        model=Lot,
        title=_("When your points can be used"),
        purpose=_("To know until when which points can be used."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "transaction": _BUSINESS,
            "granted": _BUSINESS,
            "remaining": _BUSINESS,
            "is_held": _BUSINESS,
            "held_until": _BUSINESS,
            "expires_at": _BUSINESS,
            "rate_points": _BUSINESS,
            "rate_per": _BUSINESS,
            "currency": _BUSINESS,
            "exchange_to": _BUSINESS,
            "exchange_from": _BUSINESS,
            "rule_version": _BUSINESS,
            "origin": _NONE,
        },
        export=_lots,
        stays=_ledger_stays,
    ),
    Holding(
        model=LotUse,
        title=_("Which points were used when"),
        purpose=_("To give points back as they were when something is returned."),
        columns={**_ENTRY, "lot": _BUSINESS},
        export=rows_about(LotUse, "amount", by="lot__membership__customer"),
        stays=_ledger_stays,
    ),
    Holding(
        model=PointsReservation,
        title=_("Points set aside while you paid"),
        purpose=_("To keep points from being used twice while somebody pays."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "points": _BUSINESS,
            "state": _BUSINESS,
            "transaction": _BUSINESS,
            "made_at": _BUSINESS,
            "ends_at": _BUSINESS,
            "reference": Sensitivity.FREE_TEXT,
        },
        export=rows_about(
            PointsReservation, "points", "state", "made_at", "ends_at", "reference", by="membership__customer"
        ),
        stays=_ledger_stays,
    ),
    Holding(
        model=PointsRequest,
        title=_("Corrections of your points that two people decide"),
        purpose=_("To let nobody alone make a member owe points."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "points": _BUSINESS,
            "reason": Sensitivity.FREE_TEXT,
            "state": _BUSINESS,
            "asked_by": _BUSINESS,
            "asked_by_label": _BUSINESS,
            "asked_at": _BUSINESS,
            "decided_by": _BUSINESS,
            "decided_by_label": _BUSINESS,
            "decided_at": _BUSINESS,
            "transaction": _BUSINESS,
        },
        export=_requests,
        stays=_ledger_stays,
    ),
)

register(
    Holding(
        model=TierMetricEntry,
        title=_("What counts towards your level"),
        purpose=_("To give members the level that they have reached with what they bought."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "kind": _BUSINESS,
            "amount": _BUSINESS,
            "occurred_at": _BEHAVIOUR,
            "recorded_at": _BUSINESS,
            "source": _BUSINESS,
            "source_id": _NONE,
        },
        export=rows_about(
            TierMetricEntry, "kind", "amount", "occurred_at", "recorded_at", "source", by="membership__customer"
        ),
        forget=deleting(TierMetricEntry, by="membership__customer"),
    ),
    Holding(
        model=TierStanding,
        title=_("Your levels"),
        purpose=_("To know which level a member has, and until when."),
        columns={
            "id": _NONE,
            "membership": _BUSINESS,
            "tier": _BUSINESS,
            "since": _BEHAVIOUR,
            "until": _BUSINESS,
            "reason": _BUSINESS,
            "evaluated_at": _BUSINESS,
        },
        export=rows_about(
            TierStanding, "tier__name", "since", "until", "reason", "evaluated_at", by="membership__customer"
        ),
        forget=deleting(TierStanding, by="membership__customer"),
    ),
    Holding(
        model=Referral,
        title=_("Friends whom you brought, and who brought you"),
        purpose=_("To thank members for friends whom they bring, once for each, and nobody for themselves."),
        columns={
            "id": _NONE,
            "programme": _BUSINESS,
            "code": _IDENTITY,
            "referrer": _BUSINESS,
            "referee": _BUSINESS,
            "state": _BUSINESS,
            "reasons": _BEHAVIOUR,
            "made_at": _BEHAVIOUR,
            "joined_at": _BEHAVIOUR,
            "decided_at": _BEHAVIOUR,
            "until": _BUSINESS,
            "for_referrer": _BUSINESS,
            "for_referee": _BUSINESS,
            "minimum": _BUSINESS,
            "waits": _BUSINESS,
            "sale": _NONE,
            "usable_at": _BUSINESS,
            "paid_referrer": _BUSINESS,
            "paid_referee": _BUSINESS,
        },
        export=_referrals,
        forget=_forget_referrals,
        stays=_reward_stays,
    ),
    Holding(
        model=Household,
        title=_("Households that you head"),
        purpose=_("To let those who live together share their points."),
        columns={
            "id": _NONE,
            "programme": _BUSINESS,
            "head": _BUSINESS,
            "made_at": _BEHAVIOUR,
            "ended_at": _BUSINESS,
        },
        export=_headed,
        forget=_forget_households,
    ),
    Holding(
        model=HouseholdMember,
        title=_("Households with which you share points"),
        purpose=_("To let those who live together share their points, as each of them agreed."),
        columns={
            "id": _NONE,
            "household": _BUSINESS,
            "membership": _BUSINESS,
            "joined_at": _BEHAVIOUR,
            "left_at": _BEHAVIOUR,
            "agreement": Sensitivity.FREE_TEXT,
            "recorded_by": _BUSINESS,
        },
        export=rows_about(HouseholdMember, "joined_at", "left_at", "agreement", by="membership__customer"),
        forget=_forget_households,
    ),
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
            "friend_code": _IDENTITY,
            "version": _NONE,
        },
        export=_memberships,
        forget=_forget_memberships,
    ),
)

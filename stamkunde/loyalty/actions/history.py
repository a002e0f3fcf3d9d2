"""Members of another time: many at once, as they joined then."""

from collections.abc import Iterable
from datetime import datetime

from stamkunde.events.publishing import action, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.loyalty.drawing import card_token, membership_number
from stamkunde.loyalty.events import MemberJoined
from stamkunde.loyalty.models import CardMedium, MemberCard, Membership, MembershipSource, Programme, Symbology

_AT_ONCE = 500


@action
def record_past_members(
    programme: Programme, joined: Iterable[tuple[int, datetime]], *, source: str = MembershipSource.IMPORT, by: Actor
) -> list[Membership]:
    """Write down who joined a programme when, each with a card; none of them may be a member of it already."""
    memberships = [
        Membership(
            programme=programme,
            customer_id=customer_id,
            number=membership_number(),
            joined_at=at,
            terms_version=programme.terms_version,
            source=source,
        )
        for customer_id, at in joined
    ]
    Membership.objects.bulk_create(memberships, batch_size=_AT_ONCE)
    MemberCard.objects.bulk_create(
        [
            MemberCard(
                membership=membership,
                token=card_token(Symbology.EAN13),
                symbology=Symbology.EAN13,
                medium=CardMedium.PLASTIC,
                issued_at=membership.joined_at,
            )
            for membership in memberships
        ],
        batch_size=_AT_ONCE,
    )
    publish_in_bulk(
        (
            (
                MemberJoined(
                    customer_id=membership.customer_id,
                    membership_id=membership.pk,
                    programme_name=programme.name,
                    source=source,
                    is_confirmed=True,
                ),
                membership.joined_at,
            )
            for membership in memberships
        ),
        by=by,
    )
    return memberships

"""How what belongs to a customer follows her when two profiles become one."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.merging import MERGED
from stamkunde.customers.events import (
    AddressAdded,
    ConsentGiven,
    ConsentWithdrawn,
    ContactPointAdded,
    FileAdded,
    NoteWritten,
    TraitNoted,
)
from stamkunde.customers.models import (
    Address,
    Consent,
    ConsentState,
    ContactPoint,
    ContactStatus,
    CustomValue,
    FormerName,
    LikelyPair,
    LookUp,
    Merge,
    Note,
    PairState,
    Relation,
    RelationKind,
    Restriction,
    StoredFile,
    Trait,
)
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from stamkunde.kit.merging import Follower, Later, Stays, register
from stamkunde.kit.moving import Moving

_REACHED_BY = ("kind", "value")
_LIVES = ("care_of", "street", "postcode", "town", "country")


def _contact_points(moving: Moving) -> None:
    """Move contact points; one that both have keeps the better proof, and what the survivor prefers stays preferred."""
    own = {(point.kind, point.value): point for point in moving.of_survivor()}
    for point in moving.of_merged():
        there = own.get((point.kind, point.value))
        if there is not None and point.status == ContactStatus.VERIFIED != there.status:
            moving.change([there], status=point.status, verified_at=point.verified_at, evidence=point.evidence)
    preferred = {point.kind for point in own.values() if point.is_preferred}
    moving.change((point for point in moving.of_merged() if point.kind in preferred), is_preferred=False)
    moving.move_or_put_away(_REACHED_BY)


def _addresses(moving: Moving) -> None:
    if moving.of_survivor().filter(is_preferred=True).exists():
        moving.change(moving.of_merged(), is_preferred=False)
    moving.move_or_put_away(_LIVES)


def _consents(moving: Moving) -> None:
    """Move all answers; where one had said no and the other yes, the no counts until she is asked again."""
    own, other = _newest(moving.of_survivor()), _newest(moving.of_merged())
    moving.move_all()
    for channel in own.keys() & other.keys():
        answers = sorted((own[channel], other[channel]), key=lambda one: (one.at, one.pk))
        strict = next((one for one in answers if one.state == ConsentState.WITHDRAWN), None)
        if strict is not None and answers[-1].state == ConsentState.GIVEN:
            evidence = _("Two profiles were merged; one had said no: %(evidence)s") % {"evidence": strict.evidence}
            moving.make(
                Consent(
                    customer_id=moving.survivor_id,
                    channel=channel,
                    state=ConsentState.WITHDRAWN,
                    at=now(),
                    wording=strict.wording,
                    language=strict.language,
                    evidence=evidence[:300],
                    noted_by=moving.by,
                )
            )


def _newest(consents: Iterable[Consent]) -> dict[str, Consent]:
    return {one.channel: one for one in sorted(consents, key=lambda one: (one.at, one.pk))}


def _custom_values(moving: Moving) -> None:
    """Move the shop's own fields; of what both have, the chosen value survives."""
    own = {value.field_id: value for value in moving.of_survivor()}
    for value in list(moving.of_merged()):
        there = own.get(value.field_id)
        if there is not None and moving.choices.get(f"own-{value.field_id}") == MERGED:
            moving.remove([there])
    moving.move_or_put_away(("field_id",))


def _relations(moving: Moving) -> None:
    """Move relations at one end; two who were related to each other are one now, and nothing is noted twice."""
    far = "other" if moving.column == "customer" else "customer"
    there = {(getattr(one, f"{far}_id"), one.kind) for one in moving.of_survivor()}
    mirrored = Relation.objects.filter(kind=RelationKind.HOUSEHOLD, **{far: moving.survivor_id})
    there |= {(getattr(one, f"{moving.column}_id"), one.kind) for one in mirrored}
    gone: list[Relation] = []
    kept: list[Relation] = []
    for relation in moving.of_merged().order_by("pk"):
        end = getattr(relation, f"{far}_id")
        is_needless = end == moving.survivor_id or (end, relation.kind) in there
        (gone if is_needless else kept).append(relation)
    moving.remove(gone)
    moving.move([relation.pk for relation in kept])


def _pairs(moving: Moving) -> None:
    """Let what was said of the merged one and others hold for the survivor, and put the pair itself away."""
    rows = list(moving.of_merged())
    moving.remove(rows)
    for row in rows:
        end = row.second_id if row.first_id == moving.merged_id else row.first_id
        if end == moving.survivor_id:
            continue
        first, second = sorted((end, moving.survivor_id))
        there = LikelyPair.objects.filter(first=first, second=second).first()
        if there is None:
            said = {name: getattr(row, name) for name in _SAID_OF_A_PAIR}
            moving.make(LikelyPair(first_id=first, second_id=second, **said))
        elif row.state == PairState.DISTINCT != there.state:
            moving.change([there], state=row.state, decided_by=row.decided_by, decided_at=row.decided_at)


_SAID_OF_A_PAIR = ("state", "likelihood", "reasons", "found_at", "until", "decided_by", "decided_at")


def _said_address(address: Address) -> str:
    return str(address)


register(
    Follower(model=FormerName, alike=("name",)),
    Follower(
        model=ContactPoint,
        alike=_REACHED_BY,
        move=_contact_points,
        later=Later(
            label=gettext_lazy("Contact points"), at="created_at", said=str, happenings=(ContactPointAdded.name,)
        ),
    ),
    Follower(
        model=Address,
        alike=_LIVES,
        move=_addresses,
        later=Later(
            label=gettext_lazy("Addresses"), at="created_at", said=_said_address, happenings=(AddressAdded.name,)
        ),
    ),
    Follower(
        model=Trait,
        alike=("kind", "text"),
        later=Later(label=gettext_lazy("Good to know"), at="noted_at", said=str, happenings=(TraitNoted.name,)),
    ),
    Follower(
        # Those that were lifted: who is restricted is not merged.
        model=Restriction,
    ),
    Follower(
        model=Consent,
        move=_consents,
        later=Later(
            label=gettext_lazy("Consents"),
            at="recorded_at",
            said=lambda row: f"{row.get_channel_display()}: {row.get_state_display()}",
            happenings=(ConsentGiven.name, ConsentWithdrawn.name),
        ),
    ),
    Follower(model=CustomValue, alike=("field_id",), move=_custom_values),
    Follower(model=Relation, column="customer", move=_relations),
    Follower(model=Relation, column="other", move=_relations),
    Follower(
        model=Note,
        later=Later(label=gettext_lazy("Notes"), at="written_at", said=str, happenings=(NoteWritten.name,)),
    ),
    Follower(
        model=StoredFile,
        later=Later(label=gettext_lazy("Files"), at="added_at", said=str, happenings=(FileAdded.name,)),
    ),
    Follower(model=LookUp),
    Follower(model=Happening, column="customer_id"),
    Follower(model=LikelyPair, column="first", move=_pairs),
    Follower(model=LikelyPair, column="second", move=_pairs),
    Stays(model=Merge, column="survivor", why="It says who became part of whom, also of one who was merged herself."),
    Stays(model=Merge, column="merged", why="It is what an old number is looked up by."),
)

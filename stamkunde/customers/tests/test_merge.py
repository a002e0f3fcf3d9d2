"""Two profiles become one, with all that hangs on them; nothing is lost and nothing is there twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from stamkunde.customers.access import CustomerMerged, customer_for, trashed_customers
from stamkunde.customers.actions import (
    add_address,
    add_contact_point,
    add_relation,
    change_customer,
    confirm_contact_point,
    define_field,
    note_trait,
    record_consent,
    record_lookup,
    set_custom_value,
    write_note,
)
from stamkunde.customers.actions.customer import restore_customer, trash_customer
from stamkunde.customers.actions.forgetting import clear_trash
from stamkunde.customers.actions.merging import StaleMerge, gather_stragglers, merge_customers
from stamkunde.customers.actions.pairs import FoundPair, note_pairs, tell_apart
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.models import (
    Consent,
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    ContactStatus,
    Customer,
    CustomFieldKind,
    CustomValue,
    LikelyPair,
    LookUpPurpose,
    Merge,
    Note,
    PairState,
    Relation,
    RelationKind,
    TraitKind,
)
from stamkunde.customers.queries import may_contact
from stamkunde.customers.queries.merges import came_since, survivor_of
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.tests.belongings import belongings, unwell
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, TraitValues
from stamkunde.events.models import Happening
from stamkunde.kit import merging
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, make_customer

pytestmark = pytest.mark.django_db


def merged(survivor: Customer, other: Customer, **choices: str) -> Merge:
    return merge_customers(survivor.pk, other.pk, choices=choices, by=SYSTEM)


def the_other_kari() -> Customer:
    """Make a second profile of Kari: her name misspelt, the same telephone, and a birthday that the first lacks."""
    return make_customer("Kari", "Nordmand", phone="+4791234567", birth_date=date(1980, 5, 17))


def full(customer: Customer, world: World, word: str) -> None:
    """Give a customer something in every table of the profile."""
    add_address(customer.pk, AddressValues(street=f"{word} 1", postcode="0155", town="Oslo"), by=SYSTEM)
    add_contact_point(customer.pk, ContactValues(kind=ContactKind.EMAIL, raw=f"{word}@example.org"), by=SYSTEM)
    note_trait(customer.pk, TraitValues(kind=TraitKind.SIZE, text=f"{word} 38"), by=SYSTEM)
    note_trait(customer.pk, TraitValues(kind=TraitKind.ALLERGY, text="Nuts"), by=SYSTEM)
    write_note(customer.pk, f"Asked for {word}.", by=SYSTEM)
    record_lookup(customer, LookUpPurpose.PROFILE, by=world.ola)
    add_relation(customer.pk, world.sven.pk, RelationKind.HOUSEHOLD, by=SYSTEM)
    said = ConsentValues(channel=ConsentChannel.SMS, state=ConsentState.GIVEN, evidence=f"on a form, {word}")
    record_consent(customer.pk, said, by=SYSTEM)


def say(customer: Customer, state: ConsentState, day: int) -> None:
    at = datetime(2026, 3, day, tzinfo=UTC)
    values = ConsentValues(channel=ConsentChannel.EMAIL, state=state, evidence="by telephone", at=at)
    record_consent(customer.pk, values, by=SYSTEM)


def test_everything_that_was_the_others_is_hers_and_nothing_is_there_twice(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    full(kari, world, "red")
    full(other, world, "blue")

    merged(kari, other)

    kari.refresh_from_db()
    assert (kari.name, kari.birth_date, kari.birth_day) == ("Kari Nordmann", date(1980, 5, 17), 517)
    assert sorted(kari.contact_points.values_list("value", flat=True)) == [
        "+4791234567",
        "blue@example.org",
        "kari@example.org",
        "red@example.org",
    ]
    assert [point.value for point in kari.contact_points.filter(kind="email", is_preferred=True)] == [
        "kari@example.org"
    ]
    assert sorted(kari.traits.values_list("text", flat=True)) == ["Nuts", "blue 38", "red 38"]
    assert kari.notes.count() == kari.addresses.count() == kari.lookups.count() == kari.consents.count() == 2
    assert kari.addresses.filter(is_preferred=True).count() == 1
    assert Relation.objects.get().customer == kari
    assert list(kari.former_names.values_list("name", flat=True)) == ["Kari Nordmand"]
    assert not any(follower.rows_of(other.pk).exists() for follower in merging.followers())
    assert unwell() == []


def test_the_timelines_are_one_and_no_time_moves(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    full(other, world, "blue")
    before = set(Happening.objects.filter(customer_id=other.pk).values_list("pk", "at", "recorded_at"))

    merged(kari, other)

    hers = Happening.objects.filter(customer_id=kari.pk)
    assert before <= set(hers.values_list("pk", "at", "recorded_at"))
    last = hers.order_by("-pk")[0]
    assert (last.name, last.details["other_id"]) == ("customers.customers_merged", other.pk)


def test_what_differs_is_chosen_field_by_field(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    change_customer(kari.pk, {"birth_date": date(1980, 5, 18), "language": "nb"}, version=1, by=SYSTEM)
    shoe = define_field("Shoe", CustomFieldKind.TEXT, by=SYSTEM)
    hat = define_field("Hat", CustomFieldKind.TEXT, by=SYSTEM)
    for customer, size in ((kari, "38"), (other, "39")):
        for field in (shoe, hat):
            set_custom_value(customer.pk, field, size, version=0, by=SYSTEM)

    merged(kari, other, family_name="merged", birth_date="merged", **{f"own-{shoe.pk}": "merged"})

    kari.refresh_from_db()
    assert (kari.family_name, kari.birth_date, kari.birth_day, kari.language) == (
        "Nordmand",
        date(1980, 5, 17),
        517,
        "nb",
    )
    assert dict(CustomValue.objects.filter(customer=kari).values_list("field", "text")) == {shoe.pk: "39", hat.pk: "38"}
    assert list(kari.former_names.values_list("name", flat=True)) == ["Kari Nordmann"]
    assert unwell() == []


@pytest.mark.parametrize("no_came", ["earlier", "later"])
def test_the_strictest_answer_wins_whoever_gave_it_and_whenever(world: World, no_came: str) -> None:
    kari, other = world.kari, the_other_kari()
    say(kari, ConsentState.GIVEN, 10)
    say(other, ConsentState.WITHDRAWN, 5 if no_came == "earlier" else 15)

    merged(kari, other)

    assert not may_contact(Customer.objects.get(pk=kari.pk), ConsentChannel.EMAIL)
    newest = Consent.objects.filter(customer=kari, channel=ConsentChannel.EMAIL).order_by("-at", "-pk")[0]
    assert newest.state == ConsentState.WITHDRAWN
    assert "by telephone" in newest.evidence


def test_a_yes_counts_where_the_other_was_never_asked(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    say(other, ConsentState.GIVEN, 10)

    merged(kari, other)

    assert may_contact(Customer.objects.get(pk=kari.pk), ConsentChannel.EMAIL)


def test_a_proven_telephone_stays_proven(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    confirm_contact_point(other.contact_points.get(), ContactStatus.VERIFIED, evidence="called", by=SYSTEM)

    merged(kari, other)

    assert kari.contact_points.get(kind="phone").status == ContactStatus.VERIFIED


def test_two_who_were_related_are_not_related_to_themselves(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    add_relation(kari.pk, other.pk, RelationKind.HOUSEHOLD, by=SYSTEM)
    add_relation(world.sven.pk, other.pk, RelationKind.HOUSEHOLD, by=SYSTEM)
    add_relation(kari.pk, world.sven.pk, RelationKind.HOUSEHOLD, by=SYSTEM)

    merge = merged(kari, other)

    assert Relation.objects.get().other == world.sven
    unmerge_customers(merge.pk, by=SYSTEM)
    assert Relation.objects.count() == 3


def test_the_old_number_leads_to_who_she_is_now(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merged(kari, other)
    merged(world.sven, kari, given_name="merged", family_name="merged")

    assert survivor_of(other.pk) == survivor_of(kari.pk) == world.sven.pk
    with pytest.raises(CustomerMerged) as led:
        customer_for(world.ola, other.pk)
    assert led.value.survivor_id == world.sven.pk
    assert [one.customer_id for one in recognise(str(other.pk), now=now())] == [world.sven.pk]
    assert [one.customer_id for one in recognise("Nordmand", now=now())] == [world.sven.pk]


def test_whoever_may_see_nobody_is_not_told_of_merges(world: World) -> None:
    other = the_other_kari()
    merged(world.kari, other)

    from django.http import Http404

    with pytest.raises(Http404) as led:
        customer_for(world.eve, other.pk)
    assert not isinstance(led.value, CustomerMerged)


def test_she_is_not_in_the_trash_and_cannot_be_taken_back_from_there(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merged(kari, other)

    restore_customer(other.pk, by=SYSTEM)

    assert other not in trashed_customers(world.liga)
    assert Customer.objects.get(pk=other.pk).trashed_at is not None
    with time_machine.travel(now() + timedelta(days=90)):
        assert clear_trash() == 0
        trash_customer(kari.pk, by=SYSTEM)
    with time_machine.travel(now() + timedelta(days=180)):
        clear_trash()
    assert not Customer.objects.filter(pk__in=(kari.pk, other.pk)).exists()


def test_merging_twice_is_merging_once(world: World) -> None:
    first = merged(world.kari, the_other_kari())

    with nothing_changes():
        again = merge_customers(world.kari.pk, first.merged_id, by=SYSTEM)
        turned = merge_customers(first.merged_id, world.kari.pk, by=SYSTEM)

    assert first == again == turned


def test_nobody_is_merged_with_herself_or_from_the_trash(world: World) -> None:
    kari, sven = world.kari, world.sven
    trash_customer(sven.pk, by=SYSTEM)

    for one, other in ((kari, kari), (kari, sven), (sven, kari)):
        with nothing_changes(), pytest.raises(ValidationError):
            merged(one, other)


def test_whoever_is_restricted_is_not_merged(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    restriction = merging.Obstacle(
        name="test", sentence=lambda pk: "Her data are restricted." if pk == other.pk else ""
    )
    merging.register(restriction)
    try:
        with nothing_changes(), pytest.raises(ValidationError, match="restricted"):
            merged(kari, other)
    finally:
        merging.register(merging.Obstacle(name="test", sentence=lambda pk: ""))


def test_a_choice_made_from_an_old_page_is_asked_again(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    seen = {kari.pk: kari.version, other.pk: other.version}
    change_customer(other.pk, {"birth_date": date(1990, 1, 1)}, version=1, by=SYSTEM)

    with nothing_changes(), pytest.raises(StaleMerge):
        merge_customers(kari.pk, other.pk, seen=seen, by=SYSTEM)


def test_something_written_for_a_profile_that_is_gone_is_refused_with_her_name(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merged(kari, other)

    with nothing_changes(), pytest.raises(ValidationError, match="Kari Nordmann"):
        write_note(other.pk, "Came by.", by=SYSTEM)


def test_what_was_written_by_somebody_who_did_not_know_yet_is_gathered(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merge = merged(kari, other)
    late = Note.objects.create(customer=other, text="Late", written_by="Ola", written_at=now())
    assert any("customers.Note" in finding for finding in unwell())

    assert gather_stragglers(merge, by=SYSTEM) == 1
    assert gather_stragglers(merge, by=SYSTEM) == 0

    assert unwell() == []
    late.refresh_from_db()
    assert late.customer == kari
    unmerge_customers(merge.pk, by=SYSTEM)
    late.refresh_from_db()
    assert late.customer == other


def test_what_was_said_of_pairs_holds_for_the_survivor(world: World) -> None:
    kari, other, sven, janis = world.kari, the_other_kari(), world.sven, world.janis
    note_pairs(
        [
            FoundPair(kari.pk, other.pk, 0.9, ("phone",)),
            FoundPair(other.pk, sven.pk, 0.5, ("email",)),
            FoundPair(kari.pk, janis.pk, 0.5, ("email",)),
            FoundPair(other.pk, janis.pk, 0.5, ("email",)),
        ]
    )
    tell_apart(
        LikelyPair.objects.get(first=other, second=janis)
        if other.pk < janis.pk
        else LikelyPair.objects.get(first=janis, second=other),
        by=SYSTEM,
    )

    merge = merged(kari, other)

    pairs = {frozenset((pair.first_id, pair.second_id)): pair.state for pair in LikelyPair.objects.all()}
    assert pairs == {
        frozenset((kari.pk, sven.pk)): PairState.OPEN,
        frozenset((kari.pk, janis.pk)): PairState.DISTINCT,
    }
    unmerge_customers(merge.pk, by=SYSTEM)
    pairs = {frozenset((pair.first_id, pair.second_id)): pair.state for pair in LikelyPair.objects.all()}
    assert pairs == {
        frozenset((kari.pk, other.pk)): PairState.DISTINCT,
        frozenset((other.pk, sven.pk)): PairState.OPEN,
        frozenset((kari.pk, janis.pk)): PairState.OPEN,
        frozenset((other.pk, janis.pk)): PairState.DISTINCT,
    }


def test_taking_it_apart_brings_both_back_to_the_letter(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    full(kari, world, "red")
    full(other, world, "blue")
    say(kari, ConsentState.GIVEN, 10)
    say(other, ConsentState.WITHDRAWN, 5)
    confirm_contact_point(other.contact_points.get(kind="phone"), ContactStatus.VERIFIED, evidence="called", by=SYSTEM)
    add_relation(kari.pk, other.pk, RelationKind.GIVES_TO, by=SYSTEM)
    before = belongings(kari.pk), belongings(other.pk)

    merge = merged(kari, other, family_name="merged")
    assert belongings(kari.pk) != before[0]
    unmerge_customers(merge.pk, are_two=False, by=SYSTEM)

    after = belongings(kari.pk), belongings(other.pk)
    told = [
        after[place]["events.Happening.customer_id"][len(before[place]["events.Happening.customer_id"]) :]
        for place in (0, 1)
    ]
    assert [[one["name"] for one in some] for some in told] == [
        ["customers.customers_merged", "customers.customers_unmerged"],
        ["customers.customers_unmerged"],
    ]
    for place in (0, 1):
        del after[place]["events.Happening.customer_id"][-len(told[place]) :]
    assert after == before
    assert unwell() == []


def test_what_came_since_stays_with_the_survivor_unless_chosen_otherwise(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merge = merged(kari, other)
    hers, his = write_note(kari.pk, "Kari came.", by=SYSTEM), write_note(kari.pk, "The other came.", by=SYSTEM)
    add_contact_point(kari.pk, ContactValues(kind=ContactKind.EMAIL, raw="new@example.org"), by=SYSTEM)
    assert {one.label: [row.said for row in one.rows] for one in came_since(merge)} == {
        "Contact points": ["new@example.org"],
        "Notes": ["The other came.", "Kari came."],
    }

    unmerge_customers(merge.pk, later={"customers.Note.customer": [his.pk]}, by=SYSTEM)

    assert Note.objects.get(customer=kari) == hers
    assert Note.objects.get(customer=other) == his
    assert Happening.objects.get(customer_id=other.pk, name="customers.note_written").subject_id == his.pk
    assert ContactPoint.objects.get(value="new@example.org").customer == kari
    assert unwell() == []


def test_a_value_somebody_changed_since_is_not_changed_back(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merge = merged(kari, other)
    version = Customer.objects.get(pk=kari.pk).version
    change_customer(kari.pk, {"birth_date": date(1980, 5, 19)}, version=version, by=SYSTEM)

    unmerge_customers(merge.pk, by=SYSTEM)

    kari.refresh_from_db()
    assert kari.birth_date == date(1980, 5, 19)


def test_undoing_twice_is_undoing_once(world: World) -> None:
    merge = merged(world.kari, the_other_kari())
    unmerge_customers(merge.pk, by=SYSTEM)

    with nothing_changes():
        unmerge_customers(merge.pk, by=SYSTEM)


def test_they_can_be_merged_again(world: World) -> None:
    other = the_other_kari()
    unmerge_customers(merged(world.kari, other).pk, by=SYSTEM)

    merged(other, world.kari)

    assert survivor_of(world.kari.pk) == other.pk
    assert unwell() == []


@pytest.mark.parametrize("first_out", [0, 1])
def test_two_merges_into_one_come_apart_in_any_order(world: World, first_out: int) -> None:
    kari = world.kari
    parts = [
        make_customer("Kari", "Nordmand", phone="+4722334455", birth_date=date(1980, 5, 17)),
        make_customer("Kari", "Normann", phone="+4722334455", birth_date=date(1980, 5, 18), title="Dr"),
    ]
    before = [belongings(one.pk, with_happenings=False) for one in (kari, *parts)]
    merges = [merged(kari, part) for part in parts]

    unmerge_customers(merges[first_out].pk, are_two=False, by=SYSTEM)
    # Whoever stays a part still has her telephone, also when the one whose copy was kept has gone.
    assert "+4722334455" in set(kari.contact_points.values_list("value", flat=True))
    assert unwell() == []
    unmerge_customers(merges[1 - first_out].pk, are_two=False, by=SYSTEM)

    assert [belongings(one.pk, with_happenings=False) for one in (kari, *parts)] == before
    assert unwell() == []


def test_a_merge_under_another_one_has_to_wait_and_says_for_which(world: World) -> None:
    kari, other, sven = world.kari, the_other_kari(), world.sven
    before = [belongings(one.pk, with_happenings=False) for one in (kari, other, sven)]
    inner, outer = merged(kari, other), merged(sven, kari)

    with nothing_changes(), pytest.raises(ValidationError, match="Kari Nordmann has since been merged into Sven"):
        unmerge_customers(inner.pk, by=SYSTEM)

    unmerge_customers(outer.pk, are_two=False, by=SYSTEM)
    unmerge_customers(inner.pk, are_two=False, by=SYSTEM)
    assert [belongings(one.pk, with_happenings=False) for one in (kari, other, sven)] == before


def test_the_doctor_sees_a_journal_with_a_gap_and_a_circle(world: World) -> None:
    merge = merged(world.kari, the_other_kari())
    merge.entries.order_by("pk")[0].delete()
    Merge.objects.create(
        survivor_id=merge.merged_id, merged_id=merge.survivor_id, at=now(), actor_kind="system", actor_label=""
    )

    found = " ".join(unwell())
    assert "should have" in found
    assert "lead back to where they began" in found

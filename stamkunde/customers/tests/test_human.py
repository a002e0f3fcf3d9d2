"""What is good to know of a customer, and to whom she belongs."""

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.actions import (
    StaleRow,
    add_relation,
    change_trait,
    note_trait,
    remove_relation,
    remove_trait,
    trash_customer,
    undo_removal,
)
from stamkunde.customers.models import Relation, RelationKind, Trait, TraitKind
from stamkunde.customers.queries import profile
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import TraitValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.world import World

pytestmark = pytest.mark.django_db


def test_what_is_noted_says_by_whom_and_a_correction_by_whom(world: World) -> None:
    trait = note_trait(world.kari.pk, TraitValues(kind=TraitKind.SIZE, text="shoes 38"), by=world.anna.actor)
    assert trait.noted_by == "Anna"

    corrected = change_trait(trait, TraitValues(kind=TraitKind.SIZE, text="shoes 39"), version=1, by=world.ola.actor)
    assert (corrected.text, corrected.noted_by) == ("shoes 39", "Ola")
    with nothing_changes(), pytest.raises(StaleRow):
        change_trait(trait, TraitValues(text="shoes 40"), version=1, by=SYSTEM)


def test_nothing_is_not_good_to_know(world: World) -> None:
    kari = world.kari
    for text in (" ", "x" * 501, "a\0b"):
        with nothing_changes(), pytest.raises(ValidationError):
            note_trait(kari.pk, TraitValues(text=text), by=SYSTEM)


def test_a_removed_trait_comes_back(world: World) -> None:
    trait = note_trait(world.kari.pk, TraitValues(kind=TraitKind.ALLERGY, text="nuts"), by=SYSTEM)
    happening = Happening.objects.get(pk=remove_trait(trait, by=SYSTEM) or 0)
    assert not Trait.objects.exists()

    undo_removal(happening, by=SYSTEM)
    assert (Trait.objects.get().kind, Trait.objects.get().text) == (TraitKind.ALLERGY, "nuts")


def test_a_relation_is_seen_and_told_from_both_ends(world: World) -> None:
    add_relation(world.kari.pk, world.janis.pk, RelationKind.GIVES_TO, by=SYSTEM)

    assert [(one.said, one.other_name) for one in profile(world.kari).relations] == [("Gives to", "Jānis Bērziņš")]
    assert [one.other_name for one in profile(world.janis).relations] == ["Kari Nordmann"]
    told = Happening.objects.filter(name="customers.relation_added").values_list("customer_id", flat=True)
    assert set(told) == {world.kari.pk, world.janis.pk}


def test_a_household_is_noted_once_from_whichever_end(world: World) -> None:
    add_relation(world.kari.pk, world.janis.pk, RelationKind.HOUSEHOLD, by=SYSTEM)
    for first, second in ((world.kari, world.janis), (world.janis, world.kari)):
        with nothing_changes(), pytest.raises(ValidationError):
            add_relation(first.pk, second.pk, RelationKind.HOUSEHOLD, by=SYSTEM)


def test_nobody_belongs_to_herself_or_to_somebody_who_is_gone(world: World) -> None:
    trash_customer(world.sven.pk, by=SYSTEM)
    for other in (world.kari.pk, world.sven.pk, 999_999):
        with nothing_changes(), pytest.raises(ValidationError):
            add_relation(world.kari.pk, other, RelationKind.BROUGHT_BY, by=SYSTEM)


def test_a_relation_to_somebody_in_the_trash_is_not_shown(world: World) -> None:
    add_relation(world.kari.pk, world.sven.pk, RelationKind.BROUGHT_BY, by=SYSTEM)
    trash_customer(world.sven.pk, by=SYSTEM)

    assert profile(world.kari).relations == ()


@pytest.mark.parametrize("place", [0, 1])
def test_a_removed_relation_comes_back_the_same_way_round_from_either_timeline(world: World, place: int) -> None:
    relation = add_relation(world.kari.pk, world.janis.pk, RelationKind.BROUGHT_BY, by=SYSTEM)
    remove_relation(relation, by=SYSTEM)
    told = Happening.objects.filter(name="customers.relation_removed").order_by("pk")

    undo_removal(told[place], by=SYSTEM)
    back = Relation.objects.get()
    assert (back.customer_id, back.other_id, back.kind) == (world.kari.pk, world.janis.pk, RelationKind.BROUGHT_BY)

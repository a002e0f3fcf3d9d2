"""Notes: written, corrected, pinned, removed and brought back."""

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.actions import (
    StaleRow,
    change_note,
    pin_note,
    remove_note,
    restore_note,
    trash_customer,
    unpin_note,
    write_note,
)
from stamkunde.customers.models import Note
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db
NAUGHTY = "<script>alert(1)</script> {{7*7}} ' or 1=1 --"


def told(world: World) -> list[str]:
    names = Happening.objects.filter(customer_id=world.kari.pk).order_by("pk").values_list("name", flat=True)
    return [name.removeprefix("customers.note_") for name in names if "note_" in name]


def test_a_note_is_kept_word_for_word_with_its_writer(world: World) -> None:
    note = write_note(world.kari.pk, f"  {NAUGHTY}\r\nsecond line  ", by=world.anna.actor)

    assert (note.text, note.written_by, note.written_by_id) == (f"{NAUGHTY}\nsecond line", "Anna", world.anna.pk)
    assert "second line" in Happening.objects.get(name="customers.note_written").words


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 10_001, "a\0b"])
def test_an_empty_or_endless_note_is_refused(world: World, text: str) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError):
        write_note(kari.pk, text, by=SYSTEM)


def test_nothing_is_written_about_somebody_in_the_trash(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)
    with nothing_changes(), pytest.raises(ValidationError):
        write_note(world.kari.pk, "hello", by=SYSTEM)


def test_each_thing_done_to_a_note_is_told_once(world: World) -> None:
    note = write_note(world.kari.pk, "first", by=SYSTEM)
    for act in (pin_note, pin_note, unpin_note, unpin_note, remove_note, remove_note, restore_note, restore_note):
        act(note, by=SYSTEM)

    assert told(world) == ["written", "pinned", "unpinned", "removed", "restored"]


def test_a_removed_note_cannot_be_pinned(world: World) -> None:
    note = write_note(world.kari.pk, "first", by=SYSTEM)
    remove_note(note, by=SYSTEM)
    with nothing_changes():
        pin_note(note, by=SYSTEM)


def test_two_corrections_of_one_note_do_not_overwrite_each_other(world: World) -> None:
    note = write_note(world.kari.pk, "first", by=SYSTEM)
    change_note(note, "second", version=1, by=SYSTEM)
    with nothing_changes(), pytest.raises(StaleRow):
        change_note(note, "third", version=1, by=SYSTEM)


def test_the_page_keeps_what_was_typed_and_shows_what_the_other_wrote(world: World) -> None:
    note = write_note(world.kari.pk, "first", by=SYSTEM)
    change_note(note, "theirs", version=1, by=SYSTEM)
    client, url = signed_in(world.ola), f"/customers/{world.kari.pk}/notes/{note.pk}/"

    with nothing_changes():
        response = client.post(url, {"text": "mine", "version": "1"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "mine" in page
    assert "theirs" in page
    assert 'value="2"' in page

    assert client.post(url, {"text": "mine", "version": "2"}).status_code == 302
    assert Note.objects.get().text == "mine"


def test_a_removed_note_has_no_page(world: World) -> None:
    note = write_note(world.kari.pk, "first", by=SYSTEM)
    remove_note(note, by=SYSTEM)

    assert signed_in(world.ola).get(f"/customers/{world.kari.pk}/notes/{note.pk}/").status_code == 404

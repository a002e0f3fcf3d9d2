"""What is done with several customers at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stamkunde.customers.models import Customer, Note
from stamkunde.desk.models import ContactPutOff
from tests.world import World, signed_in


def test_several_go_to_the_trash_and_come_back_together(world: World) -> None:
    ids = [world.kari.pk, world.sven.pk]
    client = signed_in(world.ola)
    answer = client.post("/customers/selection/", {"do": "trash", "ids": ids, "back": "/customers/?view=all"})
    undo = next(iter(client.get("/customers/").context["messages"])).extra_tags.removeprefix("undo:")

    assert answer["Location"] == "/customers/?view=all"
    assert not Customer.objects.present().exists()
    client.post(undo)
    assert Customer.objects.present().count() == 2


def test_several_get_the_same_note(world: World) -> None:
    ids = [world.kari.pk, world.sven.pk]
    client = signed_in(world.ola)
    asked = client.post("/customers/selection/", {"do": "note", "ids": ids})
    empty = client.post("/customers/selection/", {"do": "note", "ids": ids, "text": " "})

    assert (asked.status_code, empty.status_code) == (200, 422)
    assert not Note.objects.exists()
    client.post("/customers/selection/", {"do": "note", "ids": ids, "text": "Invited to the tasting"})
    assert {note.customer_id for note in Note.objects.all()} == set(ids)


def test_contact_with_several_is_put_off(world: World) -> None:
    ids, today = [world.kari.pk, world.sven.pk], timezone.localdate()
    client = signed_in(world.ola)
    yesterday = client.post(
        "/customers/selection/", {"do": "put_off", "ids": ids, "until": (today - timedelta(days=1)).isoformat()}
    )

    assert yesterday.status_code == 422
    assert not ContactPutOff.objects.exists()
    client.post(
        "/customers/selection/", {"do": "put_off", "ids": ids, "until": (today + timedelta(days=9)).isoformat()}
    )
    assert {one.until for one in ContactPutOff.objects.all()} == {today + timedelta(days=9)}


@pytest.mark.parametrize("do", ["trash", "nonsense", ""])
def test_what_one_may_not_do_is_not_done(world: World, do: str) -> None:
    signed_in(world.anna).post("/customers/selection/", {"do": do, "ids": [world.kari.pk]})

    assert Customer.objects.present().count() == 1


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 30], ["١"]])
def test_nobody_selected_changes_nothing(world: World, ids: list[str]) -> None:
    world.kari  # noqa: B018
    answer = signed_in(world.ola).post("/customers/selection/", {"do": "trash", "ids": ids})

    assert answer.status_code == 302
    assert Customer.objects.present().count() == 1


def test_the_way_back_never_leads_elsewhere(world: World) -> None:
    answer = signed_in(world.ola).post(
        "/customers/selection/", {"do": "trash", "ids": [world.kari.pk], "back": "//elsewhere.example/"}
    )

    assert answer["Location"] == "/customers/"

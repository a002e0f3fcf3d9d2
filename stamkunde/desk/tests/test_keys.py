"""Keys of one's own: chosen on the page about the keyboard, shown everywhere, and never two things by one key."""

import pytest

from stamkunde.accounts.keys import KEYS, keys_of
from stamkunde.accounts.models import User
from stamkunde.customers.tests.unchanged import nothing_changes
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/settings/keys/"


def chosen(**keys: str) -> dict[str, str]:
    """Return the form with the usual keys but for those named; S is the search and Q the question mark."""
    usual = {"S": "/", "Q": "?"}
    own = {usual.get(name, name): key for name, key in keys.items()}
    return {f"key-{ord(key)}": own.get(key, key) for key in KEYS}


def test_a_person_chooses_her_keys_and_every_page_knows_them(world: World) -> None:
    client = signed_in(world.anna)

    assert client.post(PAGE, chosen(c="Q", S="å")).status_code == 302

    assert keys_of(User.objects.get(pk=world.anna.pk)) == dict.fromkeys(KEYS) | {key: key for key in KEYS} | {
        "c": "q",
        "/": "å",
    }
    assert 'data-keys="/å cq"' in client.get("/").content.decode()
    assert "data-keys" not in signed_in(world.ola).get("/").content.decode()
    page = client.get(PAGE).content.decode()
    assert "<kbd>Q</kbd>" in page
    assert "<kbd>C</kbd></dt>" not in page


def test_keys_change_places_and_go_back_to_the_usual_ones(world: World) -> None:
    client = signed_in(world.anna)
    assert client.post(PAGE, chosen(j="k", k="j")).status_code == 302
    assert 'data-keys="jk kj"' in client.get("/").content.decode()

    assert client.post(PAGE, chosen(j="k", k="j") | {"usual": "1"}).status_code == 302
    assert "data-keys" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"c": "n"}, "This key is for “New, of what the page shows” already."),
        ({"c": "ab"}, "Choose one letter, digit or sign."),
        ({"c": "\N{GRINNING FACE}"}, "Choose one letter, digit or sign."),
        ({"c": "\N{ZERO WIDTH SPACE}"}, "Choose one letter, digit or sign."),
    ],
)
def test_what_is_no_key_or_taken_is_refused_beside_it(world: World, keys: dict[str, str], sentence: str) -> None:
    client = signed_in(world.anna)

    with nothing_changes():
        answer = client.post(PAGE, chosen(**keys))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_an_emptied_box_is_the_usual_key(world: World) -> None:
    client = signed_in(world.anna)
    client.post(PAGE, chosen(c="q"))

    assert client.post(PAGE, chosen(c="")).status_code == 302
    assert User.objects.get(pk=world.anna.pk).own_keys == ""

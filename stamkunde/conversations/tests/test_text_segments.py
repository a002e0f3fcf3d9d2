"""How many parts a text message is paid for as, and which words end advertising."""

import pytest

from stamkunde.conversations.channels.text.segments import counted
from stamkunde.conversations.channels.text.words import is_start, is_stop


@pytest.mark.parametrize(
    ("text", "letters", "parts", "is_gsm"),
    [
        ("", 0, 0, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("Blåbær på Östermalm, øl", 23, 1, True),
        ("€" * 80, 160, 1, True),
        ("€" * 81, 162, 2, True),
        # A sign of two is not parted: 76 of them and a letter fit into 153, the next begins anew.
        ("€" * 153, 306, 3, True),
        ("Paldies, kurpes ir gatavas", 26, 1, True),
        ("ā" * 70, 70, 1, False),
        ("ā" * 71, 71, 2, False),
        ("ā" * 134, 134, 2, False),
        ("ā" * 135, 135, 3, False),
        ("Fine 👍", 7, 1, False),
        ("👍" * 35, 70, 1, False),
        ("👍" * 36, 72, 2, False),
        # 33 pictures fill 66 of 67, and the next one is not parted.
        ("👍" * 67, 134, 3, False),
    ],
)
def test_parts_are_counted_as_telephones_do(text: str, letters: int, parts: int, is_gsm: bool) -> None:
    found = counted(text)

    assert (found.letters, found.parts, found.is_gsm) == (letters, parts, is_gsm)


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " Stopp! ", "AVSLUTA", "Stoppa.", "PĀRTRAUKT", "atteikties", "“STOP”"]
)
def test_a_word_and_nothing_else_ends_advertising(text: str) -> None:
    assert is_stop(text)
    # The same letters, written with marks of their own.
    assert is_stop("PA\u0304RTRAUKT")


@pytest.mark.parametrize(
    "text", ["Please stop by on Friday", "stop it", "Stoppar ni för dagen?", "", "STOP " * 20, "."]
)
def test_a_sentence_with_the_word_in_it_ends_nothing(text: str) -> None:
    assert not is_stop(text)


def test_asking_for_it_again_is_seen() -> None:
    assert is_start("START")
    assert not is_start("Start with the coat, please")
    assert not is_stop("START")

"""What machines write plainly, people read as they write it themselves."""

import pytest
from django.utils import translation

from stamkunde.privacy.wording import said

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("plain", "read"),
    [
        ("149.90 NOK", "149,90 kr"),
        ("-1000.00 EUR", "-1 000,00 €"),
        ("1.500", "1,5"),
        ("2.000", "2"),
        ("2026-03-01", "1. mars 2026"),
        (True, "Ja"),
        (None, ""),
        (["a", "b"], "a, b"),
        ({"from": "x", "to": ""}, "from: x"),
        ("Betalte 100.00 NOK i går", "Betalte 100.00 NOK i går"),
        ("12-34", "12-34"),
        ("1.00 ABCD", "1.00 ABCD"),
    ],
)
def test_values_are_written_as_a_norwegian_reads_them(plain: object, read: str) -> None:
    with translation.override("nb"):
        assert said(plain).replace("\u00a0", " ").replace("\u202f", " ") == read


def test_a_choice_is_told_by_its_name() -> None:
    assert said("sms", {"sms": "Text message"}) == "Text message"
    assert said("unknown", {"sms": "Text message"}) == "unknown"

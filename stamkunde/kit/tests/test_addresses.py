"""Addresses are those that Django works out, whoever writes them."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from stamkunde.kit.addresses import address

ASKED = (
    ("desk:today", ()),
    ("customers:name", (7,)),
    ("customers:name", (9_223_372_036_854_775_807,)),
    ("customers:contact_point", (7, 12)),
    ("customers:field", (7, "birth_date")),
    ("customers:field", (8, "greeting")),
)


@pytest.mark.parametrize(("view", "parts"), ASKED)
def test_an_address_is_the_one_that_is_worked_out(view, parts):
    for _time in range(2):
        assert address(view, *parts) == reverse(view, args=parts)


@pytest.mark.parametrize("parts", [(), (1, 2), ("Kari",), (None,)])
def test_what_has_no_address_is_refused(parts):
    with pytest.raises(NoReverseMatch):
        address("customers:name", *parts)


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_pages_write_addresses_by_the_same_tag_as_ever():
    assert draw('{% url "customers:contact_point" pk 12 %}', pk=7) == reverse("customers:contact_point", args=[7, 12])
    assert draw('{% url "customers:name" pk as own %}<{{ own }}>', pk=7) == f"<{reverse('customers:name', args=[7])}>"
    assert draw('{% url "customers:name" pk as own %}<{{ own }}>', pk="") == "<>"
    assert draw('{% url "customers:name" pk=7 %}') == reverse("customers:name", args=[7])
    assert draw("{% url view %}", view="desk:today") == reverse("desk:today")
    with pytest.raises(NoReverseMatch):
        draw('{% url "customers:name" nobody %}')

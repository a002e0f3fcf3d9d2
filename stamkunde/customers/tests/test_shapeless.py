"""A name has to be there for the eye: marks without a shape are no name."""

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.models import Customer
from tests.world import make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["\u200b", " \u200d\ufeff ", "\u2060"])
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        make_customer(name, "")

    assert not Customer.objects.exists()


def test_a_joiner_inside_a_sign_stays() -> None:
    assert make_customer("Kokk 👩\u200d🍳", "").given_name == "Kokk 👩\u200d🍳"

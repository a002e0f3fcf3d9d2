"""What happens once, when a shop is opened for the first time: its administrator, and a demo shop to look at."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import transaction

from stamkunde.accounts.actions.staff import add_staff
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM

WITH_DEMO = (
    "This is the first start: you get a demo shop of invented people to look around in. To begin with your own shop "
    "instead, close Stamkunde, delete the folder var and start `./run --empty`."
)
WITHOUT_DEMO = "This is the first start, with an empty shop. `./run demo` fills it with a demo shop of invented people."
ADMINISTRATOR = """
    Sign in as   {email}
    Password     {password}

    This password is shown only now. `./run password {email}` makes a new one.
"""


def first_start(*, empty: bool, email: str, say: Callable[[str], object]) -> None:
    """Make the demo shop and the first administrator unless somebody can sign in already."""
    if User.objects.filter(role=Role.ADMINISTRATOR).exists():
        return
    if empty:
        say(WITHOUT_DEMO)
    elif not Customer.objects.exists():
        say(WITH_DEMO)
        # As one piece: a first start that is cut short leaves no half a shop behind.
        with transaction.atomic():
            call_command("demo")
    # Last, so that a first start which was cut short is a first start again.
    user, password = add_staff(email=email, name="Administrator", role=Role.ADMINISTRATOR, store=None, by=SYSTEM)
    say(ADMINISTRATOR.format(email=user.email, password=password))

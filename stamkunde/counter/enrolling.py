"""Somebody nobody knows yet: what was typed into the box becomes her name, her number or her address."""

from collections.abc import Collection

from stamkunde.accounts.models import User
from stamkunde.counter.place import Place
from stamkunde.counter.queries.finds import Find, Finds
from stamkunde.counter.stage import Stage, log_list, new_key
from stamkunde.customers.forms.creating import NewCustomerForm
from stamkunde.customers.naming import read_newcomer
from stamkunde.customers.queries import LikelyDuplicate, likely_duplicates
from stamkunde.loyalty.access import ENROL
from stamkunde.loyalty.queries.live import thanking_among
from stamkunde.loyalty.queries.members import open_programmes


def split_typed(text: str, region: str) -> dict[str, str]:
    """Return what was typed in the boxes it belongs in."""
    newcomer = read_newcomer(text.replace("\x00", ""), region)
    return {"name": as_names_are_written(newcomer.name), "phone": newcomer.phone, "email": newcomer.email}


def as_names_are_written(name: str) -> str:
    """Begin a name typed in a hurry with capitals; one that has any is left as it is, and so are small words in it."""
    words = name.split()
    if name != name.lower():
        return name
    ends = {0, len(words) - 1}
    return " ".join(
        "-".join(part[:1].upper() + part[1:] for part in word.split("-")) if place in ends or len(word) > 3 else word
        for place, word in enumerate(words)
    )


def enrol_form(stage: Stage, typed: str) -> None:
    """Put the form of a new customer on the screen, filled with what was typed."""
    known = split_typed(typed, stage.place.store.country)
    form = NewCustomerForm(user=at_place(stage.user, stage.place), initial=known)
    filled = NewCustomerForm(known, user=at_place(stage.user, stage.place))
    show_enrolling(stage, form, alike_to(filled), key=new_key())


def show_enrolling(
    stage: Stage,
    form: NewCustomerForm,
    alike: list[LikelyDuplicate],
    *,
    key: str,
    joining: Collection[int] = (),
    friend: str = "",
) -> None:
    stage.work = "enrol"
    stage.more = {"form": form, "alike": alike, "enrol_key": key, "first_empty": _first_empty(form)}
    programmes = programmes_for(stage.user)
    stage.more |= {"programmes": programmes, "joining": joining, "friend": friend}
    stage.more["thanks"] = bool(thanking_among(pk for pk, _name in programmes))
    log_alike(stage, alike)


def programmes_for(user: User) -> list[tuple[int, str]]:
    """Return the programmes that this person may let somebody join."""
    return open_programmes() if user.may(ENROL.name) else []


def log_alike(stage: Stage, alike: list[LikelyDuplicate]) -> None:
    """Write down whom the form showed, as for any other list."""
    log_list(stage, Finds("", [Find("", "", own.name, customer_id=own.customer_id) for own in alike]))


def alike_to(form: NewCustomerForm) -> list[LikelyDuplicate]:
    # Half-written boxes are no obstacle: whatever can be read already is looked up.
    form.is_valid()
    return likely_duplicates(form.values())


def at_place(user: User, place: Place) -> User:
    """Return the person as standing at this store, from which a number's country and the usual store follow."""
    user.store = place.store
    return user


def _first_empty(form: NewCustomerForm) -> str:
    wrong = next((name for name in ("name", "phone", "email") if name in form.errors), "")
    return wrong or next((name for name in ("name", "phone", "email") if not form[name].value()), "name")

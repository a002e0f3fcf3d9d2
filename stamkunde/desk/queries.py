"""What is said of a bulk change: what came of it, and whom it was not taken back from."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import Customer
from stamkunde.desk.models import BulkChange, BulkItem
from stamkunde.kit import shown

MOST_NAMED = 100


def changed_in_words(change: BulkChange) -> str:
    """Say what came of it, for whoever asked for it."""
    if change.state == BulkChange.State.UNDONE:
        return _back_in_words(change)
    number, same = change.changed, change.done - change.changed
    match change.kind:
        case "trash":
            text = ngettext(
                "%(number)s customer was put in the trash.", "%(number)s customers were put in the trash.", number
            )
        case "note":
            text = ngettext(
                "The note stands with %(number)s customer.", "The note stands with %(number)s customers.", number
            )
        case "put_off":
            text = ngettext(
                "Getting in touch with %(number)s customer was put off.",
                "Getting in touch with %(number)s customers was put off.",
                number,
            )
        case _:
            text = ngettext("%(number)s customer was changed.", "%(number)s customers were changed.", number)
    said = text % {"number": shown.number(number)}
    if change.kind in {"store", "language", "own_field"} and same > 0:
        already = ngettext("%(number)s was so already.", "%(number)s were so already.", same)
        said = f"{said} {already % {'number': shown.number(same)}}"
    return said


def _back_in_words(change: BulkChange) -> str:
    kept = change.changed - change.taken_back
    if not kept and change.kind == "trash":
        return _("They are back where they were.")
    text = ngettext(
        "Taken back for %(number)s customer.", "Taken back for %(number)s customers.", change.taken_back
    ) % {"number": shown.number(change.taken_back)}
    if not kept:
        return text
    left = ngettext(
        "%(number)s was changed by somebody since and stays as it is now.",
        "%(number)s were changed by somebody since and stay as they are.",
        kept,
    )
    return f"{text} {left % {'number': shown.number(kept)}}"


def kept_of(user: User, change: BulkChange) -> list[Customer]:
    """Return the first of those whom somebody has touched since, so that they were left as they are."""
    if change.state != BulkChange.State.UNDONE or change.taken_back == change.changed:
        return []
    kept = BulkItem.objects.filter(change=change, state=BulkItem.State.KEPT).order_by("pk")
    people = visible_customers(user).in_bulk(list(kept.values_list("customer_id", flat=True)[:MOST_NAMED]))
    return sorted(people.values(), key=lambda customer: customer.sort_name)

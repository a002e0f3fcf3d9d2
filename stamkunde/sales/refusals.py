"""Why a purchase or a return was refused: a sentence for the person, and the field it concerns."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from stamkunde.pricing.refusals import CodeRefused


class SaleRefused(ValueError):
    """Nothing was written; the text says why and what to do.

    `field` names what it is about, and `line` the number of the line, counted from one, where it is about one.
    """

    def __init__(self, sentence: str, field: str = "", *, line: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.line = line


class KeyReused(SaleRefused):
    """The idempotency key came before, with other content."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with other content. Open a new one and register it anew."))


class ReceiptTaken(SaleRefused):
    """The till has a receipt of that number, with other content."""

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Receipt %(number)s of this till is registered already, with other content. Look at the number again.")
            % {"number": number},
            "receipt_number",
        )


class MoreThanBought(SaleRefused):
    """More was to be taken back than is left of what was bought."""


class ProposalStale(SaleRefused):
    """Somebody has changed or sent the quote meanwhile."""


class PriceChanged(SaleRefused):
    """A held quote has run out and costs another amount now; `quote` says which, and nothing was written."""

    def __init__(self, sentence: str, *, quote: object, total: int) -> None:
        super().__init__(sentence, "accepted_total")
        self.quote = quote
        self.total = total


class CardRefused(SaleRefused):
    """A gift card cannot be used for this: it is not known, blocked, past its day, in other money, or holds too little.

    `balance` is what is on it, where whoever asks may know. `count_again` counts a wrong code once more, where what it
    was tried in is undone and the count with it.
    """

    count_again: Callable[[], object] | None = None

    def __init__(self, sentence: str, field: str = "payments", *, line: int = 0, balance: int | None = None) -> None:
        super().__init__(sentence, field, line=line)
        self.balance = balance


class TooManyCodes(CardRefused):
    """So many wrong codes came that the next ones are not even looked at."""

    def __init__(self) -> None:
        super().__init__(
            _("Too many wrong gift card codes were tried. Wait some minutes, and type the code from the card again.")
        )


class Stale(SaleRefused):
    """Somebody has changed it since it was looked at."""


class StaffBooked(SaleRefused):
    """The person is booked already at that time."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is booked at that time already. Choose another time or somebody else.") % {"name": name},
            "begins_at",
        )


class CodeNotTaken(SaleRefused):
    """A code that was shown brings nothing; `refusal` says why, of a closed list."""

    def __init__(self, refusal: CodeRefused) -> None:
        super().__init__(refusal.sentence, "codes")
        self.refusal = refusal

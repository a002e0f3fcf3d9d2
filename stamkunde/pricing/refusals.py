"""Why a change of prices or offers was refused: a sentence for the person, and the field it concerns."""

from django.utils.translation import gettext as _


class PricingRefused(ValueError):
    """Nothing was changed; the text says why and what to do.

    `field` names what it is about, and `row` which one of many, counted from one.
    """

    def __init__(self, sentence: str, field: str = "", *, row: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.row = row


class Stale(PricingRefused):
    """Somebody else changed it since the form was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this while you were writing. Look at how it is now, and save again."))


class UsedUp(PricingRefused):
    """An offer that was to be used for a purchase has just been used for the last time."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s has just been used as often as it may be. Look at the total once more.") % {"name": name}
        )


class CodeRefused(PricingRefused):
    """A code cannot be used; `reason` is of the closed list."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence, "codes")
        self.reason = reason


class CodeTaken(CodeRefused):
    """A code has been used as often as it may be, or another basket holds it."""


class CodeUnknown(CodeRefused):
    """There is no such code. Whoever answers counts the guess of `asker`, once nothing else is to be undone."""

    def __init__(self, sentence: str, reason: str, asker: str) -> None:
        super().__init__(sentence, reason)
        self.asker = asker


class TooManyCodes(CodeRefused):
    """Too many codes that never were have been tried from one place."""

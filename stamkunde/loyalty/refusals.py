"""Why something about a programme or a membership was refused: a sentence for the person, and the field it concerns."""

from django.utils.translation import gettext as _


class LoyaltyRefused(ValueError):
    """Nothing was changed; the text says why and what to do. `field` names what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(LoyaltyRefused):
    """Somebody else changed it since the form was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this while you were writing. Look at how it is now, and save again."))

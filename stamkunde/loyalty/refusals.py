"""Why something about a programme or a membership was refused: a sentence for the person, and the field it concerns."""

from django.utils.translation import gettext as _

from stamkunde.kit import shown


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


class PointsRefused(LoyaltyRefused):
    """Nothing was entered about a member's points."""


class TooFewPoints(PointsRefused):
    """More points were to be used than there are; `available` is how many there are now."""

    def __init__(self, available: int) -> None:
        super().__init__(
            _("%(points)s points can be used now. Use no more than these, or pay in another way.")
            % {"points": shown.number(available)},
            "points",
        )
        self.available = available


class PointsKeyReused(PointsRefused):
    """The key came before, with other content."""

    def __init__(self) -> None:
        super().__init__(_("This was sent before with other content. Begin anew and send it with a key of its own."))


class NeedsSecondPerson(PointsRefused):
    """More points were to be taken off than there are: the member would owe some, which two people have to agree to."""

    def __init__(self, available: int) -> None:
        super().__init__(
            _(
                "Only %(points)s points can be used now. To take off more, so that the member owes the rest, "
                "say that this is meant, and let somebody else approve it."
            )
            % {"points": shown.number(available)},
            "points",
        )
        self.available = available


class FriendCodeUnknown(LoyaltyRefused):
    """No member can be meant by this code or card; `asker` is who tried it, for whoever answers to count.

    One sentence says all of it: whoever guesses learns nothing of codes that were, or are not to be used yet.
    """

    def __init__(self, asker: str = "") -> None:
        super().__init__(
            _("This code of a friend cannot be used. Look at it once more, or join without one."), "friend"
        )
        self.asker = asker


class TooManyFriendCodes(LoyaltyRefused):
    """Too many codes were tried that nobody has."""

    def __init__(self) -> None:
        super().__init__(_("Too many codes of friends were tried. Wait a minute, then try again."), "friend")

"""Why something about a conversation was refused: a sentence for the person, and the field it concerns."""

from django.utils.translation import gettext as _


class ConversationRefused(ValueError):
    """Nothing was changed; the text says why and what to do. `field` names what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(ConversationRefused):
    """Somebody else changed it since it was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this while you were at it. Look at how it is now, and try again."))


class Taken(ConversationRefused):
    """A colleague took the conversation first; `owner` is her name."""

    def __init__(self, owner: str) -> None:
        super().__init__(_("%(name)s answers this already.") % {"name": owner})
        self.owner = owner


class KeyReused(ConversationRefused):
    """The key came before, with other content."""

    def __init__(self) -> None:
        super().__init__(_("This was sent before with other content. Begin anew and send it with a key of its own."))

"""Why something about a task was refused: a sentence for the person, and the field it concerns."""

from django.utils.translation import gettext as _


class TaskRefused(ValueError):
    """Nothing was changed; the text says why and what to do. `field` names what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(TaskRefused):
    """Somebody else changed it since it was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this while you were at it. Look at how it is now, and try again."))


class Settled(TaskRefused):
    """It has come to its end already."""

    def __init__(self) -> None:
        super().__init__(_("This task is settled already. Open it again if there is more to do."))


class Taken(TaskRefused):
    """A colleague took it first; `owner` is her name."""

    def __init__(self, owner: str) -> None:
        super().__init__(_("%(name)s does this already.") % {"name": owner})
        self.owner = owner

"""What this module refuses, as a sentence for whoever asked."""


class Refused(Exception):
    """It cannot be done as asked; the text says why and what to do. `field` is where, if it is one value's fault."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Stale(Refused):
    """Somebody else has changed it meanwhile."""

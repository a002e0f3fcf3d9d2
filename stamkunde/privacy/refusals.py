"""Why a request cannot be taken a step further."""


class RequestRefused(Exception):
    """The step is not possible now; the text says why and what to do first, `field` what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

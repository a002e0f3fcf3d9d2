"""What an action of the desk answers when something cannot be done."""


class DeskError(ValueError):
    """Something that cannot be done; the text is a sentence for the person who tried."""

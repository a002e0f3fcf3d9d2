"""The numbers by which this module warns."""

from stamkunde.accountability.models import Terms


def the_terms() -> Terms:
    """Return the shop's numbers; until somebody has set them, those the row begins with."""
    return Terms.objects.filter(pk=1).first() or Terms(pk=1)

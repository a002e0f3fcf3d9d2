"""How requests follow a customer when two profiles become one: whoever asked goes on asking, under one number."""

from django.utils.translation import gettext as _

from stamkunde.kit.merging import Follower, Obstacle, Stays, register
from stamkunde.privacy.models import DataRequest, Erasure


def _asked_twice(customer_id: int) -> str:
    """Two open requests of one kind cannot become one person's, so requests are answered before a merge."""
    if DataRequest.objects.filter(customer=customer_id, state="open").exists():
        return _("A request about these data is open. Answer it first, then merge.")
    return ""


register(
    Follower(model=DataRequest),
    Stays(
        model=Erasure, column="customer_id", why="Whoever is being erased is in the trash, and is merged with nobody."
    ),
    Obstacle(name="privacy.open_request", sentence=_asked_twice),
)

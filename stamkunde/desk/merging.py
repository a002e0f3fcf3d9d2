"""How the desk's own rows follow a customer: contact put off and drafts do, what a bulk change did does not."""

from stamkunde.desk.models import BulkItem, ContactPutOff, NoteDraft
from stamkunde.kit.merging import Follower, Stays, register

register(
    Follower(model=ContactPutOff, alike=()),
    Follower(model=NoteDraft, alike=("user",)),
    Stays(
        model=BulkItem,
        column="customer",
        why="What a bulk change did to a profile is taken back from that profile and from no other.",
    ),
)

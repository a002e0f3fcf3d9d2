"""How the keys of other systems follow a customer: a file that brings the old key again updates who she is now."""

from stamkunde.exchange.models import ImportLikeness, Replay, SourceKey
from stamkunde.kit.importing import CUSTOMER
from stamkunde.kit.merging import Follower, register

register(
    Follower(model=SourceKey, column="object_id", only={"kind": CUSTOMER}),
    Follower(model=ImportLikeness, column="customer_id"),
    Follower(model=Replay, column="customer_id"),
)

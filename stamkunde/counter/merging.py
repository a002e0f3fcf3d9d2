"""How what the counter keeps for some days follows a customer when two profiles become one."""

from stamkunde.counter.models import Basket, Deed
from stamkunde.kit.merging import Follower, register

register(Follower(model=Basket), Follower(model=Deed))

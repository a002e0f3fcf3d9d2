"""How a customer's own offers and codes follow when two profiles become one."""

from stamkunde.kit.merging import Follower, register
from stamkunde.pricing.models import OfferOwner, Voucher

register(Follower(model=OfferOwner, alike=("offer",)), Follower(model=Voucher, column="owner"))

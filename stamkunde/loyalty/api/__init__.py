"""What machines may ask of loyalty: programmes, memberships, cards, and what a card brings."""

from stamkunde.loyalty.api import members, programmes

ROUTES = (programmes.routes, members.routes)

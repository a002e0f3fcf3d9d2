"""What machines may ask of loyalty: programmes, memberships, cards, what a card brings, and points."""

from stamkunde.loyalty.api import earning, levels, members, points, programmes, sharing

ROUTES = (programmes.routes, earning.routes, members.routes, points.routes, levels.routes, sharing.routes)

"""The shop, its places, its staff and their devices, as machines read and keep them."""

from stamkunde.accounts.api import organisation, people, places

ROUTES = (places.routes, people.routes, organisation.organisation, organisation.devices)

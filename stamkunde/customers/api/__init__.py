"""Customers, as machines find, read and change them."""

from stamkunde.customers.api import contact, human, merging, notes, own_fields, profile, restricting

ROUTES = (
    profile.routes,
    contact.routes,
    human.routes,
    merging.routes,
    notes.routes,
    own_fields.routes,
    restricting.routes,
)

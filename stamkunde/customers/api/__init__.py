"""Customers, as machines find, read and change them."""

from stamkunde.customers.api import contact, human, notes, own_fields, profile

ROUTES = (profile.routes, contact.routes, human.routes, notes.routes, own_fields.routes)

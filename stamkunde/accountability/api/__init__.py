"""What another program may ask of accountability, by noun."""

from stamkunde.accountability.api import breaches, looks, refusals, register, retention

__all__ = ["ROUTES", "refusals"]

ROUTES = (retention.routes, register.routes, breaches.routes, looks.routes)

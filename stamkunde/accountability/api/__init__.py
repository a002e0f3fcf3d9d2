"""What another program may ask of accountability, by noun."""

from stamkunde.accountability.api import refusals, register, retention

__all__ = ["ROUTES", "refusals"]

ROUTES = (retention.routes, register.routes)

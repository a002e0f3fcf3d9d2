"""The desk's lists, views, changes of many and the day's work, as machines use them."""

from stamkunde.desk.api import audit, changes, contact, lists, papers, saved_views

ROUTES = (lists.routes, saved_views.routes, changes.routes, contact.routes, audit.routes, papers.routes)

"""The door for machines, put together of what every module opens to them."""

from stamkunde.accountability import api as accountability
from stamkunde.accounts import api as accounts
from stamkunde.catalogue import api as catalogue
from stamkunde.conversations import api as conversations
from stamkunde.customers import api as customers
from stamkunde.desk import api as desk
from stamkunde.events import api as events
from stamkunde.exchange.api import files, webhooks, whoami
from stamkunde.exchange.api.root import Api
from stamkunde.jobs import api as jobs
from stamkunde.loyalty import api as loyalty
from stamkunde.pricing import api as pricing
from stamkunde.privacy import api as privacy
from stamkunde.sales import api as sales
from stamkunde.tasks import api as tasks

API = Api(
    (
        whoami.routes,
        *customers.ROUTES,
        *desk.ROUTES,
        *catalogue.ROUTES,
        *pricing.ROUTES,
        *loyalty.ROUTES,
        *tasks.ROUTES,
        *sales.ROUTES,
        *conversations.ROUTES,
        *privacy.ROUTES,
        *accounts.ROUTES,
        *accountability.ROUTES,
        files.imports,
        files.exports,
        *jobs.ROUTES,
        *events.ROUTES,
        webhooks.routes,
    )
)

"""How long the counter keeps baskets, and the keys by which nothing is done twice."""

from django.utils.translation import gettext_lazy as _

from stamkunde.counter.actions.basket import KEPT
from stamkunde.counter.jobs import clear_up
from stamkunde.counter.models import Basket, Deed
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import Processing, register
from stamkunde.kit.retention import Ground, Period, Rule, add_rules

add_rules(
    Rule(
        name="counter.baskets",
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To let somebody at the counter go on with a purchase that was begun."),
        ground=Ground.CONTRACT,
        trigger=_("the last change of the basket"),
        period=Period(days=KEPT.days),
        source=_("A proposal: GDPR art. 5(1)(e) asks for a limit and names none."),
        settled_by=clear_up.kind.title,
    ),
    Rule(
        name="counter.people_on_tills",
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To recognise recent customers at a till that has no connection."),
        ground=Ground.INTEREST,
        trigger=_("the moment at which the till was given them"),
        period=Period(days=1),
        source=_("The shop's own limit, in the settings of the shop: at most 24 hours. GDPR art. 5(1)(c) and (e)."),
        settled_by=_("The till's own page, which also forgets them when somebody signs out"),
    ),
)

register(
    Processing(model=Basket, ground=Ground.CONTRACT, kept="counter.baskets"),
    Processing(model=Deed, ground=Ground.INTEREST, kept="counter.baskets"),
)

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
    )
)

register(
    Processing(model=Basket, ground=Ground.CONTRACT, kept="counter.baskets"),
    Processing(model=Deed, ground=Ground.INTEREST, kept="counter.baskets"),
)

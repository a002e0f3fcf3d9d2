"""The steps of a quote as sentences in the reader's language, with amounts as the reader writes them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext

from stamkunde.kit import shown
from stamkunde.pricing.evaluator import Outcome, Quote, Reason, Step
from stamkunde.pricing.evaluator.reckoning import BY_HAND, POINTS_USED
from stamkunde.pricing.evaluator.values import AudienceKind, Layer

STAFF_ONLY = frozenset({Reason.HOLDOUT})
"""Reasons that a customer is not told."""

_REASONS: dict[Reason, Any] = {
    Reason.WORSE_PRICE: gettext_lazy("%(name)s brings nothing below this price."),
    Reason.NOT_MEMBER: gettext_lazy("%(name)s is for members."),
    Reason.WRONG_TIER: gettext_lazy("%(name)s is for another level of membership."),
    Reason.NOT_OWNER: gettext_lazy("%(name)s is not for this customer, or it is not said yet who buys."),
    Reason.NOT_STARTED: gettext_lazy("%(name)s does not hold yet."),
    Reason.EXPIRED: gettext_lazy("%(name)s does not hold any more."),
    Reason.USED_UP: gettext_lazy("%(name)s has been used as often as it may be."),
    Reason.BELOW_MINIMUM: gettext_lazy("%(name)s needs %(missing)s more in the basket."),
    Reason.NO_ELIGIBLE_ITEM: gettext_lazy("%(name)s is about nothing in this basket."),
    Reason.EXCLUDED_ITEM: gettext_lazy("%(name)s takes nothing off: what it is about has a price that stays."),
    Reason.NOT_COMBINABLE: gettext_lazy("%(name)s cannot be combined with %(other)s."),
    Reason.EMPLOYEE: gettext_lazy("%(name)s does not hold for purchases by employees."),
    Reason.WRONG_STORE: gettext_lazy("%(name)s does not hold in this store."),
    Reason.WRONG_CHANNEL: gettext_lazy("%(name)s does not hold for this way of buying."),
    Reason.WRONG_CURRENCY: gettext_lazy("%(name)s is in another currency."),
    Reason.CAPPED: gettext_lazy("%(name)s takes nothing off, for no more may be taken off."),
    Reason.BUDGET_SPENT: gettext_lazy("What was set aside for %(name)s is spent."),
    Reason.MEMBER_LIMIT: gettext_lazy("The customer has had %(name)s as often as it may be had."),
    Reason.CARD_BLOCKED: gettext_lazy("The card is blocked, so %(name)s does not count."),
    Reason.OFFLINE_NOT_ALLOWED: gettext_lazy("%(name)s can be used once the till is online again."),
    Reason.HOLDOUT: gettext_lazy("%(name)s is kept from this customer, so that its effect can be seen."),
    Reason.RATE_LIMITED: gettext_lazy("Too many codes were tried. Wait a minute, then try %(name)s again."),
}


def sentence(step: Step, currency: str) -> str:
    """Return what a step says, in the language that is active."""
    if step.outcome == Outcome.REJECTED:
        return _rejected(step, currency)
    if step.outcome == Outcome.NOTED:
        return _noted(step, currency)
    return _applied(step, currency)


def said_of(steps: Sequence[dict[str, Any]] | None, currency: str) -> list[str]:
    """Return the sentences of steps as they are stored with a line; it is they that a receipt shows years later."""
    names = Step._fields
    return [
        sentence(Step(**{"line": 0} | {name: value for name, value in step.items() if name in names}), currency)
        for step in steps or ()
    ]


def text_of(quote: Quote, line: int) -> str:
    """Return what was done to the price of a line, without what was not."""
    return " ".join(sentence(step, quote.currency) for step in quote.steps_of(line) if step.outcome != Outcome.REJECTED)


def trace(quote: Quote, languages: Sequence[str], *, to_staff: bool = True) -> list[dict[str, Any]]:
    """Return the lines with their steps, and in each language what was done to them."""
    found = []
    for line in quote.lines:
        texts = {}
        for language in languages:
            with override(language):
                texts[language] = text_of(quote, line.number)
        found.append(
            {
                "line": line.number,
                "sku": line.sku,
                "list": line.list_price,
                "pay": line.pay,
                "steps": [
                    step.as_dict() for step in quote.steps_of(line.number) if to_staff or step.reason not in STAFF_ONLY
                ],
                "text": texts,
            }
        )
    return found


def called(step: Step) -> str:
    """Return the name by which people know a price, an offer or a code."""
    if step.name:
        return step.name
    if step.source == POINTS_USED:
        return _("Use of points")
    return {
        AudienceKind.MEMBERS: _("Member price"),
        AudienceKind.TIER: _("Member price"),
        AudienceKind.EMPLOYEE: _("Employee price"),
        AudienceKind.CUSTOMER: _("Personal price"),
        AudienceKind.SEGMENT: _("Personal price"),
    }.get(AudienceKind(step.audience or AudienceKind.ALL), _("Campaign price"))


def _applied(step: Step, currency: str) -> str:
    amount = shown.amount(step.amount, currency)
    if step.layer == Layer.POINTS:
        said = ngettext("%(name)s: %(count)s point more.", "%(name)s: %(count)s points more.", step.amount)
        return said % {"name": called(step), "count": shown.number(step.amount)}
    if step.layer == Layer.UNIT:
        return _("%(name)s: %(price)s instead of %(before)s.") % {
            "name": called(step),
            "price": shown.amount(step.after, currency),
            "before": shown.amount(step.before, currency),
        }
    if step.source == BY_HAND:
        return _("Taken off by hand: %(amount)s.") % {"amount": amount}
    if step.source == POINTS_USED:
        return _("Paid for with points: %(amount)s.") % {"amount": amount}
    if step.source.startswith("code:"):
        return _("Code %(code)s: %(amount)s off.") % {"code": step.name, "amount": amount}
    return _("%(name)s: %(amount)s off.") % {"name": called(step), "amount": amount}


def _noted(step: Step, currency: str) -> str:
    if step.reason == Reason.CAPPED:
        return _("%(name)s: %(amount)s less than it would be, for no more may be taken off.") % {
            "name": called(step),
            "amount": shown.amount(step.amount, currency),
        }
    return _("Priced by hand: %(price)s instead of %(before)s.") % {
        "price": shown.amount(step.after, currency),
        "before": shown.amount(step.before, currency),
    }


def _rejected(step: Step, currency: str) -> str:
    reason = Reason(step.reason)
    if reason is Reason.WORSE_PRICE and step.layer == Layer.UNIT:
        return _("%(name)s would have been %(price)s, which is not less.") % {
            "name": called(step),
            "price": shown.amount(step.after, currency),
        }
    if reason is Reason.EXPIRED and step.source.startswith("code:"):
        # The same for a code that never was: whoever guesses learns nothing.
        return _("The code %(name)s does not hold. Look at how it is written, and until when it holds.") % {
            "name": called(step)
        }
    missing = shown.amount(step.missing, currency) if step.missing else ""
    if step.missing_units:
        said = ngettext("%(count)s thing", "%(count)s things", step.missing_units)
        missing = said % {"count": shown.number(step.missing_units)}
    other = step.other or pgettext("cannot be combined with", "another offer")
    return str(_REASONS[reason]) % {"name": called(step), "missing": missing, "other": other}

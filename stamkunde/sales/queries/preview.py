"""What a purchase would come to if it were registered now, by the very reckoning that registers it."""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.loyalty.shown_points import said_points
from stamkunde.pricing.explaining import said_of
from stamkunde.sales.actions.orders import worked_out
from stamkunde.sales.queries.cash import said_in_cash
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.sums import CodeSaid
from stamkunde.sales.values import OrderValues


@dataclass(frozen=True)
class PreviewLine:
    """One line in words; `wrong` says why it cannot be sold as it stands."""

    unit_price: str = ""
    discount: str = ""
    amount: str = ""
    wrong: str = ""
    said: list[str] = field(default_factory=list)
    """What price books and offers did to it."""


@dataclass(frozen=True)
class PreviewCode:
    """A code that was shown: what it takes off in words, or why nothing."""

    text: str
    said: str
    is_applied: bool


@dataclass(frozen=True)
class Preview:
    """What it comes to, without the lines that are wrong; `wrong` is about the purchase as a whole."""

    lines: list[PreviewLine]
    total: int
    said_total: str
    in_cash: str
    """What it comes to in cash, where that is not the total."""
    discount: str
    vat: list[tuple[str, str]]
    wrong: str = ""
    saved: str = ""
    """What price books and offers take off."""
    earned: str = ""
    """What its member earns by it, in words."""
    used: str = ""
    """How many of their points are used, in words."""
    codes: list[PreviewCode] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.wrong and bool(self.lines) and not any(line.wrong for line in self.lines)


def preview(values: OrderValues, store: Store, *, most_discount: int | None = None, asker: str = "") -> Preview:
    """Work a purchase out; each mistake is told beside its line and the rest is still added up."""
    wrong: dict[int, str] = {}
    places = list(range(len(values.lines)))
    whole = ""
    while places:
        try:
            sound = replace(values, lines=tuple(values.lines[place] for place in places))
            lines, sums = worked_out(sound, store, now(), most_discount=most_discount, asker=asker)
        except SaleRefused as refusal:
            if not 1 <= refusal.line <= len(places):
                whole, values = refusal.sentence, replace(values, discount=0, discount_basis_points=0)
                if refusal.field != "discount":
                    break
                continue
            wrong[places.pop(refusal.line - 1)] = refusal.sentence
        else:
            by_place = dict(zip(places, lines, strict=True))
            return Preview(
                lines=[
                    PreviewLine(wrong=wrong[place])
                    if place in wrong
                    else PreviewLine(
                        unit_price=shown.amount(by_place[place].unit_price, store.currency),
                        discount=shown.amount(by_place[place].discount, store.currency)
                        if by_place[place].discount
                        else "",
                        amount=shown.amount(by_place[place].amount, store.currency),
                        said=said_of(by_place[place].price_steps, store.currency),
                    )
                    for place in range(len(values.lines))
                ],
                total=sums.total,
                said_total=shown.amount(sums.total, store.currency),
                in_cash=said_in_cash(sums.total, store, store.currency),
                discount=shown.amount(sums.discount, store.currency) if sums.discount else "",
                vat=[
                    (_("of which VAT %(rate)s") % {"rate": shown.percent(rate)}, shown.amount(vat, store.currency))
                    for rate, vat in sorted(sums.vat_by_rate.items(), reverse=True)
                    if vat
                ],
                wrong=whole,
                saved=shown.amount(sums.saved, store.currency) if sums.saved else "",
                earned=said_points(sums.points.earned) if sums.points and sums.points.earned else "",
                used=said_points(sums.points.used) if sums.points else "",
                codes=[_code(one, store.currency) for one in sums.codes],
            )
    return Preview(
        lines=[PreviewLine(wrong=wrong.get(place, "")) for place in range(len(values.lines))],
        total=0,
        said_total=shown.amount(0, store.currency),
        in_cash="",
        discount="",
        vat=[],
        wrong=whole,
    )


def _code(code: CodeSaid, currency: str) -> PreviewCode:
    said = code.sentence
    if code.is_applied:
        said = (
            _("%(amount)s off") % {"amount": shown.amount(code.amount, currency)} if code.amount else _("more points")
        )
    return PreviewCode(code.text, said, code.is_applied)

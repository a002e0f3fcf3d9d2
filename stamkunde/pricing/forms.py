"""The forms about price books and offers; times are those on the wall of the store and are never moved."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.accounts.models import Store
from stamkunde.catalogue.forms import currencies
from stamkunde.catalogue.models import Product
from stamkunde.catalogue.scopes import ScopeField
from stamkunde.kit.money import Money, MoneyError
from stamkunde.kit.number_fields import AmountField, read_number
from stamkunde.kit.shown import plain_amount
from stamkunde.pricing.actions import PriceSaid
from stamkunde.pricing.actions.offers import values_of
from stamkunde.pricing.boxes import BOXES
from stamkunde.pricing.evaluator.values import Layer
from stamkunde.pricing.models import ForWhom, Offer, OfferLayer, OfferStacking
from stamkunde.pricing.queries.codes import MOST_CODES
from stamkunde.pricing.refusals import PricingRefused
from stamkunde.pricing.schemas import KINDS, OfferValues

WALL = "%Y-%m-%dT%H:%M"
CHANNELS = (
    ("shop", pgettext_lazy("purchase", "In the shop")),
    ("phone", pgettext_lazy("purchase", "By telephone")),
    ("web", pgettext_lazy("purchase", "On the web")),
)
_GAPS = re.compile(r"\s+")


class RefusableForm(forms.Form):
    def refuse(self, refusal: PricingRefused) -> None:
        """Show why the action refused, beside the field it is about."""
        name = refusal.field.removeprefix("conditions.").removeprefix("scope.").removeprefix("benefit.").split(".")[0]
        self.add_error(name if name in self.fields else None, refusal.sentence)


def _chosen_from(*left_out: ForWhom) -> list[tuple[str, Any]]:
    """Return for whom something can be; segments come from nowhere yet, so that nobody would be in one."""
    return [(value, label) for value, label in ForWhom.choices if value not in left_out]


class NumbersField(forms.CharField):
    """Numbers of customers, parted by commas."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 100_000)
        super().__init__(**options)

    def clean(self, value: Any) -> tuple[int, ...]:
        words = [word.strip().lstrip("#") for word in re.split(r"[,;\s]+", super().clean(value)) if word.strip()]
        for word in words:
            if not (word.isascii() and word.isdecimal() and len(word) < 19):
                raise ValidationError(_("“%(word)s” is no number of a customer."), params={"word": word[:60]})
        return tuple(sorted({int(word) for word in words}))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(one) for one in value) if isinstance(value, tuple | list) else value


class _WallField(forms.CharField):
    """A time on the wall of a store, as it is written: Django would give it the zone of the reader."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL))
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", text):
            raise ValidationError(_("Write a day and a time of day."))
        return text if len(text) != 16 else f"{text}:00"

    def prepare_value(self, value: Any) -> Any:
        return value[:16] if isinstance(value, str) else value


class OfferForm(RefusableForm):
    """An offer of a kind; what the kind asks for stands under the names of its benefit."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"), max_length=120, help_text=gettext_lazy("It stands on the receipt.")
    )
    products = ScopeField(label=gettext_lazy("What it is about"), required=False)
    without = ScopeField(label=gettext_lazy("Leaving out"), required=False)
    layer = forms.ChoiceField(label=gettext_lazy("What it is taken off"))
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), choices=_chosen_from(ForWhom.SEGMENT))
    audience_of = forms.CharField(label=gettext_lazy("Level of membership"), max_length=60, required=False)
    starts = _WallField(label=pgettext_lazy("time", "From"))
    ends = _WallField(label=gettext_lazy("Until"), help_text=gettext_lazy("By the clock on the wall of the store."))
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days of the week"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours_from = forms.TimeField(
        label=gettext_lazy("From what time of day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    hours_to = forms.TimeField(
        label=gettext_lazy("Until what time of day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    stores = forms.TypedMultipleChoiceField(
        label=gettext_lazy("In these stores only"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("For these ways of buying only"),
        choices=CHANNELS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    minimum = AmountField(label=gettext_lazy("From this amount on"), required=False)
    minimum_units = forms.IntegerField(
        label=gettext_lazy("From so many on"), required=False, min_value=0, max_value=1_000
    )
    most_uses = forms.IntegerField(
        label=gettext_lazy("At most so often in all"), required=False, min_value=1, max_value=1_000_000_000
    )
    budget = AmountField(label=gettext_lazy("At most this amount in all"), required=False)
    most_per_customer = forms.IntegerField(
        label=gettext_lazy("At most so often for each customer"), required=False, min_value=1, max_value=1_000_000_000
    )
    first_purchase = forms.BooleanField(label=gettext_lazy("For a customer's first purchase only"), required=False)
    birthday_before = forms.IntegerField(
        label=gettext_lazy("Days before a birthday"),
        required=False,
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("With days before or after, it holds around the customer's birthday, once a year."),
    )
    birthday_after = forms.IntegerField(
        label=gettext_lazy("Days after a birthday"), required=False, min_value=0, max_value=60
    )
    needs_code = forms.BooleanField(
        label=gettext_lazy("Only with a code"),
        required=False,
        help_text=gettext_lazy("The codes are made under Vouchers."),
    )
    owners = NumbersField(
        label=gettext_lazy("Whose offer it is"),
        required=False,
        help_text=gettext_lazy("Numbers of customers, with commas between them."),
    )
    stacking = forms.ChoiceField(label=gettext_lazy("Beside other offers"), choices=OfferStacking.choices)
    group = forms.CharField(label=gettext_lazy("Group of offers"), max_length=60, required=False)
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        initial=0,
        required=False,
        min_value=-1_000,
        max_value=1_000,
        help_text=gettext_lazy("Of two that cost the same, the higher one is taken."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        offered = currencies()
        chosen = str(self.data.get("currency", "") if self.is_bound else self.initial.get("currency", ""))
        own = chosen if chosen in offered else offered[0]
        for box in BOXES[kind]:
            self.fields[box.name] = box.field(own)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = own
        self._offer_choices("currency", [(code, code) for code in offered])
        self._offer_choices("layer", [own for own in OfferLayer.choices if own[0] in KINDS[kind].layers])
        if Layer.LINE in KINDS[kind].layers:
            self.fields["layer"].initial = OfferLayer.LINE
        self._offer_choices(
            "stores", [(pk, name) for pk, name in Store.objects.order_by("name").values_list("pk", "name")]
        )
        self.benefit_boxes = [self[box.name] for box in BOXES[kind]]

    def _offer_choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @classmethod
    def of(cls, offer: Offer) -> "OfferForm":
        conditions = dict(offer.conditions)
        scope = offer.scope
        left_out = {name: scope.get(f"without_{name}", []) for name in ("products", "categories")}
        initial = {
            **{name: getattr(offer, name) for name in _PLAIN},
            **conditions,
            **offer.benefit,
            "products": {name: scope.get(name, []) for name in ("products", "categories")},
            "without": left_out,
            "version": offer.version,
            "owners": values_of(offer).owners,
        }
        return cls(kind=offer.kind, initial=initial)

    @property
    def values(self) -> OfferValues:
        said = self.cleaned_data
        benefit = {box.name: said[box.name] for box in BOXES[self.kind] if said[box.name] not in (None, "")}
        without = {f"without_{name}": numbers for name, numbers in said["without"].items()}
        conditions = {name: said[name] for name in _CONDITIONS if said[name] not in (None, "", [], 0)}
        conditions |= {name: said[name] for name in _AROUND_BIRTHDAY if said[name] is not None}
        for name in ("hours_from", "hours_to"):
            if name in conditions:
                conditions[name] = conditions[name].isoformat()
        return OfferValues(
            kind=self.kind,
            benefit=benefit,
            scope={**said["products"], **without},
            conditions=conditions,
            **{name: said[name] for name in _PLAIN if name != "priority"},
            priority=said["priority"] or 0,
            owners=said["owners"],
        )


_PLAIN = ("name", "layer", "audience", "audience_of", "currency", "stacking", "group", "priority")
_CONDITIONS = (
    "starts", "ends", "weekdays", "hours_from", "hours_to", "stores", "channels", "minimum", "minimum_units",
    "most_uses", "budget", "most_per_customer", "first_purchase", "needs_code",
)  # fmt: skip


# Nought days say something here: on the very day.
_AROUND_BIRTHDAY = ("birthday_before", "birthday_after")


class BasketForm(forms.Form):
    """A basket to try an offer with: a product number and how many of it, one a line."""

    basket = forms.CharField(
        label=gettext_lazy("Basket"),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("One product number a line, and how many of it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    as_member = forms.BooleanField(label=gettext_lazy("A member buys"), required=False)
    customer = forms.IntegerField(
        label=gettext_lazy("Number of the customer who buys"), required=False, min_value=1, max_value=2**62
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("With commas between them. None of them is used up."),
    )

    def clean_codes(self) -> list[str]:
        return [code.strip() for code in self.cleaned_data["codes"].split(",") if code.strip()][:MOST_CODES]

    def clean_basket(self) -> list[tuple[int, Decimal]]:
        wanted: list[tuple[str, Decimal]] = []
        for line in self.cleaned_data["basket"].splitlines()[:50]:
            words = _GAPS.split(line.strip())
            quantity = read_number(words[1]) if len(words) > 1 else Decimal(1)
            if words[0]:
                if quantity is None or not 0 < quantity <= 1_000_000 or quantity != round(quantity, 3):
                    raise ValidationError(_("Write a number after %(sku)s."), params={"sku": words[0][:60]})
                wanted.append((words[0], quantity))
        known = dict(Product.objects.filter(sku__in=[sku for sku, _q in wanted]).values_list("sku", "pk"))
        for sku, _quantity in wanted:
            if sku not in known:
                raise ValidationError(_("There is no product %(sku)s."), params={"sku": sku[:60]})
        return [(known[sku], quantity) for sku, quantity in wanted]


class BookForm(RefusableForm):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    audience = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=_chosen_from(ForWhom.SEGMENT, ForWhom.CUSTOMER),
        initial=ForWhom.MEMBERS,
    )
    audience_of = forms.CharField(label=gettext_lazy("Level of membership"), max_length=60, required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.fields["currency"]
        if isinstance(currency, forms.ChoiceField):
            currency.choices = [(code, code) for code in currencies()]


class PricesForm(RefusableForm):
    """The prices of a version: a product number, its price, and the earlier one if the sign names it."""

    prices = forms.CharField(
        label=gettext_lazy("Prices"),
        max_length=200_000,
        help_text=gettext_lazy(
            "One product a line: its number, its price, and the earlier price if the sign names it."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    valid_from = forms.DateField(
        label=pgettext_lazy("time", "From"),
        required=False,
        help_text=gettext_lazy("Leave it empty to let the prices begin now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_prices(self) -> list[PriceSaid]:
        rows = [_GAPS.split(line.strip()) for line in self.cleaned_data["prices"].splitlines() if line.strip()]
        known = dict(Product.objects.filter(sku__in=[words[0] for words in rows]).values_list("sku", "pk"))
        found = []
        for words in rows:
            if words[0] not in known:
                raise ValidationError(_("There is no product %(sku)s."), params={"sku": words[0][:60]})
            amounts = [self._amount(words[0], word) for word in words[1:3]]
            if not amounts or len(words) > 3:
                raise ValidationError(_("Write a price after %(sku)s."), params={"sku": words[0][:60]})
            found.append(
                PriceSaid(
                    product_id=known[words[0]], amount=amounts[0], before=amounts[1] if len(amounts) > 1 else None
                )
            )
        return found

    def _amount(self, sku: str, word: str) -> int:
        number = read_number(word)
        try:
            if number is not None and number >= 0:
                return Money.of(number, self.currency).minor
        except MoneyError:
            pass
        raise ValidationError(_("Write a price after %(sku)s."), params={"sku": sku[:60]})


def said_prices(rows: Mapping[str, tuple[int, int | None]], currency: str) -> str:
    """Return prices as they are typed into the box."""
    return "\n".join(
        " ".join([sku, *(plain_amount(own, currency) for own in (amount, before) if own is not None)])
        for sku, (amount, before) in rows.items()
    )

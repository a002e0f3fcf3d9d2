"""The form in which a quote is written: all of it lives in the form, as a basket does."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import Language, User
from stamkunde.catalogue.models import VatClass
from stamkunde.kit import shown
from stamkunde.kit.number_fields import AmountField, PercentField, QuantityField
from stamkunde.sales.actions.proposals import MOST_LINES, ProposalLineValues, ProposalValues
from stamkunde.sales.forms.basket import lines_in
from stamkunde.sales.models import Proposal
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import LineValues

ALWAYS, CHOSEN, LEFT_OUT = "", "chosen", "left_out"
LINE_FIELDS = ("product", "description", "quantity", "price", "discount", "vat_class", "part")


class ProposalForm(forms.Form):
    """All of a quote but its lines."""

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    customer = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("What the quote is about"), max_length=120)
    words = forms.CharField(
        label=gettext_lazy("Your own words to the customer"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the quote"), choices=Language.choices)
    store = forms.TypedChoiceField(label=gettext_lazy("Store"), coerce=int)
    discount = PercentField(label=gettext_lazy("Per cent off the whole"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stores = {store.pk: store for store in own_stores(user) if store.is_open}
        store = self.fields["store"]
        if isinstance(store, forms.ChoiceField):
            store.choices = [(str(pk), own.name) for pk, own in self.stores.items()]
        said = str(self.data.get("store", "")) if self.is_bound else str(self.initial.get("store", ""))
        known = self.stores.get(int(said)) if said.isdecimal() and len(said) < 19 else None
        self.chosen_store = known or next(iter(self.stores.values()), None)

    @property
    def currency(self) -> str:
        return self.chosen_store.currency if self.chosen_store else "NOK"


class ProposalLineForm(forms.Form):
    """One line of a quote."""

    product = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    description = forms.CharField(label=gettext_lazy("What"), max_length=200)
    quantity = QuantityField(label=gettext_lazy("Quantity"))
    price = AmountField(label=gettext_lazy("Price"))
    discount = PercentField(label=gettext_lazy("Per cent off"), required=False)
    part = forms.ChoiceField(
        label=pgettext_lazy("quote", "Part of it"),
        required=False,
        choices=[
            (ALWAYS, pgettext_lazy("quote line", "Always")),
            (CHOSEN, pgettext_lazy("quote line", "If wanted, chosen to begin with")),
            (LEFT_OUT, pgettext_lazy("quote line", "If wanted, left out to begin with")),
        ],
    )
    vat_class = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatClass.choices, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["price"]
        if isinstance(field, AmountField):
            field.currency = currency

    @property
    def values(self) -> ProposalLineValues:
        said = self.cleaned_data
        return ProposalLineValues(
            line=LineValues(
                product_id=said["product"],
                description=said["description"],
                quantity=said["quantity"],
                unit_price=said["price"],
                discount_basis_points=said["discount"] or 0,
                vat_class=said["vat_class"] or VatClass.STANDARD,
            ),
            is_optional=said["part"] != ALWAYS,
            is_chosen=said["part"] != LEFT_OUT,
        )


def raw_lines(data: Mapping[str, Any]) -> list[dict[str, str]]:
    return lines_in(data, LINE_FIELDS, MOST_LINES)


def line_forms(lines: list[dict[str, str]], currency: str, *, checked: bool) -> list[ProposalLineForm]:
    found = []
    for number, raw in enumerate(lines):
        prefix = f"line-{number}"
        data = {f"{prefix}-{name}": value for name, value in raw.items()}
        if checked:
            found.append(ProposalLineForm(data, prefix=prefix, currency=currency))
        else:
            found.append(ProposalLineForm(initial=raw, prefix=prefix, currency=currency))
    return found


def proposal_values(form: ProposalForm, lines: list[ProposalLineForm]) -> ProposalValues:
    said = form.cleaned_data
    return ProposalValues(
        customer_id=said["customer"],
        store_id=said["store"],
        title=said["title"],
        words=said["words"],
        language=said["language"],
        valid_until=said["valid_until"],
        discount_basis_points=said["discount"] or 0,
        lines=tuple(line.values for line in lines),
    )


def show_refusal(refusal: SaleRefused, form: ProposalForm, lines: list[ProposalLineForm]) -> None:
    """Put the reason beside the box it is about."""
    name = {"unit_price": "price", "product": "description"}.get(refusal.field, refusal.field)
    if 1 <= refusal.line <= len(lines):
        line = lines[refusal.line - 1]
        line.add_error(name if name in line.fields else None, refusal.sentence)
    else:
        is_shown = name in form.fields and not form[name].is_hidden
        form.add_error(name if is_shown else None, refusal.sentence)


def initial_of(proposal: Proposal) -> dict[str, Any]:
    return {
        "version": proposal.version,
        "customer": proposal.customer_id,
        "title": proposal.title,
        "words": proposal.words,
        "valid_until": proposal.valid_until,
        "language": proposal.language,
        "store": proposal.store_id,
        "discount": shown.percent(proposal.discount_basis_points)[:-2] if proposal.discount_basis_points else "",
    }


def raw_of(proposal: Proposal) -> list[dict[str, str]]:
    """Return the lines of a quote as they stand in the boxes."""
    return [
        {
            "product": str(line.product_id or ""),
            "description": line.description,
            "quantity": shown.number(line.quantity, grouped=False),
            "price": shown.plain_amount(line.unit_price, proposal.currency),
            "discount": shown.percent(line.discount_basis_points)[:-2] if line.discount_basis_points else "",
            "vat_class": line.vat_class,
            "part": ALWAYS if not line.is_optional else CHOSEN if line.is_chosen else LEFT_OUT,
        }
        for line in proposal.lines.all()
    ]

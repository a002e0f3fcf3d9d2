"""The forms about products, prices, barcodes, categories and rates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Country, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.actions import ProductValues
from stamkunde.catalogue.models import Category, Product, ProductKind, VatClass
from stamkunde.catalogue.queries import shelves
from stamkunde.catalogue.refusals import CatalogueRefused
from stamkunde.kit.number_fields import AmountField, PercentField

EM_SPACE = "\u2003"


def category_choices(*, without: int | None = None) -> list[tuple[str, object]]:
    """Return the categories in the order of the tree, indented by their depth."""
    first: list[tuple[str, object]] = [("", pgettext_lazy("category", "None"))]
    return first + [
        (str(shelf.category.pk), f"{EM_SPACE * shelf.depth}{shelf.category.name}")
        for shelf in shelves()
        if shelf.category.pk != without
    ]


def currencies() -> list[str]:
    """Return the currencies the shop sells in, its own first."""
    used = Store.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([the_shop().currency, *used]))


class _RefusableForm(forms.Form):
    def refuse(self, refusal: CatalogueRefused) -> None:
        """Show why the action refused, beside the field it is about."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class ProductForm(_RefusableForm):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    sku = forms.CharField(label=_("Product number"), max_length=60, help_text=_("The maker's, or your own."))
    kind = forms.ChoiceField(label=_("Kind"), choices=ProductKind.choices)
    category = forms.TypedChoiceField(label=_("Category"), required=False, coerce=int, empty_value=None)
    vat_class = forms.ChoiceField(
        label=_("VAT"), choices=VatClass.choices, help_text=_("Each country's rate stands in the settings.")
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=20, required=False, help_text=_("Such as kg or hour; empty for pieces.")
    )
    description = forms.CharField(
        label=_("Description"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        if isinstance(category, forms.ChoiceField):
            category.choices = category_choices()

    @property
    def values(self) -> ProductValues:
        said = self.cleaned_data
        return ProductValues(
            sku=said["sku"],
            name=said["name"],
            kind=said["kind"],
            category_id=said["category"],
            description=said["description"],
            unit=said["unit"],
            vat_class=said["vat_class"],
        )


class NewProductForm(ProductForm):
    """A new product may at once be given a price and a barcode."""

    price = AmountField(label=_("Price"), required=False, help_text=_("What anyone pays, VAT included."))
    barcode = forms.CharField(label=_("Barcode"), max_length=80, required=False)

    field_order = ("name", "sku", "price", "barcode")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields["price"]
        if isinstance(price, AmountField):
            price.currency = currency


class ChangedProductForm(ProductForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    @classmethod
    def of(cls, product: Product) -> "ChangedProductForm":
        return cls(initial=said_of(product) | {"version": product.version})


def said_of(product: Product) -> dict[str, Any]:
    return {
        "name": product.name,
        "sku": product.sku,
        "kind": product.kind,
        "category": product.category_id or "",
        "vat_class": product.vat_class,
        "unit": product.unit,
        "description": product.description,
    }


class PriceForm(_RefusableForm):
    amount = AmountField(label=_("New price"))
    currency = forms.ChoiceField(label=_("Currency"))
    valid_from = forms.DateField(
        label=_("From"),
        required=False,
        help_text=_("Leave it empty to let the price begin now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = currencies()
        currency, amount = self.fields["currency"], self.fields["amount"]
        if isinstance(currency, forms.ChoiceField):
            currency.choices = [(code, code) for code in offered]
        chosen = self.data.get("currency", "") if self.is_bound else ""
        if isinstance(amount, AmountField):
            amount.currency = chosen if chosen in offered else offered[0]


class BarcodeForm(_RefusableForm):
    code = forms.CharField(label=_("Barcode"), max_length=80)


class CategoryForm(_RefusableForm):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    parent = forms.TypedChoiceField(label=_("Within"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if isinstance(parent, forms.ChoiceField):
            parent.choices = category_choices(without=category.pk if category else None)


class RateForm(_RefusableForm):
    country = forms.ChoiceField(label=_("Country"), choices=Country.choices)
    vat_class = forms.ChoiceField(label=_("VAT"), choices=VatClass.choices)
    percent = PercentField(label=_("Rate in per cent"))
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

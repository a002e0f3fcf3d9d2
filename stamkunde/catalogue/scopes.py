"""Products and categories as people write them: numbers and names, with commas between them."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.catalogue.models import Product
from stamkunde.catalogue.queries import shelves

_BETWEEN = re.compile(r"[,;\n]")


class ScopeField(forms.CharField):
    """Products by their numbers and categories by their names, parted by commas; empty is everything."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        options.setdefault("help_text", gettext_lazy("Product numbers and categories, with commas between them."))
        options.setdefault("max_length", 20_000)
        super().__init__(**options)

    def clean(self, value: Any) -> dict[str, list[int]]:
        return read_scope(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return say_scope(value) if isinstance(value, Mapping) else value


def read_scope(text: str) -> dict[str, list[int]]:
    words = [word.strip() for word in _BETWEEN.split(text) if word.strip()]
    if not words:
        return {}
    products = dict(Product.objects.filter(sku__in=words).values_list("sku", "pk"))
    named: dict[str, int] = {}
    if len(products) < len(set(words)):
        for shelf in shelves():
            named.setdefault(shelf.category.name.casefold(), shelf.category.pk)
            named[shelf.path.casefold()] = shelf.category.pk
    found: dict[str, list[int]] = {"products": [], "categories": []}
    for word in words:
        if word in products:
            found["products"].append(products[word])
        elif word.casefold() in named:
            found["categories"].append(named[word.casefold()])
        else:
            raise ValidationError(_("There is no product or category “%(word)s”."), params={"word": word[:60]})
    return {name: sorted(set(numbers)) for name, numbers in found.items() if numbers}


def say_scope(scope: Mapping[str, Any]) -> str:
    products = Product.objects.filter(pk__in=scope.get("products", ())).order_by("sku").values_list("sku", flat=True)
    wanted = set(scope.get("categories", ()))
    categories = [shelf.path for shelf in shelves() if shelf.category.pk in wanted] if wanted else []
    return ", ".join([*products, *categories])

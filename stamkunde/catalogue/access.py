"""What the catalogue lets people do, and which products a person may look at."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.catalogue.models import Category, Product, ProductQuerySet
from stamkunde.kit.policy import Permission

SEE = Permission("catalogue.see", _("See products, their prices and categories."))
CHANGE = Permission("catalogue.change", _("Add and change products, prices, barcodes and categories."))
MANAGE_RATES = Permission("catalogue.manage_rates", _("Set the rates of value-added tax."))

PERMISSIONS = (SEE, CHANGE, MANAGE_RATES)


def visible_products(user: User) -> ProductQuerySet:
    return Product.objects.all() if user.may(SEE.name) else Product.objects.none()


def product_for(user: User, pk: int) -> Product:
    product = visible_products(user).select_related("category").filter(pk=pk).first()
    if product is None:
        raise Http404
    return product


def category_for(user: User, pk: int) -> Category:
    category = Category.objects.filter(pk=pk).first() if user.may(SEE.name) else None
    if category is None:
        raise Http404
    return category

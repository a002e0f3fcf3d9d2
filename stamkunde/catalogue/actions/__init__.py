"""What can be done to the catalogue, by noun."""

from stamkunde.catalogue.actions.category import add_category, change_category, remove_category
from stamkunde.catalogue.actions.price import set_list_price, withdraw_coming_price
from stamkunde.catalogue.actions.product import (
    ProductValues,
    add_barcode,
    change_product,
    create_product,
    put_back_on_sale,
    remove_barcode,
    take_off_sale,
)
from stamkunde.catalogue.actions.rate import set_vat_rate

__all__ = [
    "ProductValues",
    "add_barcode",
    "add_category",
    "change_category",
    "change_product",
    "create_product",
    "put_back_on_sale",
    "remove_barcode",
    "remove_category",
    "set_list_price",
    "set_vat_rate",
    "take_off_sale",
    "withdraw_coming_price",
]

"""Setting a country's rate of value-added tax from a day on."""

from datetime import date

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Country
from stamkunde.catalogue.events import VatRateSet
from stamkunde.catalogue.models import VatClass, VatRate
from stamkunde.catalogue.refusals import CatalogueRefused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


@action
def set_vat_rate(country: str, vat_class: str, basis_points: int, *, valid_from: date, by: Actor) -> VatRate:
    """Set a rate from a day on; receipts already written keep the tax they were written with."""
    if country not in Country.values or vat_class not in VatClass.values:
        raise CatalogueRefused(_("Choose one of those offered."), "country")
    if not 0 <= basis_points <= 10_000:
        raise CatalogueRefused(_("Write a share between 0 and 100."), "percent")
    if not 1990 <= valid_from.year <= 2100:
        raise CatalogueRefused(_("Write a day that is nearer to today."), "valid_from")
    rate, _made = VatRate.objects.update_or_create(
        country=country, vat_class=vat_class, valid_from=valid_from, defaults={"basis_points": basis_points}
    )
    publish(
        VatRateSet(country=country, vat_class=vat_class, basis_points=basis_points, valid_from=valid_from.isoformat()),
        by=by,
    )
    return rate

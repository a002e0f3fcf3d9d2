"""What products need done by and by: their lists are sorted anew when the shop speaks another language."""

from django.utils.translation import gettext_lazy as _

from stamkunde.catalogue.actions.alphabet import put_products_in_order
from stamkunde.catalogue.models import Product
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.portions import in_portions


@job(name="catalogue.sort", title=_("Sorting products in the order of the alphabet"))
def sort_products(context: JobContext) -> None:
    in_portions(context, put_products_in_order, total=Product.objects.count())

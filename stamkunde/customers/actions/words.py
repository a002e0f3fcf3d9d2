"""Keeping the words by which a customer is found in step with her names and addresses."""

from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer
from stamkunde.customers.preparing import put_words
from stamkunde.customers.recognition.vocabulary import learn_words
from stamkunde.customers.written import refused


def present_customer(customer_id: int, *, locked: bool = False) -> Customer:
    """Return a customer who is not in the trash, for an action; refuse with a sentence when she is gone meanwhile.

    Whoever changes names or addresses locks the row first, so that two of them never compose the words from each
    other's past.
    """
    rows = Customer.objects.select_related("home_store")
    if locked:
        rows = rows.select_for_update(of=("self",))
    customer = rows.filter(pk=customer_id, trashed_at=None).first()
    if customer is None:
        raise refused(_("This customer was removed meanwhile. Look in the trash if that was a mistake."))
    return customer


def renew_words(customer: Customer) -> None:
    """Compose the words anew from what stands in the database; the version stays, for nobody edits them."""
    put_words(customer, customer.former_names.values_list("name", flat=True), customer.addresses.all())
    Customer.objects.filter(pk=customer.pk).update(words=customer.words, sort_name=customer.sort_name)
    learn_words(customer.words.split())

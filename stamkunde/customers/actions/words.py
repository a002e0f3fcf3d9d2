"""Keeping the words by which a customer is found in step with her names and addresses."""

from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer
from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.preparing import put_words
from stamkunde.customers.queries.merges import survivor_of
from stamkunde.customers.recognition.vocabulary import learn_words, unlearn_words
from stamkunde.customers.written import refused
from stamkunde.events.publishing import action

PORTION = 1_000


def present_customer(customer_id: int) -> Customer:
    """Return a customer who is not in the trash, for an action; refuse with a sentence when she is gone meanwhile.

    The row is held: two who change names or addresses never compose the words from each other's past, and nothing is
    written down for somebody who becomes part of another customer at this very moment.
    """
    rows = Customer.objects.select_related("home_store").select_for_update(of=("self",), no_key=True)
    customer = rows.filter(pk=customer_id, trashed_at=None).first()
    if customer is None:
        if survivor := Customer.objects.filter(pk=survivor_of(customer_id), trashed_at=None).first():
            raise refused(
                _("This customer was merged with %(name)s meanwhile. Open that profile and do it there.")
                % {"name": survivor.name}
            )
        raise refused(_("This customer was removed meanwhile. Look in the trash if that was a mistake."))
    return customer


def renew_words(customer: Customer) -> None:
    """Compose the words anew from what stands in the database; the version stays, for nobody edits them."""
    put_words(customer, customer.former_names.values_list("name", flat=True), customer.addresses.all())
    Customer.objects.filter(pk=customer.pk).update(words=customer.words, sort_name=customer.sort_name)
    learn_words(customer.words.split())


@action
def sweep_words(after: int, last: int) -> tuple[int, int]:
    """Take some words out of the vocabulary that the last person with them took along, from one number to another."""
    rows = list(NameWord.objects.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("pk", "word")[:PORTION])
    unlearn_words([word for _pk, word in rows], wait=True)
    return (rows[-1][0] if rows else after), len(rows)

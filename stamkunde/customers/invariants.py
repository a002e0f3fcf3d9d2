"""What must always hold of customers: each is found by her own words, and her files are there as they were given."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer, StoredFile
from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.preparing import put_words, sort_name
from stamkunde.kit.invariants import Invariant, Stored, files_unlike_rows, sample_of, search_index_agrees

AT_ONCE = 2_000
REMEDY = "Sort and search anew: ./run manage renew_search"


def customers_under_other_words() -> Iterator[str]:
    """Yield customers whose kept words are not those of their names and addresses."""
    everybody = Customer.objects.prefetch_related("former_names", "addresses").order_by("pk")
    for customer in everybody.iterator(chunk_size=AT_ONCE):
        kept = set(customer.words.split())
        put_words(customer, [former.name for former in customer.former_names.all()], customer.addresses.all())
        if set(customer.words.split()) != kept:
            yield f"Customer {customer.pk} is not found by all her names and addresses. {REMEDY}"


def customers_out_of_order() -> Iterator[str]:
    """Yield customers of a sample whom lists have in another place than the alphabet of the shop's language."""
    language = the_shop().language
    for customer in sample_of(Customer.objects.all()):
        if customer.sort_name != sort_name(customer, language):
            yield f"Lists do not have customer {customer.pk} where the alphabet has them. {REMEDY}"


def words_nobody_would_find() -> Iterator[str]:
    """Yield what the search index has lost: whole words, or its agreement with the customers' table."""
    known = set(NameWord.objects.values_list("word", flat=True).iterator(chunk_size=AT_ONCE))
    for number, words in Customer.objects.order_by("pk").values_list("pk", "words").iterator(chunk_size=AT_ONCE):
        if lost := set(words.split()) - known:
            yield f"The words of customer {number} are not all known to the search ({len(lost)} are missing). {REMEDY}"
    if not search_index_agrees("customers_search"):
        yield f"The search index does not agree with the customers. {REMEDY}"


def files_of_customers() -> Iterator[str]:
    named = {file.path: Stored(file.size, file.digest) for file in StoredFile.objects.iterator(chunk_size=AT_ONCE)}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), "customers", named)


INVARIANTS = (
    Invariant("words-current", "Every customer is found by her names and addresses.", customers_under_other_words),
    Invariant("customers-in-order", "Lists of customers follow the shop's alphabet.", customers_out_of_order),
    Invariant("search-whole", "The search knows every word and every customer.", words_nobody_would_find),
    Invariant("files-whole", "Every file of a customer is there, as it was given.", files_of_customers),
)

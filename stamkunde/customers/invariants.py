"""What must always hold of customers: each is found by her own words, and her files are there as they were given."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer, Merge, MergeEntry, StoredFile
from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.preparing import put_words, sort_name
from stamkunde.kit import merging
from stamkunde.kit.invariants import Invariant, Stored, files_unlike_rows, sample_of, search_index_agrees
from stamkunde.kit.moving import unpacked

AT_ONCE = 2_000
REMEDY = gettext_lazy("Sort and search anew: ./run manage renew_search")


def customers_under_other_words() -> Iterator[str]:
    """Yield customers whose kept words are not those of their names and addresses."""
    everybody = Customer.objects.prefetch_related("former_names", "addresses").order_by("pk")
    for customer in everybody.iterator(chunk_size=AT_ONCE):
        kept = set(customer.words.split())
        put_words(customer, [former.name for former in customer.former_names.all()], customer.addresses.all())
        if set(customer.words.split()) != kept:
            yield _("Customer %(number)s is not found by all of their names and addresses. %(remedy)s") % {
                "number": customer.pk,
                "remedy": REMEDY,
            }


def customers_out_of_order() -> Iterator[str]:
    """Yield customers of a sample whom lists have in another place than the alphabet of the shop's language."""
    language = the_shop().language
    for customer in sample_of(Customer.objects.all()):
        if customer.sort_name != sort_name(customer, language):
            yield _("Lists do not have customer %(number)s in the place the alphabet gives them. %(remedy)s") % {
                "number": customer.pk,
                "remedy": REMEDY,
            }


def words_nobody_would_find() -> Iterator[str]:
    """Yield what the search index has lost: whole words, or its agreement with the customers' table."""
    known = set(NameWord.objects.values_list("word", flat=True).iterator(chunk_size=AT_ONCE))
    for number, words in Customer.objects.order_by("pk").values_list("pk", "words").iterator(chunk_size=AT_ONCE):
        if lost := set(words.split()) - known:
            yield _(
                "The words of customer %(number)s are not all known to the search (%(count)s are missing). %(remedy)s"
            ) % {"number": number, "count": len(lost), "remedy": REMEDY}
    if not search_index_agrees("customers_search"):
        yield _("The search index does not agree with the customers. %(remedy)s") % {"remedy": REMEDY}


def files_of_customers() -> Iterator[str]:
    named = {file.path: Stored(file.size, file.digest) for file in StoredFile.objects.iterator(chunk_size=AT_ONCE)}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), "customers", named)


def merged_customers_with_rows() -> Iterator[str]:
    """Yield what still belongs to a customer who became part of another."""
    merged = Merge.objects.filter(undone_at=None).values("merged")
    for follower in merging.followers():
        rows = follower.model._default_manager.filter(**follower.only, **{f"{follower.column}__in": merged})
        for number in rows.values_list(follower.column, flat=True).distinct()[:AT_ONCE]:
            yield _("Customer %(number)s was merged, and %(name)s still has rows of theirs.") % {
                "number": number,
                "name": follower.name,
            }
    present = Merge.objects.filter(undone_at=None, merged__trashed_at=None)
    for number in present.values_list("merged", flat=True):
        yield _("Customer %(number)s was merged and is among the customers nevertheless.") % {"number": number}


def merges_in_a_circle() -> Iterator[str]:
    onward = dict(Merge.objects.filter(undone_at=None).values_list("merged", "survivor"))
    for number in onward:
        seen, end = {number}, onward[number]
        while end in onward and end not in seen:
            seen.add(end)
            end = onward[end]
        if end in seen:
            yield _("The merges of customer %(number)s lead back to where they began.") % {"number": number}


def merges_with_a_gap() -> Iterator[str]:
    """Yield merges whose journal lacks a line, so that they cannot be taken apart as they were put together."""
    lines = Merge.objects.filter(undone_at=None).annotate(found=Count("entries"), last=Max("entries__position"))
    for merge in lines.order_by("pk").iterator(chunk_size=AT_ONCE):
        if merge.found != merge.entry_count or (merge.last or 0) != merge.entry_count:
            yield _("The journal of merge %(number)s should have %(entry_count)s lines and has %(found)s.") % {
                "number": merge.pk,
                "entry_count": merge.entry_count,
                "found": merge.found,
            }
    for entry in MergeEntry.objects.filter(merge__undone_at=None).iterator(chunk_size=AT_ONCE):
        if len(unpacked(entry.numbers)) != entry.row_count:
            yield _("Line %(position)s of the journal of merge %(merge_id)s is not whole.") % {
                "position": entry.position,
                "merge_id": entry.merge_id,
            }


INVARIANTS = (
    Invariant(
        "words-current",
        gettext_lazy("Every customer is found by their names and addresses."),
        customers_under_other_words,
    ),
    Invariant(
        "customers-in-order", gettext_lazy("Lists of customers follow the shop's alphabet."), customers_out_of_order
    ),
    Invariant("search-whole", gettext_lazy("The search knows every word and every customer."), words_nobody_would_find),
    Invariant(
        "merged-own-nothing", gettext_lazy("Nothing belongs to a customer who was merged."), merged_customers_with_rows
    ),
    Invariant("merges-end", gettext_lazy("Every chain of merges ends with one customer."), merges_in_a_circle),
    Invariant("merges-whole", gettext_lazy("Every merge has its whole journal."), merges_with_a_gap),
    Invariant("files-whole", gettext_lazy("Every file of a customer is there, as it was given."), files_of_customers),
)

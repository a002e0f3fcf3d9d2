"""Sealing the rows of chains in portions, and reading again whether they are as they were sealed."""

from array import array
from collections.abc import Collection, Iterator
from itertools import accumulate
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.events.models import Amendment, Seal
from stamkunde.kit.chains import ROW_BYTES, Chain, row_digest, seal_digest
from stamkunde.kit.clock import now

PORTION = 1_000


def amend(chain: Chain, numbers: Collection[int], reason: Amendment.Reason) -> None:
    """Write down that rows of a chain are changed or taken away; only in the transaction that does it."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), PORTION):
        some = ordered[start : start + PORTION]
        Amendment.objects.create(
            chain=chain.name, reason=reason, first_id=some[0], last_id=some[-1], row_ids=some, at=now()
        )


def seal_some(chain: Chain, upto: int, *, at_least: int = 1) -> int:
    """Seal the next portion of rows up to a number; return how many, none where fewer than so many wait.

    Nothing may appear below that number any more. Of two that seal at once one does.
    """
    last = Seal.objects.filter(chain=chain.name).order_by("-number").first()
    after = last.last_id if last else 0
    rows = list(_rows(chain, after, upto)[:PORTION])
    if len(rows) < at_least or not rows:
        return 0
    numbers = [row[0] for row in rows]
    digests = b"".join(row_digest(row) for row in rows)
    distances = array("I", (high - low for low, high in zip([numbers[0], *numbers], numbers, strict=False)))
    try:
        with transaction.atomic():
            Seal.objects.create(
                chain=chain.name,
                number=last.number + 1 if last else 1,
                first_id=numbers[0],
                last_id=numbers[-1],
                numbers=distances.tobytes(),
                digests=digests,
                digest=seal_digest(bytes(last.digest) if last else b"", chain.name, numbers, digests),
                sealed_at=now(),
            )
    except IntegrityError:
        return 0
    return len(rows)


def broken(chain: Chain) -> Iterator[str]:
    """Yield a sentence for each row that is otherwise than it was sealed, and for each seal that does not fit."""
    before, expected, end = b"", 1, 0
    for seal in Seal.objects.filter(chain=chain.name).order_by("number").iterator(chunk_size=50):
        numbers = _numbers(seal)
        digests = bytes(seal.digests)
        digest = seal_digest(before, chain.name, numbers, digests)
        if (seal.number, bytes(seal.digest)) != (expected, digest) or seal.first_id <= end:
            said = {"number": seal.number, "chain": chain.name}
            yield _("Seal %(number)s of %(chain)s does not fit the one before it.") % said
        yield from _unlike(chain, seal, numbers, digests)
        before, expected, end = bytes(seal.digest), seal.number + 1, seal.last_id


def _unlike(chain: Chain, seal: Seal, numbers: list[int], digests: bytes) -> Iterator[str]:
    sealed = {number: digests[i * ROW_BYTES : (i + 1) * ROW_BYTES] for i, number in enumerate(numbers)}
    there = {row[0]: row_digest(row) for row in _rows(chain, seal.first_id - 1, seal.last_id)}
    if there == sealed:
        return
    amended = {
        number
        for amendment in Amendment.objects.filter(
            chain=chain.name, first_id__lte=seal.last_id, last_id__gte=seal.first_id
        )
        for number in amendment.row_ids
    }
    for number in sorted((sealed.keys() | there.keys()) - amended):
        said = {"number": number, "chain": chain.name}
        if number not in there:
            yield _("Row %(number)s of %(chain)s is gone, though nothing says that it may be.") % said
        elif number not in sealed:
            yield _("Row %(number)s of %(chain)s slipped in among rows that were sealed before.") % said
        elif there[number] != sealed[number]:
            yield _("Row %(number)s of %(chain)s is not as it was written down.") % said


def _rows(chain: Chain, after: int, upto: int) -> Any:
    rows = chain.model._default_manager.filter(pk__gt=after, pk__lte=upto).order_by("pk")
    return rows.values_list("pk", *chain.columns)


def _numbers(seal: Seal) -> list[int]:
    distances = array("I")
    distances.frombytes(bytes(seal.numbers))
    return [seal.first_id + distance for distance in accumulate(distances)]

"""The scan for duplicates: the definition, asked of the customers by Splink on DuckDB."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from stamkunde.customers.actions.pairs import FoundPair
from stamkunde.customers.duplicates.definition import REASONS, THRESHOLD, definition
from stamkunde.customers.duplicates.people import lay_out

MEMORY = "900MB"
THREADS = 2
_CHUNKS = 4
# A cluster of hundreds who all look alike is a mistake in the data, and no list for people to go through.
MOST_PAIRS = 200_000


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB within bounds; what does not fit into memory goes to a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stamkunde-scan-") as folder:
        opened = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY,
                "threads": THREADS,
                "temp_directory": str(Path(folder)),
                "preserve_insertion_order": False,
            },
        )
        try:
            yield opened
        finally:
            opened.close()


def likely_pairs(ids: Sequence[int] | None = None, *, threshold: float = THRESHOLD) -> tuple[int, list[FoundPair]]:
    """Return how many customers were looked at, and which pairs among them are likely one person, the surest first."""
    with engine() as opened:
        people = lay_out(opened, ids)
        return people, list(pairs_among(opened, threshold=threshold)) if people > 1 else []


def pairs_among(opened: duckdb.DuckDBPyConnection, *, threshold: float = THRESHOLD) -> Iterator[FoundPair]:
    """Yield the likely pairs of the table `people`, the surest first."""
    # Splink tells of every step, and warns that nothing was learnt: the numbers are fixed on purpose.
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=opened)
    linker = Linker(api.register("people"), definition(), log_level=None, validate_settings=False)
    found = linker.inference.predict(
        threshold_match_probability=threshold, num_chunks_left=1, num_chunks_right=_CHUNKS, warning_mode="never"
    )
    gammas = ", ".join(f"gamma_{name}" for name in REASONS)
    rows = opened.execute(
        f"SELECT unique_id_l, unique_id_r, match_probability, {gammas} FROM {found.physical_name}"  # noqa: S608
        " ORDER BY match_probability DESC, unique_id_l, unique_id_r LIMIT ?",
        [MOST_PAIRS],
    )
    while some := rows.fetchmany(5_000):
        for one, other, probability, *levels in some:
            yield FoundPair(one, other, round(probability, 6), reasons_of(levels))


def reasons_of(levels: Sequence[Any]) -> tuple[str, ...]:
    """Return the reasons that the levels of the comparisons stand for, in the order in which people name them."""
    said = [REASONS[name][level] for name, level in zip(REASONS, levels, strict=True) if level >= 0]
    return tuple(sorted((reason for reason in said if reason), key=_ORDER.index))


_ORDER = (
    "company_number", "phone_and_email", "phone", "email", "home", "born", "born_near", "given", "given_alike",
    "given_near", "given_initial", "swapped", "family", "family_alike", "family_near", "family_part", "family_other",
    "postcode", "town",
)  # fmt: skip

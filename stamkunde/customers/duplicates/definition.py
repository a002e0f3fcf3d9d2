"""What makes two customers likely the same person, said once for every engine.

The definition is made without a linker and names no database: Splink turns it into the SQL of whatever engine the scan
runs on, DuckDB on one machine or Spark on many. How much each agreement weighs is fixed here and not learnt in each
shop, so that the same pair is found everywhere; `benchmarks/duplicates.py` measures it against invented people of
whom the truth is known, and is where to look before changing a number.

`m` is how often the level holds of two profiles of one person, `u` how often it holds of two people: the weight is the
logarithm of their ratio. An equal telephone or address is much, and yet a household shares it: hence two levels that
decide alone. A given name that is plainly another one, or a plainly different birthday, is somebody else.
"""

import splink.comparison_level_library as levels
from splink import SettingsCreator, block_on
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator

COLUMNS = {
    "unique_id": "BIGINT",
    "kind": "VARCHAR",
    "given": "VARCHAR",
    "given_first": "VARCHAR",
    "given_root": "VARCHAR",
    "family": "VARCHAR",
    "family_sound": "VARCHAR",
    "families": "VARCHAR[]",
    "born": "VARCHAR",
    "company_number": "VARCHAR",
    "phones": "VARCHAR[]",
    "emails": "VARCHAR[]",
    "homes": "VARCHAR[]",
    "postcode": "VARCHAR",
    "town": "VARCHAR",
}
"""The columns of a person as the scan sees her; names and places are folded, moments are text."""

# As likely as a pair is before anything is known of it: some hundreds in a shop of fifty thousand.
PRIOR = 3e-7
# Above it somebody is asked. Chosen by the benchmark: see its docstring for what it measured.
THRESHOLD = 0.8
# It is somebody else, whatever else agrees.
_NEVER = 1e-12


def _level(level: ComparisonLevelCreator, m: float, u: float) -> ComparisonLevelCreator:
    return level.configure(m_probability=m, u_probability=u)


def _sql(condition: str, m: float, u: float) -> ComparisonLevelCreator:
    return _level(levels.CustomLevel(condition), m, u)


def _nothing_known(*columns: str) -> ComparisonLevelCreator:
    one = " AND ".join(f"{column}_l IS NULL" for column in columns)
    other = " AND ".join(f"{column}_r IS NULL" for column in columns)
    return levels.CustomLevel(f"({one}) OR ({other})").configure(is_null_level=True)


def _longer_than_three(column: str) -> ComparisonLevelCreator:
    return levels.CustomLevel(f"length({column}_l) > 3")


def _comparison(name: str, *found: ComparisonLevelCreator) -> CustomComparison:
    return CustomComparison(output_column_name=name, comparison_levels=list(found), comparison_description=name)


# What each gamma of a comparison means, from nought up; an empty one is no reason to tell.
REASONS: dict[str, tuple[str, ...]] = {
    "given": ("", "given_initial", "given_near", "given_alike", "swapped", "given"),
    "family": ("", "family_other", "swapped", "family_near", "family_alike", "family_part", "family"),
    "born": ("", "born_near", "born"),
    "contact": ("", "email", "phone", "phone_and_email"),
    "place": ("", "town", "postcode", "home"),
    "number": ("", "company_number"),
}


def definition() -> SettingsCreator:
    """Return the settings for Splink; made anew each time, for Splink changes what it is given."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=True,
        comparisons=[_given(), _family(), _born(), _contact(), _place(), _number()],
        blocking_rules_to_generate_predictions=[
            block_on("phones", "kind", arrays_to_explode=["phones"]),
            block_on("emails", "kind", arrays_to_explode=["emails"]),
            block_on("company_number", "kind"),
            block_on("born", "given_root"),
            block_on("born", "family_sound"),
            block_on("homes", "given_root", "kind", arrays_to_explode=["homes"]),
            block_on("family_sound", "given_root", "postcode", "kind"),
        ],
    )


def _given() -> CustomComparison:
    return _comparison(
        "given",
        _nothing_known("given"),
        _level(levels.ExactMatchLevel("given"), 0.83, 4e-3),
        _sql("given_l = family_r AND family_l = given_r", 0.01, 1e-5),
        _sql("given_root_l = given_root_r", 0.09, 3.5e-3),
        _level(levels.And(_longer_than_three("given_first"), levels.DamerauLevenshteinLevel("given_first", 1)),
               0.05, 4e-3),
        # A walk-in known by an initial only.
        _sql("(length(given_l) = 1 OR length(given_r) = 1) AND substr(given_l, 1, 1) = substr(given_r, 1, 1)",
             0.01, 1e-2),
        _level(levels.ElseLevel(), _NEVER, 0.97),
    )  # fmt: skip


def _family() -> CustomComparison:
    return _comparison(
        "family",
        _nothing_known("family"),
        _level(levels.ExactMatchLevel("family"), 0.80, 4e-3),
        _level(levels.ArrayIntersectLevel("families"), 0.04, 2e-3),
        _sql("family_sound_l = family_sound_r", 0.05, 5e-3),
        _level(levels.And(_longer_than_three("family"), levels.DamerauLevenshteinLevel("family", 1)), 0.05, 5e-3),
        # Who gave both names the other way round agrees in both.
        _sql("given_l = family_r AND family_l = given_r", 0.01, 1e-5),
        # A person may have another family name since; a firm of another name is another firm.
        _sql("kind_l = 'person'", 0.05, 0.90),
        _level(levels.ElseLevel(), _NEVER, 0.08),
    )  # fmt: skip


def _born() -> CustomComparison:
    return _comparison(
        "born",
        _nothing_known("born"),
        _level(levels.ExactMatchLevel("born"), 0.94, 4e-5),
        # One digit is another one, or day and month have changed places.
        _sql("levenshtein(born_l, born_r) <= 1 OR (substr(born_l, 1, 4) = substr(born_r, 1, 4)"
             " AND substr(born_l, 6, 2) = substr(born_r, 9, 2) AND substr(born_l, 9, 2) = substr(born_r, 6, 2))",
             0.05, 8e-4),
        _level(levels.ElseLevel(), _NEVER, 0.99),
    )  # fmt: skip


def _contact() -> CustomComparison:
    phone, email = levels.ArrayIntersectLevel("phones"), levels.ArrayIntersectLevel("emails")
    return _comparison(
        "contact",
        _nothing_known("phones", "emails"),
        _level(levels.And(phone, email), 0.15, 1e-8),
        _level(levels.ArrayIntersectLevel("phones"), 0.40, 5e-7),
        _level(levels.ArrayIntersectLevel("emails"), 0.15, 3e-7),
        _level(levels.ElseLevel(), 0.30, 0.999),
    )


def _place() -> CustomComparison:
    return _comparison(
        "place",
        _nothing_known("homes", "postcode", "town"),
        _level(levels.ArrayIntersectLevel("homes"), 0.45, 4e-6),
        _level(levels.ExactMatchLevel("postcode"), 0.10, 1.5e-3),
        _level(levels.ExactMatchLevel("town"), 0.12, 4e-2),
        _level(levels.ElseLevel(), 0.33, 0.96),
    )


def _number() -> CustomComparison:
    return _comparison(
        "number",
        _nothing_known("company_number"),
        _level(levels.ExactMatchLevel("company_number"), 0.99, 1e-6),
        _level(levels.ElseLevel(), _NEVER, 0.99),
    )

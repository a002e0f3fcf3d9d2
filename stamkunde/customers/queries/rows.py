"""Everything small that hangs on one customer, fetched in one question: nine tables with their columns side by side.

The profile is opened all day long. Nine round trips would be half of the time it takes, and composing such a union
anew each time the other half; therefore the question is written out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

TEXTS = 6
CONTACT, ADDRESS, TRAIT, CONSENT, RELATION, RELATION_TO, FORMER, FILE, CUSTOM = range(9)

# section, number of the row, six texts, a number, a flag, a moment, the version
_QUESTION = """
SELECT 0, id, kind, value, label, status, evidence, '', 0, is_preferred, CAST(NULL AS timestamptz), version
  FROM customers_contactpoint WHERE customer_id = %(customer)s
UNION ALL
SELECT 1, id, label, care_of, street, postcode, town, country,
       CASE status WHEN 'verified' THEN 1 WHEN 'failing' THEN 2 ELSE 0 END, is_preferred, NULL, version
  FROM customers_address WHERE customer_id = %(customer)s
UNION ALL
SELECT 2, id, kind, text, noted_by, '', '', '', 0, FALSE, noted_at, version
  FROM customers_trait WHERE customer_id = %(customer)s
UNION ALL
SELECT 3, id, channel, state, evidence, noted_by, wording, '', 0, FALSE, at, 0
  FROM customers_consent AS consent WHERE customer_id = %(customer)s AND NOT EXISTS (
    SELECT 1 FROM customers_consent AS newer
     WHERE newer.customer_id = consent.customer_id AND newer.channel = consent.channel
       AND (newer.at > consent.at OR (newer.at = consent.at AND newer.id > consent.id)))
UNION ALL
SELECT 4, relation.id, relation.kind, given_name, preferred_name, family_name, company_name, customer.kind,
       customer.id, FALSE, NULL, 0
  FROM customers_relation AS relation JOIN customers_customer AS customer ON customer.id = relation.other_id
 WHERE relation.customer_id = %(customer)s AND customer.trashed_at IS NULL
UNION ALL
SELECT 5, relation.id, relation.kind, given_name, preferred_name, family_name, company_name, customer.kind,
       customer.id, FALSE, NULL, 0
  FROM customers_relation AS relation JOIN customers_customer AS customer ON customer.id = relation.customer_id
 WHERE relation.other_id = %(customer)s AND customer.trashed_at IS NULL
UNION ALL
SELECT 6, id, name, '', '', '', '', '', 0, FALSE, noted_at, 0
  FROM customers_formername WHERE customer_id = %(customer)s
UNION ALL
SELECT 7, id, name, content_type, added_by, '', '', '', size, FALSE, added_at, 0
  FROM customers_storedfile WHERE customer_id = %(customer)s AND trashed_at IS NULL
UNION ALL
SELECT 8, field.id, label, kind, COALESCE(text, ''), CAST(number AS text), CAST(date AS text), CAST(yes_no AS text),
       position, FALSE, NULL, COALESCE(value.version, 0)
  FROM customers_customfield AS field LEFT JOIN customers_customvalue AS value
    ON value.field_id = field.id AND value.customer_id = %(customer)s
 WHERE field.is_shown
"""


# What the number of an address says of it.
ADDRESS_STATES = ("unverified", "verified", "failing")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one of the tables; what the texts, the number and the flag mean depends on its section."""

    section: int
    id: int
    texts: tuple[str, ...]
    number: int
    flag: bool
    at: datetime | None
    version: int


def rows_of(customer_id: int) -> dict[int, list[Row]]:
    """Return the rows of a customer by section: what is preferred first, then in the order in which it came."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, {"customer": customer_id})
        fetched = cursor.fetchall()
    found: dict[int, list[Row]] = {section: [] for section in range(CUSTOM + 1)}
    for section, pk, *rest in fetched:
        number, flag, at, version = rest[TEXTS:]
        found[section].append(
            Row(section, pk, tuple(text or "" for text in rest[:TEXTS]), number, bool(flag), _moment(at), version)
        )
    for rows in found.values():
        rows.sort(key=lambda row: (not row.flag, row.id))
    found[CUSTOM].sort(key=lambda row: (row.number, row.id))
    return found


def _moment(value: Any) -> datetime | None:
    """Return an aware moment: SQLite keeps them as text, in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value if isinstance(value, datetime) else None

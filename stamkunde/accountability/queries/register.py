"""The register of processing (GDPR art. 30), made from what the modules state of their tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accountability.models import Processor
from stamkunde.accountability.queries.register_words import COLUMNS, MODULES, TABLES
from stamkunde.accountability.queries.retention import country_name
from stamkunde.kit import retention
from stamkunde.kit.privacy import Holding, Sensitivity, holdings
from stamkunde.kit.register import processing
from stamkunde.kit.retention import GROUNDS, Rule, in_words

CLASSES = {
    Sensitivity.NONE: gettext_lazy("Nothing about a person"),
    Sensitivity.BUSINESS: gettext_lazy("About the business"),
    Sensitivity.IDENTITY: gettext_lazy("Who somebody is and how to reach them"),
    Sensitivity.BEHAVIOUR: gettext_lazy("What somebody does"),
    Sensitivity.FREE_TEXT: gettext_lazy("Free text and files"),
    Sensitivity.SPECIAL: gettext_lazy("Special categories, such as health"),
}


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    sensitivity: Sensitivity


@dataclass(frozen=True)
class Entry:
    """One table: what it holds, what for, on what ground, how long, and who gets it."""

    module: str
    table: str
    name: str
    purpose: str
    ground: str
    kept: str
    ending: str
    recipients: str
    columns: list[Column]

    @property
    def module_name(self) -> str:
        return str(MODULES.get(self.module, self.module))

    @property
    def classes(self) -> list[tuple[str, str, list[str]]]:
        """Return the classes of data in it, each in words and with the names of its columns; none that say nothing."""
        found: dict[Sensitivity, list[str]] = {}
        for column in self.columns:
            if column.sensitivity is not Sensitivity.NONE:
                found.setdefault(column.sensitivity, []).append(column.label)
        return [(kind.value, str(CLASSES[kind]), found[kind]) for kind in sorted(found)]


def register() -> list[Entry]:
    """Return every table about a person, by module."""
    rules = retention.rules()
    return sorted((_entry(holding, rules) for holding in holdings()), key=lambda entry: (entry.module, entry.table))


def _entry(holding: Holding, rules: Sequence[Rule]) -> Entry:
    stated = processing()[holding.model]
    own = [rule for rule in rules if rule.name == stated.kept]
    endings = dict.fromkeys(str(retention.ENDINGS[rule.ending]) for rule in own)
    fields = {field.name: field for field in holding.model._meta.concrete_fields}
    return Entry(
        module=holding.model._meta.app_label,
        table=holding.model.__name__,
        name=str(TABLES.get(holding.model._meta.label, holding.model._meta.verbose_name)),
        purpose=str(holding.purpose),
        ground=str(GROUNDS[stated.ground]),
        kept=" ".join(_in_country(rule) for rule in own) or str(stated.kept),
        ending=" ".join(endings) or _("It is deleted when the customer is forgotten."),
        recipients=str(stated.recipients),
        columns=[
            Column(name, column_name(fields.get(name), name), sensitivity)
            for name, sensitivity in holding.columns.items()
        ],
    )


def column_name(field: Any, name: str) -> str:
    """Return what people call a column: as its forms do, else by a word of the register's own."""
    called = getattr(field, "verbose_name", None)
    return str(called if isinstance(called, Promise) else COLUMNS.get(name, called or name))


def _in_country(rule: Rule) -> str:
    return f"{country_name(rule.country)}: {in_words(rule)}" if rule.country else in_words(rule)


HEADINGS = ("module", "table", "column", "class", "purpose", "ground", "kept", "ending", "recipients")


def lines() -> Iterator[tuple[str, ...]]:
    """Yield one line for each column, as a table for a spreadsheet."""
    for entry in register():
        for column in entry.columns:
            yield (
                entry.module,
                entry.table,
                column.name,
                column.sensitivity.value,
                entry.purpose,
                entry.ground,
                entry.kept,
                entry.ending,
                entry.recipients,
            )


def processors() -> list[Processor]:
    """Return those who process data for the shop, those whose time is over last."""
    return sorted(Processor.objects.all(), key=lambda one: (one.ended_on is not None, one.name.lower(), one.pk))

"""A file arrives, is looked at, and it is settled how it shall be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.accounts.queries import the_shop
from stamkunde.events.publishing import action
from stamkunde.exchange import stored_files
from stamkunde.exchange.mapping import guess_kind, guess_mapping
from stamkunde.exchange.models import ImportProblem, ImportRun, RunState, SavedMapping
from stamkunde.exchange.records import RECORD_TYPES, record_type
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.importing import CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN, FieldKind
from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import Layout

_KNOWN_PEOPLE = frozenset({CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN})
# Spelt out because how a file of this shape is cut into columns may have been corrected by hand.
_CORRECTABLE = ("encoding", "delimiter", "decimal", "date_order", "two_digit_years", "has_header", "sheet")


class NotYet(Exception):
    """The file cannot be taken on in its present state; the message says what to do first."""


def receive_file(blocks: Iterable[bytes], *, file_name: str, kind: str = "", source: str = "", by: Actor) -> ImportRun:
    """Keep the file as it came, guess how it is written, and remember how files of its source were read."""
    stored_as, size, digest = stored_files.keep(blocks)
    try:
        layout = guess_layout(stored_files.path_of(stored_as))
        return _noted(layout, stored_as, size, digest, file_name=file_name, kind=kind, source=source, by=by)
    except BaseException:
        stored_files.remove(stored_as)
        raise


@action
def _noted(
    layout: Layout, stored_as: str, size: int, digest: str, *, file_name: str, kind: str, source: str, by: Actor
) -> ImportRun:
    kind = kind or guess_kind(RECORD_TYPES, layout.columns)
    source = source.strip()[:60] or "file"
    remembered = SavedMapping.objects.filter(source=source, kind=kind).first()
    mapping = guess_mapping(record_type(kind), layout.columns)
    options: dict[str, Any] = {}
    if remembered is not None and set(remembered.mapping.values()) <= set(layout.columns):
        mapping = remembered.mapping
        options = remembered.options
        layout = _as_remembered(layout, remembered.layout)
    return ImportRun.objects.create(
        kind=kind,
        source=source,
        file_name=file_name[-255:] or "file",
        file_size=size,
        file_digest=digest,
        stored_as=stored_as,
        layout=layout.as_json(),
        mapping=mapping,
        options=_options(options),
        created_by_id=by.id if by.kind == ActorKind.STAFF else None,
        created_by_label=by.label[:120],
        created_at=now(),
    )


def _as_remembered(layout: Layout, remembered: dict[str, Any]) -> Layout:
    """Settle by memory what the file itself leaves open; what the file proves is not overruled."""
    choices: dict[str, Any] = {"two_digit_years": remembered.get("two_digit_years", False)}
    open_to_doubt = {
        "date_order": not layout.date_order_certain,
        "decimal": not layout.decimal_certain or not layout.decimal_seen or bool(layout.doubtful_numbers),
        "encoding": not layout.encoding_certain,
    }
    for name, is_open in open_to_doubt.items():
        if is_open and remembered.get(name) and (name != "decimal" or remembered.get("decimal_seen", True)):
            choices[name] = remembered[name]
    return layout.corrected(**choices)


def _options(chosen: dict[str, Any]) -> dict[str, Any]:
    store = Store.objects.filter(pk=chosen.get("store_id") or 0).first() or Store.objects.filter(is_open=True).first()
    return {
        "store_id": store.pk if store else None,
        "currency": chosen.get("currency") or (store.currency if store else the_shop().currency),
        "known_people": chosen.get("known_people") or CREATE_ANYWAY,
    }


@action
def settle_reading(
    run: ImportRun,
    *,
    kind: str,
    source: str,
    corrections: dict[str, Any],
    mapping: dict[str, str],
    options: dict[str, Any],
    by: Actor,
) -> ImportRun:
    """Take a person's corrections of the guess, and remember them for the next file of this source."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not run.may_be_mapped:
        raise NotYet(_("This import has begun, so how its file is read can no longer be changed."))
    layout = run.reading
    chosen = {name: value for name, value in corrections.items() if name in _CORRECTABLE}
    if any(chosen.get(name) not in (None, "", getattr(layout, name)) for name in ("encoding", "delimiter", "sheet")):
        guessed = guess_layout(
            stored_files.path_of(run.stored_as),
            encoding=chosen.get("encoding") or "",
            delimiter=chosen.get("delimiter") or "",
            sheet=chosen.get("sheet") or "",
        )
        if guessed.columns != layout.columns:
            mapping = guess_mapping(record_type(kind), guessed.columns)
        layout = guessed
    run.layout = layout.corrected(**chosen).as_json()
    run.kind, run.source = kind, source.strip()[:60] or "file"
    run.mapping = {field: column for field, column in mapping.items() if column in run.reading.columns}
    run.options = {**run.options, **options}
    run.state = RunState.RECEIVED
    run.rehearsal, run.trouble = {}, ""
    run.save()
    ImportProblem.objects.filter(run=run).delete()
    SavedMapping.objects.update_or_create(
        source=run.source,
        kind=run.kind,
        # What was chosen for single rows is of this file alone.
        defaults={
            "layout": run.layout,
            "mapping": run.mapping,
            "options": {name: value for name, value in run.options.items() if name != "choices"},
            "saved_at": now(),
        },
    )
    return run


@action
def choose_known_people(run: ImportRun, *, known_people: str, choices: Mapping[int, str], by: Actor) -> ImportRun:
    """Settle what becomes of rows whose person is likely here already: of all of them, and of single ones."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not run.may_be_mapped:
        raise NotYet(_("This import has begun, so what becomes of its rows can no longer be chosen."))
    if known_people not in _KNOWN_PEOPLE or not _KNOWN_PEOPLE.issuperset(choices.values()):
        raise NotYet(_("Choose whether such rows are created, left out or update who is here."))
    kept = {**run.options.get("choices", {}), **{str(row): choice for row, choice in choices.items()}}
    singled_out = {row: choice for row, choice in kept.items() if choice != known_people}
    run.options = {**run.options, "known_people": known_people, "choices": singled_out}
    run.save(update_fields=["options"])
    return run


def obstacles(run: ImportRun) -> list[str]:
    """Say what must be settled before the file can be read; nothing is guessed that could be wrong for ever."""
    layout, kind = run.reading, record_type(run.kind)
    found: list[str] = []
    if not layout.encoding_certain:
        found.append(
            _("The letters of this file could be read in more than one way. Look at the rows and choose the encoding.")
        )
    if not layout.date_order:
        found.append(_("The dates of this file could mean two things. Choose whether day or month comes first."))
    if doubtful := _doubtful_numbers(run):
        found.append(
            _(
                "The numbers under %(columns)s could mean two things: “12,345” is twelve thousand to some and twelve "
                "and a bit to others. Choose what stands before the decimals."
            )
            % {"columns": ", ".join(f"“{name}”" for name in doubtful)}
        )
    elif not layout.decimal or not layout.decimal_certain:
        found.append(_("The numbers of this file could mean two things. Choose what stands before the decimals."))
    missing = [str(field.label) for field in kind.fields if field.is_required and field.name not in run.mapping]
    if missing:
        found.append(_("Choose the column for: %(fields)s.") % {"fields": ", ".join(missing)})
    if refusal := kind.refusal(run.mapping):
        found.append(refusal)
    if not run.options.get("store_id"):
        found.append(_("There is no store yet. Add one in the settings first."))
    return found


def _doubtful_numbers(run: ImportRun) -> list[str]:
    """Return the columns of numbers and amounts none of whose numbers says by itself which mark parts the decimals."""
    numbers = {
        run.mapping.get(field.name)
        for field in record_type(run.kind).fields
        if field.kind in (FieldKind.NUMBER, FieldKind.AMOUNT)
    }
    return [name for name in run.reading.doubtful_numbers if name in numbers]


@action
def receive_again(run: ImportRun, *, by: Actor) -> ImportRun:
    """Take the file of an undone import as a new import, read as it was read before."""
    if run.state != RunState.UNDONE:
        raise NotYet(_("This import has not been undone, so its rows are here already."))
    try:
        stored_as = stored_files.keep_again(run.stored_as) if run.stored_as else ""
    except FileNotFoundError:
        stored_as = ""
    if not stored_as:
        raise NotYet(_("The file of this import is no longer kept. Send it again."))
    return ImportRun.objects.create(
        kind=run.kind,
        source=run.source,
        file_name=run.file_name,
        file_size=run.file_size,
        file_digest=run.file_digest,
        stored_as=stored_as,
        layout=run.layout,
        mapping=run.mapping,
        options=run.options,
        created_by_id=by.id if by.kind == ActorKind.STAFF else None,
        created_by_label=by.label[:120],
        created_at=now(),
    )

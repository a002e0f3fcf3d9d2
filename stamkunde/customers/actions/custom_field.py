"""The shop's own fields: defined, changed, ordered, and filled in for a customer."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamkunde.customers.actions.stale import StaleRow, update_seen
from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.custom_values import EMPTY, read_custom, written_custom
from stamkunde.customers.events import CustomFieldChanged, CustomFieldDefined, CustomValueChanged
from stamkunde.customers.models import CustomField, CustomFieldKind, CustomValue
from stamkunde.customers.written import line, refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.folding import fold

MOST_FIELDS = 60
MOST_CHOICES = 60


@action
def define_field(label: str, kind: CustomFieldKind, *, choices: Iterable[str] = (), by: Actor) -> CustomField:
    """Add a field to every customer's profile; its key, for machines, is made of its label and never changes."""
    name = _label(label)
    if CustomField.objects.count() >= MOST_FIELDS:
        raise refused(_("There are %(most)s fields already, and more would help nobody.") % {"most": MOST_FIELDS})
    last = CustomField.objects.aggregate(last=Max("position"))["last"]
    field = CustomField(
        label=name, kind=kind, choices=_choices(kind, choices), position=0 if last is None else last + 1
    )
    stem = slugify(fold(name)).replace("-", "_")[:34] or "field"
    for number in range(1, MOST_FIELDS * 4):
        field.key = stem if number == 1 else f"{stem}_{number}"
        try:
            with transaction.atomic():
                field.save(force_insert=True)
        except IntegrityError:
            field.pk = None
            continue
        break
    publish(CustomFieldDefined(field_id=field.pk, label=field.label), by=by)
    return field


@action
def change_field(field: CustomField, *, label: str, choices: Iterable[str], is_shown: bool, by: Actor) -> CustomField:
    """Change how a field is called, what may be chosen, and whether it is shown; values stay as they are."""
    field.label = _label(label)
    field.choices = _choices(CustomFieldKind(field.kind), choices)
    field.is_shown = is_shown
    field.save(update_fields=["label", "choices", "is_shown"])
    publish(CustomFieldChanged(field_id=field.pk, label=field.label), by=by)
    return field


@action
def move_field(field: CustomField, *, up: bool, by: Actor) -> None:
    """Let a field change places with its neighbour."""
    fields = list(CustomField.objects.select_for_update())
    place = next((number for number, one in enumerate(fields) if one.pk == field.pk), None)
    if place is None:
        return
    neighbour = place - 1 if up else place + 1
    if not 0 <= neighbour < len(fields):
        return
    fields[place], fields[neighbour] = fields[neighbour], fields[place]
    for position, one in enumerate(fields):
        one.position = position
    CustomField.objects.bulk_update(fields, ["position"])
    publish(CustomFieldChanged(field_id=field.pk, label=field.label), by=by)


@action
def set_custom_value(customer_id: int, field: CustomField, written: str, *, version: int, by: Actor) -> None:
    """Fill in a field for a customer, as seen in a version of the value; 0 where there was none. Nothing empties it."""
    columns = read_custom(field, written)
    customer = present_customer(customer_id)
    current = CustomValue.objects.select_related("field").filter(customer=customer, field=field).first()
    if (current.version if current else 0) != version:
        raise StaleRow(current)
    before = written_custom(_columns(current)) if current else ""
    after = written_custom(columns) if columns else ""
    if before == after:
        return
    if columns is None:
        CustomValue.objects.filter(customer=customer, field=field).delete()
    elif current is None:
        CustomValue.objects.create(customer=customer, field=field, **columns)
    else:
        update_seen(current, version, **columns)
    publish(
        CustomValueChanged(
            customer_id=customer_id, field_id=field.pk, label=field.label, kind=field.kind, before=before, after=after
        ),
        by=by,
    )


def _columns(value: CustomValue) -> dict[str, object]:
    return {name: getattr(value, name) for name in EMPTY}


def _label(label: str) -> str:
    name = line(label, 80, "label")
    if not name:
        raise refused(_("Please write what the field is called."), "label")
    return name


def _choices(kind: CustomFieldKind, choices: Iterable[str]) -> list[str]:
    if kind != CustomFieldKind.CHOICE:
        return []
    distinct = list(dict.fromkeys(plain for choice in choices if (plain := line(choice, 120, "choices"))))
    if len(distinct) < 2:
        raise refused(_("Please write at least two choices, each on a line of its own."), "choices")
    if len(distinct) > MOST_CHOICES:
        raise refused(
            _("These are more than %(most)s choices. Please shorten the list.") % {"most": MOST_CHOICES}, "choices"
        )
    return distinct

"""What can be done to customers; each verb checks, writes and tells."""

from stamkunde.customers.actions.consent import record_consent
from stamkunde.customers.actions.contact import (
    add_address,
    add_contact_point,
    change_address,
    change_contact_point,
    confirm_address,
    confirm_contact_point,
    remove_address,
    remove_contact_point,
)
from stamkunde.customers.actions.custom_field import change_field, define_field, move_field, set_custom_value
from stamkunde.customers.actions.customer import (
    Conflict,
    StaleCustomer,
    change_customer,
    create_customer,
    create_customers,
    note_former_name,
    remove_former_name,
    restore_customer,
    trash_customer,
)
from stamkunde.customers.actions.file import add_file, remove_file, restore_file
from stamkunde.customers.actions.human import add_relation, change_trait, note_trait, remove_relation, remove_trait
from stamkunde.customers.actions.lookup import record_hit_list, record_list, record_lookup
from stamkunde.customers.actions.note import change_note, pin_note, remove_note, restore_note, unpin_note, write_note
from stamkunde.customers.actions.restricting import lift_restriction, record_objection, restrict_customer
from stamkunde.customers.actions.stale import StaleRow
from stamkunde.customers.actions.undoing import undo_removal
from stamkunde.customers.actions.visits import VisitFigures, set_visit_figures

__all__ = [
    "lift_restriction",
    "record_objection",
    "restrict_customer",
    "Conflict",
    "StaleCustomer",
    "StaleRow",
    "VisitFigures",
    "add_address",
    "add_contact_point",
    "add_file",
    "add_relation",
    "change_address",
    "change_contact_point",
    "change_customer",
    "change_field",
    "change_note",
    "change_trait",
    "confirm_address",
    "confirm_contact_point",
    "create_customer",
    "create_customers",
    "define_field",
    "move_field",
    "note_former_name",
    "note_trait",
    "pin_note",
    "record_consent",
    "record_hit_list",
    "record_list",
    "record_lookup",
    "remove_address",
    "remove_contact_point",
    "remove_file",
    "remove_former_name",
    "remove_note",
    "remove_relation",
    "remove_trait",
    "restore_customer",
    "restore_file",
    "restore_note",
    "set_custom_value",
    "set_visit_figures",
    "trash_customer",
    "undo_removal",
    "unpin_note",
    "write_note",
]

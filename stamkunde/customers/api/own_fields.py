"""The shop's own fields: which there are, and defining them."""

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import MANAGE_FIELDS, SEE, custom_field_for
from stamkunde.customers.actions import change_field, define_field, move_field
from stamkunde.customers.models import CustomField, CustomFieldKind
from stamkunde.kit.api.fields import Flag, Given, Line, PathId, Sent
from stamkunde.kit.api.routes import Routes

routes = Routes("Own fields", "Fields that this shop has added to every customer's profile.")


class FieldGiven(Given):
    """A field of the shop's own."""

    id: int
    key: str = Field(description="Its lasting name for machines.", examples=["shoe_size"])
    label: str = Field(examples=["Shoe size"])
    kind: CustomFieldKind
    choices: list[str]
    is_shown: bool


class Fields(Given):
    items: list[FieldGiven]


class FieldSent(Sent):
    label: Line = Field(examples=["Shoe size"])
    kind: CustomFieldKind
    choices: list[Line] = Field(default=[], description="For a choice: what may be chosen.", max_length=60)


class FieldChange(Sent):
    label: Line = Field(examples=["Shoe size"])
    choices: list[Line] = Field(default=[], max_length=60)
    is_shown: Flag = True


class Move(Sent):
    up: Flag = Field(description="Towards the beginning; false moves it towards the end.")


@routes.get("/customer-fields", SEE, Fields)
def list_customer_fields(request: HttpRequest) -> Fields:
    """List the shop's own fields in their order; hidden ones are shown to those who manage them."""
    fields = CustomField.objects.all() if bearer(request).may(MANAGE_FIELDS.name) else _shown()
    return Fields(items=[FieldGiven.model_validate(field) for field in fields])


@routes.post("/customer-fields", MANAGE_FIELDS, FieldGiven)
def define_customer_field(request: HttpRequest, sent: FieldSent) -> FieldGiven:
    """Add a field to every customer's profile."""
    field = define_field(sent.label, sent.kind, choices=sent.choices, by=bearer(request).actor)
    return FieldGiven.model_validate(field)


@routes.put("/customer-fields/{field_id}", MANAGE_FIELDS, FieldGiven)
def change_customer_field(request: HttpRequest, field_id: PathId, sent: FieldChange) -> FieldGiven:
    """Change how a field is called, what may be chosen, and whether it is shown; values stay as they are."""
    user = bearer(request)
    field = custom_field_for(user, field_id)
    changed = change_field(field, label=sent.label, choices=sent.choices, is_shown=sent.is_shown, by=user.actor)
    return FieldGiven.model_validate(changed)


@routes.post("/customer-fields/{field_id}/moves", MANAGE_FIELDS, Fields, 200)
def move_customer_field(request: HttpRequest, field_id: PathId, sent: Move) -> Fields:
    """Let a field change places with its neighbour."""
    user = bearer(request)
    move_field(custom_field_for(user, field_id), up=sent.up, by=user.actor)
    return Fields(items=[FieldGiven.model_validate(field) for field in CustomField.objects.all()])


def _shown() -> list[CustomField]:
    return list(CustomField.objects.shown())

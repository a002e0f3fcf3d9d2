"""What can have happened to how a customer is reached."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.customers.events.profile import ProfileEvent, said_change
from stamkunde.customers.models import Address, ContactKind, ContactPoint

_ICONS = {ContactKind.EMAIL.value: "mail", ContactKind.PHONE.value: "phone", ContactKind.MESSENGER.value: "message"}


def _kind_label(kind: str) -> str:
    return str(dict(ContactKind.choices).get(kind, kind))


@dataclass(frozen=True, kw_only=True)
class ContactPointEvent(ProfileEvent):
    """What all happenings of a contact point have: enough to say it, and to make the point again after a removal."""

    icon = "at"
    PERSONAL: ClassVar[tuple[str, ...]] = ("value", "raw", "label", "evidence")
    SUBJECT = "contact_point_id"

    contact_point_id: int
    kind: str
    value: str
    raw: str = ""
    label: str = ""
    is_preferred: bool = False
    status: str = ""
    evidence: str = ""

    def words(self) -> str:
        return f"{self.value} {self.raw}"


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(ContactPointEvent):
    name = "customers.contact_point_added"

    def sentence(self) -> str:
        return _("%(kind)s added: %(value)s") % {"kind": _kind_label(self.kind), "value": self.value}


@dataclass(frozen=True, kw_only=True)
class ContactPointChanged(ContactPointEvent):
    name = "customers.contact_point_changed"
    PERSONAL: ClassVar[tuple[str, ...]] = (*ContactPointEvent.PERSONAL, "before")

    before: str = ""

    def sentence(self) -> str:
        if not self.before or self.before == self.value:
            return _("%(kind)s changed: %(value)s") % {"kind": _kind_label(self.kind), "value": self.value}
        return said_change(_kind_label(self.kind), self.before, self.value)


@dataclass(frozen=True, kw_only=True)
class ContactPointConfirmed(ContactPointEvent):
    """It was found to work, or not to; `status` says which, `evidence` how it is known."""

    name = "customers.contact_point_confirmed"

    def sentence(self) -> str:
        words = {"value": self.value, "evidence": self.evidence}
        if self.status == "verified":
            return _("%(value)s was confirmed (%(evidence)s)") % words
        if self.status == "failing":
            return _("%(value)s does not work (%(evidence)s)") % words
        return _("%(value)s is no longer confirmed (%(evidence)s)") % words


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(ContactPointEvent):
    name = "customers.contact_point_removed"

    def sentence(self) -> str:
        return _("%(kind)s removed: %(value)s") % {"kind": _kind_label(self.kind), "value": self.value}


def contact_point_values(point: ContactPoint) -> dict[str, Any]:
    """Return what every happening of a contact point tells of it."""
    return {
        "customer_id": point.customer_id,
        "contact_point_id": point.pk,
        "kind": str(point.kind),
        "value": point.value,
        "raw": point.raw,
        "label": point.label,
        "is_preferred": point.is_preferred,
        "status": str(point.status),
        "evidence": point.evidence,
    }


@dataclass(frozen=True, kw_only=True)
class AddressEvent(ProfileEvent):
    """What all happenings of an address have; `address` holds its columns, enough to make it again."""

    icon = "map-pin"
    PERSONAL: ClassVar[tuple[str, ...]] = ("said", "address")
    SUBJECT = "address_id"

    address_id: int
    said: str
    address: dict[str, Any] = field(default_factory=dict)

    def words(self) -> str:
        return self.said


@dataclass(frozen=True, kw_only=True)
class AddressAdded(AddressEvent):
    name = "customers.address_added"

    def sentence(self) -> str:
        return _("Address added: %(address)s") % {"address": self.said}


@dataclass(frozen=True, kw_only=True)
class AddressChanged(AddressEvent):
    name = "customers.address_changed"
    PERSONAL: ClassVar[tuple[str, ...]] = (*AddressEvent.PERSONAL, "before")

    before: str = ""

    def sentence(self) -> str:
        return said_change(_("Address"), self.before, self.said)


@dataclass(frozen=True, kw_only=True)
class AddressConfirmed(AddressEvent):
    """Letters were found to reach it, or not to; `status` says which, `evidence` how it is known."""

    name = "customers.address_confirmed"
    PERSONAL: ClassVar[tuple[str, ...]] = (*AddressEvent.PERSONAL, "evidence")

    status: str = ""
    evidence: str = ""

    def sentence(self) -> str:
        words = {"address": self.said, "evidence": self.evidence}
        if self.status == "verified":
            return _("Letters reach %(address)s (%(evidence)s)") % words
        if self.status == "failing":
            return _("Letters do not reach %(address)s (%(evidence)s)") % words
        return _("Whether letters reach %(address)s is not known any more (%(evidence)s)") % words


@dataclass(frozen=True, kw_only=True)
class AddressRemoved(AddressEvent):
    name = "customers.address_removed"

    def sentence(self) -> str:
        return _("Address removed: %(address)s") % {"address": self.said}


ADDRESS_COLUMNS = ("label", "care_of", "street", "postcode", "town", "country", "is_preferred")


def address_values(address: Address) -> dict[str, Any]:
    """Return what every happening of an address tells of it."""
    return {
        "customer_id": address.customer_id,
        "address_id": address.pk,
        "said": str(address),
        "address": {name: getattr(address, name) for name in ADDRESS_COLUMNS},
    }

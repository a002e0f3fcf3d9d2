"""The first week at the desk: a few things to do, ticked by what has really been done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Shop, Store, User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer, LookUp, LookUpPurpose
from stamkunde.desk.models import SavedView
from stamkunde.events.models import Happening
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.clock import now

FIRST_WEEKS = timedelta(days=30)
UNNAMED = str(Shop._meta.get_field("name").get_default())


@dataclass(frozen=True)
class Step:
    """One thing to do: where, by whom (who holds the permission), and how to see that it is done.

    `proof` says it itself, or gives rows of which there is at least one when it is done.
    """

    label: Any
    view: str
    permission: str
    proof: Callable[[User], bool | QuerySet[Any]]


@dataclass(frozen=True)
class ShownStep:
    label: Any
    view: str
    is_done: bool


def _named(user: User) -> bool:
    return the_shop().name != UNNAMED


def _told_by(user: User, name: str) -> QuerySet[Happening]:
    return Happening.objects.filter(actor_kind=ActorKind.STAFF.value, actor_id=user.pk, name=name)


def _looked(user: User) -> QuerySet[LookUp]:
    looks = LookUp.objects.filter(actor_kind=ActorKind.STAFF.value, actor_id=user.pk)
    return looks.filter(purpose=LookUpPurpose.PROFILE)


STEPS = (
    Step(_("Give the shop its name"), "accounts:shop", "accounts.manage_shop", _named),
    Step(_("Add the first store"), "accounts:stores", "accounts.manage_shop", lambda user: Store.objects.all()),
    Step(
        _("Let a colleague in"),
        "accounts:staff",
        "accounts.manage_staff",
        lambda user: User.objects.exclude(pk=user.pk),
    ),
    Step(_("Add the first product"), "catalogue:products", "catalogue.change", lambda user: Product.objects.all()),
    Step(_("Add the first customer"), "customers:new", "customers.create", lambda user: Customer.objects.all()),
    Step(
        _("Choose your language and appearance"), "accounts:profile", "", lambda user: bool(user.language or user.theme)
    ),
    Step(_("Open a customer's page"), "desk:customers", "customers.see", _looked),
    Step(
        _("Write your first note"),
        "desk:customers",
        "customers.note",
        lambda user: _told_by(user, "customers.note_written"),
    ),
    Step(
        _("Register a purchase"),
        "sales:order_new",
        "sales.register",
        lambda user: _told_by(user, "sales.order_placed"),
    ),
    Step(
        _("Save a list as a view of your own"),
        "desk:customers",
        "customers.see",
        lambda user: SavedView.objects.filter(owner=user),
    ),
)


def first_week(user: User) -> list[ShownStep]:
    """Return the steps of a newcomer's role; nothing once all are done, or once the first weeks are over. One query."""
    if now() - user.joined_at > FIRST_WEEKS:
        return []
    mine = [step for step in STEPS if not step.permission or user.may(step.permission)]
    proofs = {step: step.proof(user) for step in mine}
    rows: Any = {
        f"done{place}": Exists(proof) for place, proof in enumerate(proofs.values()) if not isinstance(proof, bool)
    }
    found: Any = User.objects.filter(pk=user.pk).values(**rows).get() if rows else {}
    steps = [
        ShownStep(step.label, step.view, bool(proof if isinstance(proof, bool) else found[f"done{place}"]))
        for place, (step, proof) in enumerate(proofs.items())
    ]
    return [] if all(step.is_done for step in steps) else steps

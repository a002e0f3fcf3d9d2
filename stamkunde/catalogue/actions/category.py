"""Arranging the shelves of the catalogue."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from stamkunde.catalogue.events import CategoryAdded, CategoryChanged, CategoryRemoved
from stamkunde.catalogue.models import Category
from stamkunde.catalogue.refusals import CatalogueRefused, refuse_unless_plain
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor

DEEPEST = 12


@action
def add_category(name: str, *, parent: Category | None = None, by: Actor) -> Category:
    category = Category(name=_checked_name(name), parent=parent)
    if parent is not None:
        _refuse_bad_place(None, parent.pk)
    _save(category)
    publish(CategoryAdded(category_id=category.pk, category_name=category.name), by=by)
    return category


@action
def change_category(category: Category, *, name: str, parent: Category | None, by: Actor) -> Category:
    """Rename a category or move it; it cannot lie within itself or what is within it."""
    category = Category.objects.get(pk=category.pk)
    category.name = _checked_name(name)
    category.parent = parent
    if parent is not None:
        _refuse_bad_place(category.pk, parent.pk)
    _save(category)
    publish(CategoryChanged(category_id=category.pk, category_name=category.name), by=by)
    return category


@action
def remove_category(category: Category, *, by: Actor) -> None:
    """Remove an empty category."""
    try:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).delete()
    except ProtectedError as error:
        raise CatalogueRefused(
            _("There are products or categories within %(category)s. Move them first.") % {"category": category.name}
        ) from error
    publish(CategoryRemoved(category_id=category.pk, category_name=category.name), by=by)


def _checked_name(name: str) -> str:
    plain = refuse_unless_plain(name, "name", 120)
    if not plain:
        raise CatalogueRefused(_("Give the category a name."), "name")
    return plain


def _refuse_bad_place(category_id: int | None, parent_id: int) -> None:
    # All rows are locked, or two moves at once could each be right and together make a circle.
    parents = dict(Category.objects.select_for_update().order_by("pk").values_list("pk", "parent"))
    place: int | None = parent_id
    for _step in range(DEEPEST):
        if place == category_id and category_id is not None:
            raise CatalogueRefused(_("A category cannot lie within itself. Choose another place."), "parent")
        if place is None:
            return
        place = parents.get(place)
    raise CatalogueRefused(_("The categories lie too deep within one another here. Choose another place."), "parent")


def _save(category: Category) -> None:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        raise CatalogueRefused(
            _("There is a category %(name)s in that place already. Choose another name.") % {"name": category.name},
            "name",
        ) from error

"""Why a change of the catalogue was refused: a sentence for the person, and the field it concerns."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from stamkunde.catalogue.models import Product


class CatalogueRefused(ValueError):
    """Nothing was changed; the text says why and what to do, `field` names what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class StaleProduct(CatalogueRefused):
    """Somebody else changed the product since the form was opened."""

    def __init__(self, product: "Product") -> None:
        super().__init__(
            _("Somebody changed this product while you were writing. Look at both versions and save again.")
        )
        self.product = product


def refuse_unless_plain(text: str, field: str, longest: int) -> str:
    """Return the text trimmed; refuse what no database column takes."""
    plain = text.strip()
    if "\x00" in plain:
        raise CatalogueRefused(_("There is a character in the text that cannot be kept. Please type it anew."), field)
    if len(plain) > longest:
        raise CatalogueRefused(_("Write at most %(longest)s characters.") % {"longest": longest}, field)
    return plain

"""What makes a password of this shop too easy to guess."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.kit.folding import fold

# Shorter names are part of many good passwords by chance.
SHORTEST = 4
# What somebody who guesses adds to a name first.
_ADDED = "0123456789!?.,-_ "


class NotTheShopValidator:
    """Refuse the shop's own name, and the product's, with nothing but digits and marks around it."""

    def validate(self, password: str, user: object = None) -> None:
        bare = fold(password).replace(" ", "").strip(_ADDED)
        for name in (the_shop().name, "Stamkunde"):
            folded = fold(name).replace(" ", "")
            if len(folded) >= SHORTEST and folded in bare and bare.replace(folded, "").strip(_ADDED) == "":
                raise ValidationError(
                    _("The shop's name is among the first that anybody would try. Please choose another password."),
                    code="password_is_the_shop",
                )

    def get_help_text(self) -> str:
        return _("The shop's name is no password.")

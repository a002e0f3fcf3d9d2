"""Why something personal is not among what a customer is given."""

from django.utils.translation import gettext_lazy

MADE_OF_OTHERS = gettext_lazy("It is made of what is given already, to find or to sort by.")
OF_ANOTHER = gettext_lazy("It tells of another person, whose rights it would touch (GDPR article 15(4)).")

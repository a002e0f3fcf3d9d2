"""Letters: written on a page of their own, for they need an address and a look at the paper before they go."""

from django.utils.translation import gettext as _

from stamkunde.conversations.channels.contract import Way
from stamkunde.conversations.models import Channel, Dispatch


class Post(Way):
    kind = Channel.LETTER
    icon = "file-text"
    settings_page = "conversations:letterheads"
    starting_page = "conversations:letter_new"

    def why_nothing_leaves(self, dispatch: Dispatch) -> str:
        return _("It waits in the list of letters until somebody prints it.")

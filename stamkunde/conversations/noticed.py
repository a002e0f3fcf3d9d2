"""What was noticed about a message, of which whoever reads it should know: the codes in `Message.flags`, in words."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.mail.reading import Oddity


class Noticed(TextChoices):
    """What we found out about a mail beside what its own bytes say."""

    THIRD_PARTY = "third party", _("Somebody who did not take part until now. Look whether it is who you think.")
    FORGED_MARK = "forged mark", _("It bears a forged mark of another conversation. Do not trust it.")
    FORGED_SENDER = "forged sender", _("The sender's domain says that this mail is not from there.")
    PRETENDS_TO_BE_US = "pretends to be us", _("It bears our own address, and nothing shows that it is from us.")
    BY_FORM = "by form", _("It came by a form; the address is as somebody typed it there.")
    FORWARDED_BY_STAFF = "forwarded by staff", _("A colleague handed this mail on.")
    APPOINTMENT = "appointment", _("It proposes an appointment; the invitation is attached.")
    ONLY_QUOTED = "only quoted", _("It says nothing of its own, and only repeats what was said before.")
    OPENED = "opened", _("The recipient's program says that it was shown.")
    STOPS = "stops", _("With this word the customer ends advertising by text message. It is written down.")
    STARTS = "starts", _("The customer asks for advertising again. It holds once their consent is written down.")
    FILE_MISSING = "file missing", _("A file came with it that could not be fetched, or was too large.")
    NOT_SHOWN = "not shown", _("They sent something that cannot be shown here. Ask what it was.")


_ODDITIES: dict[str, Any] = {
    Oddity.CHARSET_GUESSED: _("It did not say how its letters are written. Some may be wrong; the original has them."),
    Oddity.BROKEN_ENCODING: _("Part of it was damaged on its way. The original has what came."),
    Oddity.TRUNCATED: _("It was too long to show all of it. The original is whole."),
    Oddity.TOO_LARGE: _("It was too large; what was attached was left out."),
    Oddity.TWO_SENDERS: _("It names more than one sender. Only the first one counts here."),
    Oddity.NAME_MISLEADS: _("The sender's name looks like another address. It is from the address that is shown."),
    Oddity.SIGNED: _("It is signed in a way that cannot be checked here."),
    Oddity.ENCRYPTED: _("It is encrypted and cannot be read here. Download the original to open it elsewhere."),
    Oddity.WINMAIL: _("What is attached was packed by Outlook and cannot be opened here. Download the original."),
}
# How a mail was put together, a missing date or number concern nobody who reads it.
UNSAID = frozenset({Oddity.BROKEN_STRUCTURE, Oddity.NO_DATE, Oddity.NO_MESSAGE_ID})


def said_of(flag: str) -> str:
    """Return a flag as a sentence for whoever reads the message; nothing for what concerns nobody."""
    if flag in Noticed.values:
        return str(Noticed(flag).label)
    return str(_ODDITIES.get(flag, ""))

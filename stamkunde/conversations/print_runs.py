"""The PDF of a print run: the same letters make the same bytes."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from stamkunde.conversations.letter_papers import papers_of
from stamkunde.conversations.models import Letter, PrintRun
from stamkunde.conversations.paper.drawing import drawn
from stamkunde.conversations.queries.letters import with_papers


def content_of_run(run: PrintRun, told: Callable[[int], None] = lambda done: None) -> bytes:
    """Draw the letters of a run in the order they were written; `told` hears how many are done. Raises AddressUnfit."""
    letters = with_papers(list(Letter.objects.filter(run=run).values_list("pk", flat=True)))
    title = _("Letters %(number)s") % {"number": run.pk}
    return drawn(papers_of(letters), title=title, at=run.made_at, told=told)[0]


def content_of_letter(letter: Letter) -> bytes:
    """Draw one letter, to be looked at."""
    papers = papers_of(with_papers([letter.pk]))
    return drawn(papers, title=letter.message.subject or str(letter), at=letter.message.said_at)[0]

"""What of letters is handed out as a file, to a person or a machine alike."""

from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _

from stamkunde.conversations.files import STORE
from stamkunde.conversations.letter_papers import head_of, letterhead_of
from stamkunde.conversations.models import PrintRun
from stamkunde.conversations.paper.drawing import test_sheet
from stamkunde.conversations.paper.windows import Window
from stamkunde.kit.clock import now

_SAMPLES = {
    "NO": ("Kari Ødegård", "Bogstadveien 12 B", "0355 OSLO"),
    "SE": ("Åsa Lindström", "Västra Hamngatan 5", "413 84 GÖTEBORG"),
    "LV": ("Ilze Bērziņa", "Brīvības iela 12–4", "Rīga, LV-1010"),
}


def run_file(run: PrintRun) -> HttpResponse:
    """Hand out the PDF of a run, as long as its letters are not posted."""
    if not run.digest:
        raise Http404
    try:
        content = STORE.opened(run.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, filename=f"letters-{run.pk}.pdf", content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)


def test_sheet_of(country: str) -> bytes:
    found = letterhead_of(country)
    words = [
        _("Test sheet: %(envelope)s") % {"envelope": Window(found.window).label},
        _("Print it without fitting it to the page, fold it along the lines, and put it into the envelope."),
        _("The drawn frame should lie about as the window does, and the whole address should show however it slides."),
        _("If it does not, measure by how much with the marks at the edges, five millimetres each, and shift it."),
    ]
    return test_sheet(head_of(found), _SAMPLES.get(country, _SAMPLES["NO"]), words, now())

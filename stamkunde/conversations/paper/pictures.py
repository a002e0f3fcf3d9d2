"""Pages of a PDF as pictures, to be looked at while a letter is written."""

from io import BytesIO
from threading import Lock

import pypdfium2

# The library that draws may be used by one thread at a time.
DRAWING = Lock()
_DOTS = 96


def pages_as_pictures(content: bytes, most: int) -> tuple[list[bytes], int]:
    """Return the first pages of a PDF of ours as PNG, and how many pages there are."""
    with DRAWING:
        document = pypdfium2.PdfDocument(content)
        try:
            number = len(document)
            pictures = []
            for place in range(min(number, most)):
                page = document[place]
                drawn = BytesIO()
                page.render(scale=_DOTS / 72, grayscale=False).to_pil().save(drawn, "PNG", optimize=False)
                pictures.append(drawn.getvalue())
                page.close()
            return pictures, number
        finally:
            document.close()

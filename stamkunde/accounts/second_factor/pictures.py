"""The picture that an authenticator app photographs."""

import segno
from django.utils.safestring import SafeString, mark_safe


def picture_of(address: str) -> SafeString:
    """Return the address as a QR code, drawn dark on white in any look because cameras want it so."""
    # Made by segno of modules alone: the address is drawn, and none of its letters stand in the drawing.
    return mark_safe(segno.make_qr(address, error="m").svg_inline(scale=5, border=3, light="#fff", dark="#111"))  # noqa: S308

"""How letters look, the envelopes they go into, and what postage costs: set by the shop."""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from stamkunde.accounts.models import Country
from stamkunde.conversations.events.letters import LetterheadChanged, PostageChanged
from stamkunde.conversations.files import STORE
from stamkunde.conversations.letter_papers import MOST_LINES
from stamkunde.conversations.models import Letterhead, Postage, PostalZone
from stamkunde.conversations.models.letter import FARTHEST
from stamkunde.conversations.paper.windows import Window, usual_window
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor

LARGEST_LOGO = 2_000_000
MOST_PIXELS = 20_000_000
_LONGEST_SIDE = 1_200
_CURRENCY = re.compile(r"[A-Z]{3}")
_LARGEST_PRICE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class LetterheadValues:
    """How the letters from a country look; shifts in whole millimetres."""

    window: str
    shift_right: int = 0
    shift_down: int = 0
    name: str = ""
    lines: str = ""
    signature: str = ""
    has_fold_marks: bool = True


@action
def set_letterhead(country: str, values: LetterheadValues, *, version: int, by: Actor) -> Letterhead:
    """Say how the letters from a country look, as it was seen; version 0 where nothing was said before."""
    if country not in Country:
        raise ConversationRefused(_("Choose one of the countries that the shop can stand in."), "country")
    if values.window not in Window:
        raise ConversationRefused(_("Choose the envelope that the letters go into."), "window")
    for name, shift in (("shift_right", values.shift_right), ("shift_down", values.shift_down)):
        if abs(shift) > FARTHEST:
            raise ConversationRefused(_("More than 25 millimetres need another envelope. Choose that first."), name)
    lines = [line.strip() for line in values.lines.replace("\0", "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ConversationRefused(_("More than seven lines beneath the name reach into the letter."), "lines")
    kept = {
        "window": values.window,
        "shift_right": values.shift_right,
        "shift_down": values.shift_down,
        "name": " ".join(values.name.replace("\0", "").split())[:120],
        "lines": "\n".join(lines)[:500],
        "signature": values.signature.replace("\0", "").strip()[:300],
        "has_fold_marks": values.has_fold_marks,
    }
    row = Letterhead.objects.select_for_update().filter(country=country).first()
    if (row.version if row else 0) != version:
        raise Stale
    if row is None:
        row = Letterhead(country=country)
    else:
        row.version += 1
    for name, value in kept.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Stale from error
    publish(LetterheadChanged(letterhead_id=row.pk, country=country), by=by)
    return row


@action
def set_logo(country: str, content: bytes, *, by: Actor) -> Letterhead:
    """Put a picture above the name, or take it away where there are no bytes."""
    picture = _clean(content) if content else b""
    digest, size = STORE.keep_bytes(picture) if picture else ("", 0)
    row, _new = Letterhead.objects.get_or_create(country=country, defaults={"window": usual_window(country)})
    Letterhead.objects.filter(pk=row.pk).update(logo_digest=digest, logo_size=size)
    publish(LetterheadChanged(letterhead_id=row.pk, country=country), by=by)
    return Letterhead.objects.get(pk=row.pk)


def _clean(content: bytes) -> bytes:
    """Return a picture drawn anew, small enough for the head of a letter: nothing else of the file is kept."""
    unfit = ConversationRefused(_("Choose a picture in PNG or JPEG, of two megabytes at most."), "logo")
    if len(content) > LARGEST_LOGO:
        raise unfit
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise unfit
                plain = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning,
            Image.DecompressionBombError) as error:  # fmt: skip
        raise unfit from error
    plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    drawn = BytesIO()
    plain.save(drawn, "PNG")
    return drawn.getvalue()


@dataclass(frozen=True, kw_only=True)
class PostageValues:
    """What a letter up to a weight costs; `price` in minor units of the currency."""

    country: str
    zone: str
    up_to_grams: int
    price: int
    currency: str


@action
def add_postage(values: PostageValues, *, by: Actor) -> Postage:
    row = Postage(**_postage(values))
    _saved(row)
    publish(PostageChanged(country=row.country), by=by)
    return row


@action
def change_postage(row: Postage, values: PostageValues, *, version: int, by: Actor) -> Postage:
    """Change a price as it was seen; letters that were posted keep what they cost."""
    changed = _postage(values)
    held = Postage.objects.select_for_update().filter(pk=row.pk, version=version).first()
    if held is None:
        raise Stale
    for name, value in changed.items():
        setattr(held, name, value)
    held.version += 1
    _saved(held)
    publish(PostageChanged(country=held.country), by=by)
    return held


@action
def remove_postage(row: Postage, *, by: Actor) -> None:
    """Take a price out of the list; said again it changes nothing."""
    if Postage.objects.filter(pk=row.pk).delete()[0]:
        publish(PostageChanged(country=row.country), by=by)


def _postage(values: PostageValues) -> dict[str, str | int]:
    if values.country not in Country:
        raise ConversationRefused(_("Choose one of the countries that the shop can stand in."), "country")
    if values.zone not in PostalZone:
        raise ConversationRefused(_("Choose where the letters go."), "zone")
    if not 1 <= values.up_to_grams <= 5_000:
        raise ConversationRefused(_("Letters weigh between one gram and five kilograms."), "up_to_grams")
    if not 0 <= values.price <= _LARGEST_PRICE:
        raise ConversationRefused(_("This is no price of a letter. Look at it once more."), "price")
    if not _CURRENCY.fullmatch(values.currency):
        raise ConversationRefused(_("Write a currency in three letters, such as NOK."), "currency")
    return {
        "country": values.country,
        "zone": values.zone,
        "up_to_grams": values.up_to_grams,
        "price": values.price,
        "currency": values.currency,
    }


def _saved(row: Postage) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ConversationRefused(
            _("There is a price for this weight already. Change that one."), "up_to_grams"
        ) from error

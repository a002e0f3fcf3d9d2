"""What customers of the demo shop have written by text message and in WhatsApp, and what they were answered."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from stamkunde.accounts.models import Team, User
from stamkunde.conversations.actions import assign, close_conversation, receive_message
from stamkunde.conversations.channels.text import channel_of
from stamkunde.conversations.channels.text.lines import HOOK_KEY, digest_of, drawn_key
from stamkunde.conversations.models import Conversation, TextLine, TextProviderName, TextTemplate
from stamkunde.conversations.values import AddressValues, IncomingValues
from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import seal

MOST = 36
_ASKED = {
    "nb": ("Hei! Er kaffekvernen klar?", "Har dere åpent på søndag?", "Kan jeg hente pakken i morgen?"),
    "sv": ("Hej! Är kvarnen klar?", "Har ni öppet på söndag?", "Kan jag hämta paketet i morgon?"),
    "lv": ("Labdien! Vai dzirnaviņas ir gatavas?", "Vai svētdien strādājat?", "Vai paku varu saņemt rīt?"),
    "en": ("Hello! Is the grinder ready?", "Are you open on Sunday?", "Can I collect the parcel tomorrow?"),
}
_ANSWERS = {
    "nb": ("Ja, den er klar. Velkommen!", "Ja, fra 12 til 17.", "Ja, fra klokka ti."),
    "sv": ("Ja, den är klar. Välkommen!", "Ja, från 12 till 17.", "Ja, från klockan tio."),
    "lv": ("Jā, tās ir gatavas. Gaidīsim!", "Jā, no 12 līdz 17.", "Jā, no plkst. 10."),
    "en": ("Yes, it is ready. Welcome!", "Yes, from noon to five.", "Yes, from ten o'clock."),
}


def text_with(customers: Sequence[Customer], chance: random.Random) -> None:
    """Let some have written by telephone: most were answered, some wait, and one wants no more advertising."""
    lines = _lines()
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, customer__trashed_at=None, value__startswith="+")
    numbers = dict(points.order_by("customer", "-is_preferred").values_list("customer", "value"))
    writers = [one for one in customers if one.pk in numbers and one.language in _ASKED]
    staff = [one for one in User.objects.filter(is_active=True).order_by("pk") if one.may("conversations.answer")]
    for n, customer in enumerate(writers[:: max(1, len(writers) // MOST)][:MOST]):
        line = lines[n % 3 == 2]
        which = chance.randrange(3)
        at = now() - timedelta(hours=chance.expovariate(1 / 60) + 0.2)
        asked = _ASKED[customer.language][which]
        talk = _said(None, line, customer, numbers[customer.pk], asked, at)
        if n % 4 == 3:
            continue
        if staff:
            assign(talk, staff[n % len(staff)], by=SYSTEM)
        then = min(at + timedelta(minutes=chance.uniform(3, 90)), now())
        answer = _ANSWERS[customer.language][which]
        _said(talk, line, customer, numbers[customer.pk], answer, then, is_ours=True)
        if n % 3:
            close_conversation(Conversation.objects.get(pk=talk.pk), by=SYSTEM)


def _lines() -> tuple[TextLine, TextLine]:
    """Make two numbers at an address that is never reached: nothing comes and nothing goes out of a demo."""
    team = Team.objects.order_by("pk").first()
    made = []
    for name, provider, number in (
        ("SMS", TextProviderName.ELKS, "+4740612345"),
        ("WhatsApp", TextProviderName.WHATSAPP, "+4740612346"),
    ):
        key = drawn_key()
        made.append(
            TextLine.objects.create(
                name=name, provider=provider, number=number, account="demo", team=team, url="https://127.0.0.1",
                hook_key=seal(key, purpose=HOOK_KEY), hook_digest=digest_of(key),
            )
        )  # fmt: skip
    TextTemplate.objects.create(
        text_line=made[1], name="klar_til_henting", language="nb", text="Hei {{1}}! {{2}} er klar og venter hos oss."
    )
    return made[0], made[1]


def _said(
    talk: Conversation | None,
    line: TextLine,
    customer: Customer,
    number: str,
    text: str,
    at: datetime,
    *,
    is_ours: bool = False,
) -> Conversation:
    sender, recipient = (line.number, number) if is_ours else (number, line.number)
    message = receive_message(
        IncomingValues(
            channel=channel_of(line), said_at=at, text=text, customer_id=customer.pk, from_address=sender,
            from_name=line.name if is_ours else customer.name, recipients=(AddressValues(address=recipient),),
            text_line=line, language=customer.language, is_ours=is_ours,
        ),
        talk,
        by=SYSTEM,
    )  # fmt: skip
    return message.conversation

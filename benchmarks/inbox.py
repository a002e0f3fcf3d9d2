"""How long the inbox takes: `./run bench inbox [--messages 1000000] [--database URL]`.

Ten messages make a conversation, half of them ours and sent; one in ten is open, and nine in ten are of somebody known.
Measured are the lists and their deep pages, the search for words of every rarity, a conversation and a customer's card.
On a machine with other work, `busy` is what counts.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from benchmarks.stock.pages import Stopwatch, client, run

MESSAGES = 1_000_000
SEED = 20_261_128
IN_A_CONVERSATION = 10
PEOPLE = 5_000
AT_ONCE = 5_000
ASKED = 60
LIST_TARGET = 60
SEARCH_TARGET = 150
# Each word stands in about this share of all messages.
RARITIES = (("kjøl", 0.2), ("garanti", 0.02), ("hjulnav", 0.001), ("bobinett", 0.000_02))
FILLING = (
    "hei takk for sist jeg lurer på om stolen er kommet tilbake fra verkstedet og når den kan hentes hilsen oss alle "
    "en gang til med ny pute bord lampe eller hylle som passer i gangen ved siden av døren før helgen"
)


def measure(count: int, seed: int) -> bool:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from stamkunde.config.operations.server import load_pages
    from stamkunde.conversations.models import Conversation, Message

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    browser = client()
    if not Message.objects.exists():
        began = time.perf_counter()
        fill(count, seed)
        print(f"  filled in {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    talks, said = Conversation.objects.count(), Message.objects.count()
    print(f"\n{connection.vendor}: {talks:,} conversations, {said:,} messages")
    load_pages()
    watch = Stopwatch(browser)
    watch.tell("(warming up)", ["/conversations/"] * 10)
    for name in ("mine", "unassigned", "waiting", "open", "put_off", "closed", "spam"):
        watch.tell(f"the list “{name}”", [f"/conversations/?list={name}"] * ASKED, target=LIST_TARGET)
    watch.tell("closed: deep pages", _deep(seed), target=LIST_TARGET)
    for word, share in RARITIES:
        asked = [f"/conversations/?q={quote(word)}"] * ASKED
        watch.tell(f"search: a word in {share:.3%} of messages", asked, target=SEARCH_TARGET)
    watch.tell("search: two frequent words", ["/conversations/?q=stolen+verkstedet"] * ASKED, target=SEARCH_TARGET)
    watch.tell("search: a word nobody said", ["/conversations/?q=zzyzx"] * ASKED, target=SEARCH_TARGET)
    watch.tell("search: a number", [f"/conversations/?q=%23{n}" for n in range(1, ASKED)], target=SEARCH_TARGET)
    watch.tell("a conversation", [f"/conversations/{n}/" for n in range(1, ASKED)])
    cards = [f"/customers/{n}/cards/conversations/" for n in range(1, ASKED)]
    watch.tell("the card on a customer's page", cards, target=LIST_TARGET)
    return watch.good


def fill(count: int, seed: int) -> None:
    """Write down so many messages, as fast as rows can be written."""
    from stamkunde.conversations.models import (
        Conversation,
        Dispatch,
        Mailbox,
        Message,
        Participant,
        Recipient,
        SearchWords,
    )
    from stamkunde.conversations.searching import words_of
    from stamkunde.customers.models import Customer
    from stamkunde.kit.clock import now

    chance, at = random.Random(seed), now()
    people = Customer.objects.bulk_create(
        [
            Customer(given_name="Kunde", family_name=str(n), words=f"kunde {n}", sort_name=f"{n:07}")
            for n in range(PEOPLE)
        ]
    )
    box = Mailbox.objects.create(name="Butikk", address="post@butikk.example")
    talks: list[Any] = []
    for number in range(max(count // IN_A_CONVERSATION, 1)):
        begun = at - timedelta(minutes=chance.randrange(60 * 24 * 365 * 2))
        is_open = number % 10 == 0
        known = people[chance.randrange(PEOPLE)].pk if number % 10 else None
        talks.append(
            Conversation(
                customer_id=known, channel="email", subject=f"Stolen {number}", preview="Hei, takk", mailbox=box,
                state="open" if is_open else "closed", closed_at=None if is_open else begun, first_contact_at=begun,
                last_message_at=begun, waiting_since=begun if is_open and number % 20 == 0 else None,
                snoozed_until=at + timedelta(days=3) if number % 200 == 0 else None, is_spam=number % 97 == 0,
            )
        )  # fmt: skip
    talks = Conversation.objects.bulk_create(talks, batch_size=AT_ONCE)
    Participant.objects.bulk_create(
        [Participant(conversation=one, address=f"k{one.pk}@example.no", joined_at=at) for one in talks],
        batch_size=AT_ONCE,
    )
    for some in _portions(talks):
        messages = Message.objects.bulk_create(
            [_message(one, place, chance, at) for one in some for place in range(10)]
        )
        Recipient.objects.bulk_create(
            [Recipient(message=one, role="to", address="post@butikk.example") for one in messages]
        )
        Dispatch.objects.bulk_create(
            [
                Dispatch(message=one, mailbox=box, state="sent", due_at=one.said_at, sent_at=one.said_at)
                for one in messages
                if one.direction == "out"
            ]
        )
        SearchWords.objects.bulk_create(
            [
                SearchWords(conversation_id=one.conversation_id, message=one, words=words_of([one.text]))
                for one in messages
            ]
        )


def _portions(talks: list[Any]) -> Iterator[list[Any]]:
    size = AT_ONCE // IN_A_CONVERSATION
    for begin in range(0, len(talks), size):
        yield talks[begin : begin + size]


def _message(talk: Any, place: int, chance: random.Random, at: Any) -> Any:
    from stamkunde.conversations.models import Message

    words = chance.choices(FILLING.split(), k=40) + [word for word, share in RARITIES if chance.random() < share]
    return Message(
        conversation=talk, customer_id=talk.customer_id, direction="out" if place % 2 else "in", channel="email",
        from_address="" if place % 2 else f"k{talk.pk}@example.no", subject=talk.subject, text=" ".join(words),
        said_at=talk.first_contact_at, recorded_at=at, message_id=f"<{talk.pk}.{place}@example.no>",
    )  # fmt: skip


def _deep(seed: int) -> list[str]:
    """Return pages that begin somewhere in the middle of the closed conversations."""
    from stamkunde.conversations.models import Conversation
    from stamkunde.conversations.queries.inbox import order_of
    from stamkunde.kit.paging import page

    rows = Conversation.objects.filter(state="closed", is_spam=False, merged_into=None)
    moments = list(rows.order_by("pk").values_list("last_message_at", flat=True)[:20_000])
    asked = random.Random(seed).sample(moments, min(ASKED, len(moments)))
    marks = (page(rows.filter(last_message_at__lte=one), order_of("closed"), size=1).older for one in asked)
    return [f"/conversations/?list=closed&page={mark}" for mark in marks if mark]


if __name__ == "__main__":
    sys.exit(run("inbox", "The inbox", measure, SEED, counted="messages", usual=MESSAGES))

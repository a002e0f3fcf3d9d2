"""The pages of conversations: the inbox, one conversation, the box to write in, and what is curated."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from stamkunde.conversations.actions import add_saved_reply, merge_conversations, save_draft, write_internal_note
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Draft,
    InternalNote,
    Mailbox,
    Message,
    SavedReply,
    Tag,
)
from stamkunde.conversations.tests.talking import answered, mailbox, said, sent
from stamkunde.conversations.values import FileValues
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

WRITTEN = {"kind": "answer", "to": "kari@example.no", "text": "It comes today.", "key": "k1"}


@pytest.fixture
def talk(world: World) -> Conversation:
    return said(customer_id=world.kari.pk).conversation


@pytest.fixture
def ola(world: World) -> Client:
    return signed_in(world.ola)


def page(talk: Conversation, more: str = "") -> str:
    return f"/conversations/{talk.pk}/{more}"


def test_the_inbox_shows_who_waits_and_is_found_in_the_menu(ola: Client, talk: Conversation) -> None:
    shown = ola.get("/conversations/?list=unassigned")

    assert shown.status_code == HTTPStatus.OK
    content = shown.content.decode()
    assert "My kettle" in content and "Kari Nordmann" in content and 'href="/conversations/"' in content
    assert '<span class="badge amber">1</span>' in content


@pytest.mark.both_databases
@pytest.mark.parametrize("query", ["list=nothing", "team=x&tag=99999999999999999999", "q=%00kettle", "channel=pigeon"])
def test_strange_addresses_show_the_inbox_all_the_same(ola: Client, talk: Conversation, query: str) -> None:
    assert ola.get(f"/conversations/?{query}").status_code == HTTPStatus.OK


def test_a_mark_that_was_not_made_here_is_no_page(ola: Client) -> None:
    assert ola.get("/conversations/?page=rubbish").status_code == HTTPStatus.NOT_FOUND


def test_the_inbox_asks_a_handful_of_questions(
    world: World, ola: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        said(key=str(number), subject=f"number {number}", customer_id=world.kari.pk)
    ola.get("/conversations/?list=open")

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert b"number 11" in ola.get("/conversations/?list=open").content


def test_a_conversation_shows_all_there_is_of_it(world: World, ola: Client, talk: Conversation) -> None:
    write_internal_note(talk, "She is <b>angry</b>.", by=world.liga.actor)
    sent(answered(talk, by=world.liga.actor), DispatchState.BOUNCED)

    content = ola.get(page(talk)).content.decode()

    assert "Where is my kettle?" in content and "It comes today." in content
    assert "She is &lt;b&gt;angry&lt;/b&gt;." in content and "Note among staff" in content
    assert "the address does not work" in content


def test_one_that_became_part_of_another_leads_there(ola: Client, talk: Conversation) -> None:
    other = said(key="2").conversation
    merge_conversations(talk, other, by=SYSTEM)

    assert ola.get(page(talk))["Location"] == page(other)
    assert f"#{talk.pk}" in ola.get(page(other)).content.decode()


def test_an_answer_is_queued_and_can_be_taken_back_from_the_page(ola: Client, talk: Conversation) -> None:
    answer = ola.post(page(talk, "answer/"), WRITTEN)
    message = Message.objects.get(direction="out")
    shown = ola.get(answer["Location"]).content.decode()
    assert f"messages/{message.pk}/undo/" in shown

    ola.post(page(talk, f"messages/{message.pk}/undo/"))

    assert Dispatch.objects.get().state == DispatchState.TAKEN_BACK
    draft = Draft.objects.get()
    assert draft.text == "It comes today." and draft.recipients == [["to", "kari@example.no"]]
    assert "It comes today.</textarea>" in ola.get(page(talk)).content.decode()


def test_a_form_sent_twice_is_one_answer(ola: Client, talk: Conversation) -> None:
    for _again in range(2):
        ola.post(page(talk, "answer/"), WRITTEN)

    assert Message.objects.filter(direction="out").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"), [({"text": " "}, "Write something first"), ({"to": "nobody"}, "no e-mail")]
)
def test_what_cannot_be_sent_is_said_and_nothing_typed_is_lost(
    ola: Client, talk: Conversation, wrong: dict[str, str], sentence: str
) -> None:
    answer = ola.post(page(talk, "answer/"), WRITTEN | {"cc": "typed@example.no"} | wrong)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    content = answer.content.decode()
    assert sentence in content and "typed@example.no" in content
    assert not Dispatch.objects.exists()


def test_whoever_wrote_on_an_older_state_is_shown_what_was_said_before_it_is_sent(
    world: World, ola: Client, talk: Conversation
) -> None:
    last = Message.objects.get().pk
    answered(talk, "I have answered.", by=world.liga.actor)

    shown = ola.post(page(talk, "answer/"), WRITTEN | {"last": str(last)})

    assert shown.status_code == HTTPStatus.CONFLICT
    content = shown.content.decode()
    assert "I have answered." in content and "It comes today." in content
    assert Message.objects.filter(direction="out").count() == 1
    ola.post(page(talk, "answer/"), WRITTEN | {"last": str(last), "anyway": "1"})
    assert Message.objects.filter(direction="out").count() == 2


def test_a_note_is_written_and_calls_a_colleague_and_is_sent_to_nobody(
    world: World, ola: Client, talk: Conversation
) -> None:
    ola.post(page(talk, "note/"), {"kind": "note", "text": "Look here.", "called": [str(world.liga.pk)]})

    note = InternalNote.objects.get()
    assert note.text == "Look here." and note.mentions.get().user == world.liga
    assert not Dispatch.objects.exists() and not Message.objects.filter(direction="out").exists()
    liga = signed_in(world.liga)
    assert "Look here." in liga.get(page(talk)).content.decode()
    assert note.mentions.get().seen_at is not None


def test_the_draft_keeps_itself_and_survives_the_browser(world: World, ola: Client, talk: Conversation) -> None:
    first = ola.post(page(talk, "draft/"), {"text": "Dear K", "kind": "answer", "to": "kari@example.no"}).json()
    second = ola.post(page(talk, "draft/"), {"text": "Dear Kari", "kind": "note", "version": first["version"]}).json()

    assert second["version"] == first["version"] + 1
    content = signed_in(world.ola).get(page(talk)).content.decode()
    assert "Dear Kari</textarea>" in content
    assert Draft.objects.get().is_note
    assert "Dear Kari" not in signed_in(world.liga).get(page(talk)).content.decode()


def test_a_draft_written_on_elsewhere_is_not_written_over(ola: Client, talk: Conversation) -> None:
    first = ola.post(page(talk, "draft/"), {"text": "one"}).json()["version"]
    ola.post(page(talk, "draft/"), {"text": "two", "version": first})

    late = ola.post(page(talk, "draft/"), {"text": "three", "version": first})

    assert late.status_code == HTTPStatus.CONFLICT
    assert late.json()["text"] == Draft.objects.get().text == "two"


def test_a_file_goes_with_the_draft_and_the_answer(world: World, ola: Client, talk: Conversation) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    ola.post(page(talk, "draft/files/"), {"files": SimpleUploadedFile("../plan.txt", b"turn left")})
    file = Attachment.objects.get()
    assert file.name == "plan.txt" and file.draft is not None
    assert signed_in(world.liga).get(page(talk, f"files/{file.pk}/")).status_code == HTTPStatus.NOT_FOUND

    ola.post(page(talk, "answer/"), WRITTEN)

    file.refresh_from_db()
    assert file.message is not None and file.draft is None
    handed = signed_in(world.liga).get(page(talk, f"files/{file.pk}/"))
    assert b"".join(handed.streaming_content) == b"turn left"
    assert handed["Content-Disposition"].startswith("attachment") and handed["X-Content-Type-Options"] == "nosniff"
    assert handed["Content-Type"] == "application/octet-stream"


def test_an_empty_file_is_refused_and_one_is_taken_off(ola: Client, talk: Conversation) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    refused = ola.post(page(talk, "draft/files/"), {"files": SimpleUploadedFile("empty.txt", b"")})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and not Attachment.objects.exists()

    ola.post(page(talk, "draft/files/"), {"files": SimpleUploadedFile("a.txt", b"a")})
    ola.post(page(talk, "draft/files/"), {"remove": str(Attachment.objects.get().pk)})
    assert not Attachment.objects.exists()


def test_a_mail_as_it_came_lies_in_a_frame_that_can_do_nothing(ola: Client, talk: Conversation) -> None:
    picture = b"\x89PNG\r\n\x1a\n0000"
    html = '<p onclick="x()">Hello</p><script>alert(1)</script><img src="cid:a@b"><img src="https://spy.example/p.gif">'
    message = said(
        "Hello", talk, html=html, files=[FileValues(name="a.png", content=picture, content_id="<a@b>", is_inline=True)]
    )

    shown = ola.get(page(talk, f"messages/{message.pk}/original/"))

    content = shown.content.decode()
    policy = shown["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "allow-scripts" not in policy
    assert "script" not in content and "onclick" not in content and "spy.example" not in content
    assert "data:image/png;base64," in content and "1 picture lies elsewhere" in content
    assert 'sandbox="allow-popups' in ola.get(page(talk)).content.decode()


ACTS = [
    ({"act": "take"}, lambda talk, world: talk.assigned_to == world.ola),
    ({"act": "close"}, lambda talk, world: talk.state == ConversationState.CLOSED),
    ({"act": "snooze", "until": "tomorrow"}, lambda talk, world: talk.snoozed_until > now()),
    ({"act": "spam"}, lambda talk, world: talk.is_spam),
]


@pytest.mark.parametrize(("act", "holds"), ACTS, ids=[act["act"] for act, _holds in ACTS])
def test_what_is_done_from_the_page_is_done(
    world: World, ola: Client, talk: Conversation, act: dict[str, str], holds: object
) -> None:
    assert ola.post(page(talk, "change/"), act).status_code == HTTPStatus.FOUND

    talk.refresh_from_db()
    assert holds(talk, world)  # type: ignore[operator]


@pytest.mark.parametrize(
    "act",
    [
        {"act": "dance"}, {"act": "snooze", "day": "0001-01-01"}, {"act": "snooze", "day": "nonsense"},
        {"act": "tag"}, {"act": "merge", "into": "#0"}, {"act": "customer", "customer": "999999"},
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(ola: Client, talk: Conversation, act: dict[str, str]) -> None:
    before = Conversation.objects.values().get(pk=talk.pk)

    answer = ola.post(page(talk, "change/"), act)

    assert answer.status_code == HTTPStatus.CONFLICT and 'class="alert red"' in answer.content.decode()
    assert Conversation.objects.values().get(pk=talk.pk) == before


@pytest.mark.parametrize(
    ("was", "act", "becomes"),
    [
        (DispatchState.UNCERTAIN, "again", DispatchState.QUEUED),
        (DispatchState.FAILED, "again", DispatchState.QUEUED),
        (DispatchState.UNCERTAIN, "arrived", DispatchState.SENT),
        (DispatchState.FAILED, "arrived", DispatchState.FAILED),
        (DispatchState.SENT, "again", DispatchState.SENT),
    ],
)
def test_of_what_perhaps_did_not_go_out_somebody_decides_on_the_page(
    ola: Client, talk: Conversation, was: DispatchState, act: str, becomes: DispatchState
) -> None:
    message = answered(talk)
    Dispatch.objects.filter(message=message).update(state=was)

    shown = ola.get(page(talk)).content.decode()
    done = ola.post(page(talk, "change/"), {"act": act, "message": message.pk})

    assert ('value="again"' in shown, 'value="arrived"' in shown) == (
        was != DispatchState.SENT,
        was == DispatchState.UNCERTAIN,
    )
    assert done.status_code == (HTTPStatus.CONFLICT if was == becomes else HTTPStatus.FOUND)
    assert Dispatch.objects.get().state == becomes


def test_a_message_of_another_conversation_is_not_sent_again_from_here(
    world: World, ola: Client, talk: Conversation
) -> None:
    other = said(key="other", customer_id=world.kari.pk).conversation
    message = answered(other)
    Dispatch.objects.update(state=DispatchState.UNCERTAIN)

    refused = ola.post(page(talk, "change/"), {"act": "again", "message": message.pk})

    assert refused.status_code == HTTPStatus.CONFLICT
    assert Dispatch.objects.get().state == DispatchState.UNCERTAIN


def test_it_is_given_tagged_merged_and_parted(world: World, ola: Client, talk: Conversation) -> None:
    other, tag = said(key="2").conversation, Tag.objects.create(name="repair")
    ola.post(page(talk, "change/"), {"act": "assign", "user": str(world.liga.pk)})
    ola.post(page(talk, "change/"), {"act": "tag", "tag": str(tag.pk)})
    ola.post(page(other, "change/"), {"act": "merge", "into": f"#{talk.pk}"})
    talk.refresh_from_db()
    other.refresh_from_db()
    assert talk.assigned_to == world.liga and other.merged_into == talk
    assert "repair" in ola.get(page(talk)).content.decode()

    ola.post(page(talk, "change/"), {"act": "part", "merged": str(other.pk)})
    ola.post(page(talk, "change/"), {"act": "tag", "tag": str(tag.pk), "off": "1"})
    other.refresh_from_db()
    assert other.merged_into is None and not talk.taggings.exists()


def test_whose_it_is_can_be_chosen(world: World, ola: Client) -> None:
    talk = said("Hello", from_address="kari@example.org", from_name="K").conversation
    talk.refresh_from_db()
    assert "It is Kari Nordmann" in page_content(ola, talk, world)
    assert "Kari" in ola.get(page(talk, "customer/?q=nordmann")).content.decode()

    ola.post(page(talk, "change/"), {"act": "customer", "customer": str(world.kari.pk), "version": str(talk.version)})

    talk.refresh_from_db()
    assert talk.customer == world.kari


def page_content(client: Client, talk: Conversation, world: World) -> str:
    assert world.kari.pk
    return client.get(page(talk)).content.decode()


def test_who_else_is_at_it_is_told_and_an_unchanged_answer_is_not_sent_again(
    world: World, ola: Client, talk: Conversation
) -> None:
    liga = signed_in(world.liga)
    liga.get(page(talk, "presence/?writing=1"))

    first = ola.get(page(talk, "presence/"))
    again = ola.get(page(talk, "presence/"), headers={"If-None-Match": first["ETag"]})

    assert first.json()["present"] == ["Liga is writing an answer."]
    assert again.status_code == HTTPStatus.NOT_MODIFIED and not again.content
    said("More", talk, key="more")
    assert ola.get(page(talk, "presence/"), headers={"If-None-Match": first["ETag"]}).status_code == HTTPStatus.OK


def test_a_saved_reply_comes_in_the_customers_language_with_its_fields_filled(
    world: World, ola: Client, talk: Conversation
) -> None:
    add_saved_reply("On its way", {"en": "Dear {name}, {number}", "nb": "Hei {name}! Hilsen {me}"}, by=SYSTEM)
    Conversation.objects.filter(pk=talk.pk).update(language="nb")

    (reply,) = ola.get(page(talk, "replies/?q=way")).json()["replies"]

    assert reply["text"] == "Hei Kari! Hilsen Ola"
    assert ola.get(page(talk, "replies/?q=nothing")).json()["replies"] == []


def test_saved_replies_and_tags_are_curated(world: World) -> None:
    liga = signed_in(world.liga)
    liga.post("/conversations/saved-replies/", {"name": "Thanks", "text_lv": "Paldies!"})
    reply = SavedReply.objects.get()
    own = f"/conversations/saved-replies/{reply.pk}/"
    assert "Paldies!" in liga.get(own).content.decode()
    stale = liga.post(own, {"name": "Other", "text_lv": "x", "version": "9"})
    assert stale.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "Other" in stale.content.decode()
    liga.post(own, {"name": "Thank you", "text_nb": "Takk!", "version": "1", "is_used": "on"})
    reply.refresh_from_db()
    assert reply.name == "Thank you" and [text.language for text in reply.texts.all()] == ["nb"]

    liga.post("/conversations/tags/", {"name": "repair"})
    tag = Tag.objects.get()
    assert liga.post("/conversations/tags/", {"name": "Repair"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    liga.post(f"/conversations/tags/{tag.pk}/", {"act": "away"})
    tag.refresh_from_db()
    assert not tag.is_used


@pytest.mark.parametrize("form", [{"name": "", "text_en": "x"}, {"name": "x"}])
def test_a_saved_reply_without_a_name_or_words_is_refused(world: World, form: dict[str, str]) -> None:
    answer = signed_in(world.liga).post("/conversations/saved-replies/", form)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and not SavedReply.objects.exists()


def test_the_shop_writes_first(world: World, ola: Client) -> None:
    box = mailbox()
    shown = ola.get(f"/conversations/new/?customer={world.kari.pk}")
    assert "kari@example.org" in shown.content.decode()

    ola.post(
        f"/conversations/new/?customer={world.kari.pk}",
        {"address": "kari@example.org", "mailbox": box.pk, "subject": "Your grinder", "text": "It is here."},
    )

    talk = Conversation.objects.get()
    assert (talk.customer, talk.assigned_to, talk.waiting_since) == (world.kari, world.ola, None)
    assert Dispatch.objects.get().state == DispatchState.QUEUED


def test_without_a_mailbox_it_is_said_what_is_missing(ola: Client) -> None:
    assert not Mailbox.objects.exists()
    assert "no mailbox" in ola.get("/conversations/new/").content.decode()


def test_whoever_may_only_read_finds_nothing_to_write_with(world: World, talk: Conversation) -> None:
    from stamkunde.accounts.roles import Role
    from tests.world import make_staff

    reader = signed_in(make_staff("Petra", Role.PRIVACY))

    content = reader.get(page(talk)).content.decode()

    assert 'id="composer"' not in content and "Where is my kettle?" in content
    assert reader.post(page(talk, "note/"), {"text": "x"}).status_code == HTTPStatus.FORBIDDEN


def test_the_timeline_and_the_palette_lead_to_the_conversation(world: World, ola: Client, talk: Conversation) -> None:
    customer = ola.get(f"/customers/{world.kari.pk}/").content.decode()
    palette = ola.get("/palette/?q=kettle").content.decode()

    assert f'href="{page(talk)}"' in customer and f'href="{page(talk)}"' in palette
    assert f'href="{page(talk)}"' in ola.get(f"/palette/?q=%23{talk.pk}").content.decode()


def test_a_draft_is_lost_to_nobody_when_the_files_are_swept(ola: Client, talk: Conversation, world: World) -> None:
    draft = save_draft(talk, world.ola, text="x")
    digest, size = STORE.keep_bytes(b"kept")
    Attachment.objects.create(draft=draft, name="a", size=size, digest=digest, added_at=now() - timedelta(days=2))
    from stamkunde.conversations.actions.forgetting import digests_in_use

    assert digest in digests_in_use()

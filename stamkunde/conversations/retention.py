"""How long it is kept what customers said and were told."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.actions import forget_conversations
from stamkunde.conversations.actions.forgetting import forget_raw_mails
from stamkunde.conversations.actions.raw_texts import forget_raw_texts
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    Dispatch,
    Draft,
    InternalNote,
    Letter,
    Mention,
    Message,
    Participant,
    Presence,
    RawMail,
    RawText,
    Recipient,
    SearchWords,
    Tagging,
)
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import STAFF_AND_EXPORTS, Processing, register
from stamkunde.kit.retention import Ground, Keeping, Period, Rule, add_rules, keep

TALKS = "conversations.conversations"
RAW = "conversations.raw_mails"

add_rules(
    Rule(
        name=TALKS,
        sensitivity=Sensitivity.FREE_TEXT,
        purpose=_("To answer customers by whoever sees what was said before, and to answer for what was promised."),
        ground=Ground.CONTRACT,
        trigger=_("the closing of the conversation"),
        period=Period(years=3),
        source=_("A proposal: as long as claims are usually made; GDPR art. 5(1)(e) asks for a limit."),
    ),
    Rule(
        name=RAW,
        sensitivity=Sensitivity.FREE_TEXT,
        purpose=_("To read a mail again that was read wrongly or not at all."),
        ground=Ground.INTEREST,
        trigger=_("the day the mail came"),
        period=Period(months=6),
        source=_("A proposal: GDPR art. 5(1)(e) asks for a limit and names none."),
    ),
)

# Restricted data is stored, and not ended either, until the restriction is lifted (GDPR art. 18).
_NOT_RESTRICTED = Q(customer=None) | Q(customer__restricted_at=None)

keep(
    Keeping(
        rule=TALKS,
        model=Conversation,
        title=_("Conversations that were closed"),
        since="closed_at",
        only=Q(merged_into=None) & _NOT_RESTRICTED,
        let_go=forget_conversations,
    ),
    Keeping(
        rule=RAW,
        model=RawMail,
        title=_("Mails as they came"),
        since="received_at",
        only=Q(message=None) | Q(message__customer=None) | Q(message__customer__restricted_at=None),
        let_go=forget_raw_mails,
    ),
    Keeping(
        rule=RAW,
        model=RawText,
        title=_("What providers of text messages handed in"),
        since="received_at",
        let_go=forget_raw_texts,
    ),
)

register(
    *(
        Processing(model=model, ground=Ground.CONTRACT, kept=TALKS, recipients=STAFF_AND_EXPORTS)
        for model in (
            Conversation, Message, Letter, Recipient, Attachment, Dispatch, Participant, InternalNote, Draft, Mention,
            Presence, SearchWords, Tagging,
        )
    ),
    Processing(model=RawText, ground=Ground.INTEREST, kept=RAW, recipients=STAFF_AND_EXPORTS),
    Processing(model=RawMail, ground=Ground.INTEREST, kept=RAW, recipients=STAFF_AND_EXPORTS),
)  # fmt: skip

"""The addresses of conversations."""

from django.urls import path

from stamkunde.conversations.views import (
    answering,
    changing,
    conversation,
    files,
    inbox,
    mail_hook,
    mailboxes,
    saved_replies,
    set_aside,
    starting,
    tags,
)

app_name = "conversations"

urlpatterns = [
    path("settings/mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.mailbox_new, name="mailbox_new"),
    path("settings/mailboxes/<int:pk>/", mailboxes.mailbox, name="mailbox"),
    path("settings/mailboxes/<int:pk>/try/", mailboxes.mailbox_try, name="mailbox_try"),
    path("settings/mailboxes/<int:pk>/token/", mailboxes.mailbox_token, name="mailbox_token"),
    path("settings/mailboxes/<int:pk>/token/end/", mailboxes.mailbox_token_end, name="mailbox_token_end"),
    path("settings/mailboxes/<int:pk>/key/", mailboxes.mailbox_key, name="mailbox_key"),
    path("mails/set-aside/", set_aside.set_aside, name="set_aside"),
    path("mails/set-aside/again/", set_aside.all_again, name="set_aside_all_again"),
    path("mails/set-aside/<int:pk>/original/", set_aside.original, name="set_aside_original"),
    path("mails/set-aside/<int:pk>/again/", set_aside.again, name="set_aside_again"),
    path("hooks/mail/", mail_hook.mail_hook, name="mail_hook"),
    path("hooks/mail/<str:secret>/", mail_hook.mail_hook, name="mail_hook_secret"),
    path("conversations/", inbox.inbox, name="inbox"),
    path("conversations/new/", starting.new, name="new"),
    path("conversations/saved-replies/", saved_replies.saved_replies, name="saved_replies"),
    path("conversations/saved-replies/<int:pk>/", saved_replies.saved_reply, name="saved_reply"),
    path("conversations/tags/", tags.tags, name="tags"),
    path("conversations/tags/<int:pk>/", tags.tag, name="tag"),
    path("conversations/<int:pk>/", conversation.conversation, name="conversation"),
    path("conversations/<int:pk>/presence/", conversation.presence, name="presence"),
    path("conversations/<int:pk>/replies/", answering.replies, name="replies"),
    path("conversations/<int:pk>/draft/", answering.draft, name="draft"),
    path("conversations/<int:pk>/draft/files/", files.attach, name="attach"),
    path("conversations/<int:pk>/answer/", answering.answer, name="answer"),
    path("conversations/<int:pk>/note/", answering.note, name="note"),
    path("conversations/<int:pk>/change/", changing.change, name="change"),
    path("conversations/<int:pk>/customer/", changing.whose, name="whose"),
    path("conversations/<int:pk>/merge/", changing.merge, name="merge"),
    path("conversations/<int:pk>/messages/<int:said_pk>/undo/", answering.undo, name="undo"),
    path("conversations/<int:pk>/messages/<int:said_pk>/original/", files.original, name="original"),
    path("conversations/<int:pk>/files/<int:attached_pk>/", files.download, name="download"),
]

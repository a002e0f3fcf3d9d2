"""The addresses of conversations."""

from django.urls import path

from stamkunde.conversations.views import mail_hook, mailboxes, set_aside

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
]

import django.db.models.deletion
from django.db import migrations, models

from stamkunde.conversations import searching

AT_ONCE = 500


def install(apps, schema_editor):
    searching.install(schema_editor.connection)


def remove(apps, schema_editor):
    searching.remove(schema_editor.connection)


def remember(apps, schema_editor):
    """Let what was said before be found as well."""
    words, message, recipient, note = (
        apps.get_model("conversations", name) for name in ("SearchWords", "Message", "Recipient", "InternalNote")
    )
    last = 0
    while some := list(message.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = some[-1].pk
        to = {}
        for row in recipient.objects.filter(message__in=some):
            to.setdefault(row.message_id, []).append(row.address)
        words.objects.bulk_create(
            words(
                conversation_id=one.conversation_id,
                message=one,
                words=searching.words_of(
                    (one.subject, one.from_name, one.from_address, *to.get(one.pk, ()), one.text)
                ),
            )
            for one in some
        )
    for one in note.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        words.objects.create(conversation_id=one.conversation_id, note=one, words=searching.words_of([one.text]))


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_intake")]

    operations = [
        migrations.CreateModel(
            name="SearchWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField(blank=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.conversation"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="conversations.message",
                    ),
                ),
                (
                    "note",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.internalnote",
                    ),
                ),
            ],
            options={"verbose_name_plural": "search words"},
        ),
        migrations.AddConstraint(
            model_name="searchwords",
            constraint=models.CheckConstraint(
                condition=models.Q(("message__isnull", False), ("note", None))
                | models.Q(("message", None), ("note__isnull", False)),
                name="conversations_words_of_one",
            ),
        ),
        migrations.RemoveIndex(model_name="conversation", name="conversations_waiting"),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["waiting_since", "id"],
                name="conversations_waiting",
                condition=models.Q(("is_spam", False), ("merged_into", None), ("waiting_since__isnull", False)),
            ),
        ),
        migrations.RunPython(install, remove),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
    ]

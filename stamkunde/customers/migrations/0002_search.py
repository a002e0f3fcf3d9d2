from django.db import migrations, models

from stamkunde.customers.recognition import index


def install(apps, schema_editor):
    index.install(schema_editor.connection)


def remove(apps, schema_editor):
    index.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=48, unique=True)),
                ("sound", models.CharField(max_length=48)),
            ],
        ),
        migrations.RunPython(install, remove),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_counter"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="likelypair", name="customers_pairs_likeliest"),
        migrations.RemoveField(model_name="likelypair", name="probability"),
        migrations.AddField(
            model_name="likelypair",
            name="likelihood",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="likelypair",
            index=models.Index(fields=["state", "-likelihood", "-id"], name="customers_pairs_likeliest"),
        ),
    ]

"""A shop that sold before cash was rounded goes on without, until it chooses: its tills may not know how to round."""

from django.db import migrations

_LATEST = 10_000


def keep_cash_as_it_was(apps, schema_editor):
    order = apps.get_model("sales", "Order")
    latest = order.objects.order_by("-pk").values_list("rounding", flat=True)[:_LATEST]
    # Nothing sold yet is a new shop, and where something is rounded already the tills know how.
    if latest and not any(latest):
        apps.get_model("accounts", "Shop").objects.filter(cash_rounding="usual").update(cash_rounding="none")


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0006_price_steps'),
        ('accounts', '0009_archive'),
    ]

    operations = [
        migrations.RunPython(keep_cash_as_it_was, migrations.RunPython.noop),
    ]

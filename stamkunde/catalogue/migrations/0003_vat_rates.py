"""The rates of value-added tax that a new shop begins with; a shop changes and adds to them in its settings.

Norway: Stortinget's yearly vedtak om merverdiavgift (25 %; food 15 % since 2012; transport, hotels, cinema 12 % since
2018). Sweden: mervärdesskattelag (2023:200) chapter 9 (25 %; 12 %; 6 %). From 1 April 2026 to the end of 2027 Swedish food
is taxed at 6 instead of 12 % (prop. 2025/26:55): that moves food from one class to another and leaves the rates of the
classes as they are. Latvia: Pievienotās vērtības nodokļa likums, sections 41 and 42 (21 % since July 2012; 12 %; 5 % since
2018).
"""

from datetime import date

from django.db import migrations

RATES = (
    ("NO", "standard", 2500, date(2005, 1, 1)),
    ("NO", "reduced", 1500, date(2012, 1, 1)),
    ("NO", "low", 1200, date(2018, 1, 1)),
    ("NO", "zero", 0, date(2000, 1, 1)),
    ("SE", "standard", 2500, date(2000, 1, 1)),
    ("SE", "reduced", 1200, date(2000, 1, 1)),
    ("SE", "low", 600, date(2000, 1, 1)),
    ("SE", "zero", 0, date(2000, 1, 1)),
    ("LV", "standard", 2100, date(2012, 7, 1)),
    ("LV", "reduced", 1200, date(2011, 1, 1)),
    ("LV", "low", 500, date(2018, 1, 1)),
    ("LV", "zero", 0, date(2000, 1, 1)),
    ("EU", "zero", 0, date(2000, 1, 1)),
)


def seed(apps, schema_editor):
    rate = apps.get_model("catalogue", "VatRate")
    rate.objects.bulk_create(
        [
            rate(country=country, vat_class=vat_class, basis_points=basis_points, valid_from=day)
            for country, vat_class, basis_points, day in RATES
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_search")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]

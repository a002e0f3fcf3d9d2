
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counter', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='basket',
            name='points',
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]

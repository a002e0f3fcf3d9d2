
import django.db.models.deletion
from django.db import migrations, models

import stamkunde.accounts.models.shop


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0013_restriction'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('closing', 'Closing'), ('closed', 'Closed')], default='draft', max_length=8, verbose_name='state')),
                ('currency', models.CharField(max_length=3, validators=[stamkunde.accounts.models.shop.validate_currency], verbose_name='currency')),
                ('zone', models.CharField(max_length=64, validators=[stamkunde.accounts.models.shop.validate_zone], verbose_name='time zone')),
                ('earn_points', models.PositiveIntegerField(default=1, verbose_name='points earned')),
                ('earn_per', models.PositiveBigIntegerField(default=1000, verbose_name='for each')),
                ('hold_days', models.PositiveSmallIntegerField(default=30, verbose_name='days points are held')),
                ('point_worth', models.PositiveBigIntegerField(default=0, verbose_name='what a point takes off')),
                ('expiry', models.CharField(choices=[('months', 'So many months later, to the day'), ('month_end', 'At the end of the month so many months later'), ('year_end', 'At the end of the year so many years later'), ('inactivity', 'So many months after the last purchase'), ('never', 'Never')], default='year_end', max_length=10, verbose_name='points expire')),
                ('expiry_after', models.PositiveSmallIntegerField(default=1, verbose_name='so many months or years')),
                ('terms_version', models.CharField(blank=True, max_length=40, verbose_name='version of the terms')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day of earning')),
                ('redeem_until', models.DateField(blank=True, null=True, verbose_name='last day of using points')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(editable=False)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('earn_per__gt', 0)), name='loyalty_earns_for_something')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='membership number')),
                ('state', models.CharField(choices=[('pending', 'Not confirmed yet'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='active', max_length=9, verbose_name='state')),
                ('joined_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('terms_version', models.CharField(blank=True, max_length=40, verbose_name='version of the terms')),
                ('source', models.CharField(choices=[('till', 'Till'), ('desk', 'Desk'), ('portal', "Customer's own pages"), ('api', 'Another program'), ('import', 'Import')], default='desk', max_length=6, verbose_name='joined at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='customers.customer')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='loyalty.programme')),
            ],
        ),
        migrations.CreateModel(
            name='MemberCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=40, unique=True, verbose_name='what the card says')),
                ('symbology', models.CharField(choices=[('ean13', 'EAN-13'), ('code128', 'Code 128'), ('qr', 'QR code')], default='ean13', max_length=7, verbose_name='printed as')),
                ('medium', models.CharField(choices=[('plastic', 'Plastic'), ('paper', 'Paper'), ('app', 'On the telephone'), ('apple', 'Apple Wallet'), ('google', 'Google Wallet')], default='plastic', max_length=7, verbose_name='made of')),
                ('state', models.CharField(choices=[('active', 'Active'), ('blocked', 'Blocked'), ('replaced', 'Replaced'), ('expired', 'Expired')], default='active', max_length=8, verbose_name='state')),
                ('issued_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('replaced_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaces', to='loyalty.membercard')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cards', to='loyalty.membership')),
            ],
            options={
                'indexes': [models.Index(fields=['membership', 'state'], name='loyalty_cards_of_member')],
            },
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('customer__isnull', False)), fields=('programme', 'customer'), name='loyalty_one_membership_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='loyalty_closed_has_its_time'),
        ),
    ]

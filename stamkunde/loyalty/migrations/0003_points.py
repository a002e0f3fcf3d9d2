
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import stamkunde.accounts.models.shop


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_in_order'),
        ('loyalty', '0002_members'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('granted', models.BigIntegerField(verbose_name='points that came')),
                ('remaining', models.BigIntegerField(verbose_name='points left')),
                ('is_held', models.BooleanField(default=False)),
                ('held_until', models.DateTimeField(null=True, verbose_name='usable from')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='usable before')),
                ('rate_points', models.PositiveBigIntegerField(default=0)),
                ('rate_per', models.PositiveBigIntegerField(default=1)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('exchange_to', models.PositiveBigIntegerField(default=1)),
                ('exchange_from', models.PositiveBigIntegerField(default=1)),
                ('rule_version', models.PositiveIntegerField(default=1)),
                ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='loyalty.membership')),
                ('origin', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_to', to='loyalty.lot')),
            ],
        ),
        migrations.CreateModel(
            name='PointsAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('available', 'Available'), ('pending', 'On hold'), ('reserved', 'Reserved'), ('debt', 'Owed'), ('issued', 'Issued'), ('redeemed', 'Used'), ('expired', 'Expired'), ('adjusted', 'Corrected')], max_length=9)),
                ('balance', models.BigIntegerField(null=True, verbose_name='points')),
                ('membership', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points_accounts', to='loyalty.membership')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='points_accounts', to='loyalty.programme')),
            ],
        ),
        migrations.CreateModel(
            name='PointsExchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, validators=[stamkunde.accounts.models.shop.validate_currency], verbose_name='currency')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('worth', models.PositiveBigIntegerField(verbose_name='is worth')),
                ('amount', models.PositiveBigIntegerField(verbose_name='so much')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points_exchanges', to='loyalty.programme')),
            ],
        ),
        migrations.CreateModel(
            name='PointsExclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.category')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.product')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points_exclusions', to='loyalty.programme')),
            ],
        ),
        migrations.CreateModel(
            name='PointsTransaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('earned', 'Earned'), ('held_out', 'Hold ended'), ('reserved', 'Reserved'), ('captured', 'Reserved points used'), ('released', 'Reservation ended'), ('used', 'Used'), ('taken_back', 'Taken back'), ('given_back', 'Given back'), ('expired', 'Expired'), ('corrected', 'Corrected'), ('moved', 'Moved to another membership')], max_length=10)),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('occurred_at', models.DateTimeField(verbose_name='when')),
                ('recorded_at', models.DateTimeField()),
                ('source', models.CharField(blank=True, choices=[('', '-'), ('sale', 'Purchase'), ('return', 'Return'), ('reservation', 'Reservation'), ('merge', 'Profiles made one')], max_length=11, verbose_name='because of')),
                ('source_id', models.BigIntegerField(null=True)),
                ('split', models.JSONField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('recorded_by', models.CharField(max_length=120)),
                ('idempotency_key', models.CharField(editable=False, max_length=255, null=True, unique=True)),
                ('body_digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='points_transactions', to='loyalty.membership')),
                ('reverses', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='loyalty.pointstransaction')),
            ],
        ),
        migrations.CreateModel(
            name='PointsReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveBigIntegerField(verbose_name='points')),
                ('state', models.CharField(choices=[('open', 'Open'), ('captured', 'Used'), ('released', 'Ended')], default='open', max_length=8)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(verbose_name='set aside until')),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='points_reservations', to='loyalty.membership')),
                ('transaction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reservation', to='loyalty.pointstransaction')),
            ],
        ),
        migrations.CreateModel(
            name='PointsRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('refused', 'Refused')], default='waiting', max_length=8)),
                ('asked_by_label', models.CharField(max_length=120)),
                ('asked_at', models.DateTimeField()),
                ('decided_by_label', models.CharField(blank=True, max_length=120)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points_requests', to='loyalty.membership')),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='loyalty.pointstransaction')),
            ],
        ),
        migrations.CreateModel(
            name='LotUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='loyalty.lot')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lot_uses', to='loyalty.pointstransaction')),
            ],
        ),
        migrations.AddField(
            model_name='lot',
            name='transaction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='loyalty.pointstransaction'),
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='loyalty.pointsaccount')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='loyalty.pointstransaction')),
            ],
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.UniqueConstraint(fields=('membership', 'kind'), name='loyalty_account_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('membership', None)), fields=('programme', 'kind'), name='loyalty_programme_account_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('balance', None), ('membership', None)), models.Q(('balance__lte', 0), ('kind', 'debt'), ('membership__isnull', False)), models.Q(('balance__gte', 0), ('kind__in', ['available', 'pending', 'reserved']), ('membership__isnull', False)), _connector='OR'), name='loyalty_balance_on_its_side_of_nought'),
        ),
        migrations.AddConstraint(
            model_name='pointsexchange',
            constraint=models.UniqueConstraint(fields=('programme', 'currency', 'valid_from'), name='loyalty_one_exchange_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='pointsexchange',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('worth__gt', 0)), name='loyalty_exchange_above_nought'),
        ),
        migrations.AddConstraint(
            model_name='pointsexclusion',
            constraint=models.UniqueConstraint(fields=('programme', 'product'), name='loyalty_product_excluded_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsexclusion',
            constraint=models.UniqueConstraint(fields=('programme', 'category'), name='loyalty_category_excluded_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsexclusion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category__isnull', False), ('product', None)), models.Q(('category', None), ('product__isnull', False)), _connector='OR'), name='loyalty_excludes_one_thing'),
        ),
        migrations.AddIndex(
            model_name='pointstransaction',
            index=models.Index(fields=['membership', '-occurred_at', '-id'], name='loyalty_statement'),
        ),
        migrations.AddIndex(
            model_name='pointstransaction',
            index=models.Index(condition=models.Q(('source', ''), _negated=True), fields=['source', 'source_id'], name='loyalty_by_source'),
        ),
        migrations.AddIndex(
            model_name='pointstransaction',
            index=models.Index(fields=['occurred_at'], name='loyalty_by_month'),
        ),
        migrations.AddIndex(
            model_name='pointsreservation',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['membership'], name='loyalty_open_reservations'),
        ),
        migrations.AddIndex(
            model_name='pointsreservation',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['ends_at'], name='loyalty_reservations_ending'),
        ),
        migrations.AddIndex(
            model_name='pointsrequest',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['-asked_at', '-id'], name='loyalty_requests_waiting'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('remaining__gt', 0)), fields=['membership'], name='loyalty_open_lots'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('is_held', True), ('remaining__gt', 0)), fields=['held_until'], name='loyalty_held_lots'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('remaining__gt', 0)), fields=['expires_at'], name='loyalty_lots_that_end'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('remaining__gte', 0), ('remaining__lte', models.F('granted'))), name='loyalty_lot_within_what_it_had'),
        ),
    ]

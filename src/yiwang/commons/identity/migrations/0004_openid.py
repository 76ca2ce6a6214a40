"""Clients of the OpenID provider."""

import django.contrib.postgres.fields
import django.db.models.deletion
import yiwang.kernel.fields
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commons_identity', '0003_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClientSystem',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('client_id', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('profile', models.JSONField(help_text='contracts.ClientProfile')),
                ('state', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended')], max_length=12)),
                ('residents', models.BooleanField(default=False)),
                ('launch_url', models.CharField(blank=True, max_length=500)),
                ('subject_salt', models.BinaryField(help_text='makes pairwise subjects', max_length=32)),
                ('has_secret', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='client_systems', to='commons_identity.organisation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['organisation', 'name'], name='client_system_of'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='client_system_has_name'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ClientRequest',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('profile', models.JSONField(help_text='contracts.ClientProfile')),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('open', 'open'), ('approved', 'approved'), ('refused', 'refused')], max_length=12)),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('remarks', models.CharField(blank=True, max_length=500)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='commons_identity.clientsystem')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['state', 'requested_at', 'id'], name='client_request_queue'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='client_request_is_open_or_decided'),
                    models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='client_request_decided_by_another'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ClientLogin',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('session', models.UUIDField(null=True)),
                ('issuer', models.CharField(max_length=255)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ('auth_at', models.DateTimeField()),
                ('level', models.PositiveSmallIntegerField()),
                ('amr', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ('role', models.CharField(blank=True, max_length=48)),
                ('on_behalf_kind', models.CharField(blank=True, max_length=24)),
                ('on_behalf_id', models.UUIDField(null=True)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_logins', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logins', to='commons_identity.clientsystem')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['account', 'ended_at'], name='client_login_of'),
                    models.Index(condition=models.Q(('session__isnull', False)), fields=['session'], name='client_login_session'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('told_at__isnull', True), ('ended_at__isnull', False), _connector='OR'), name='client_login_told_after_its_end'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ClientConsent',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ('given_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_consents', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='commons_identity.clientsystem')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'system'), name='client_consent_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ClientAudience',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(blank=True, max_length=48)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audience', to='commons_identity.clientsystem')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [
                    models.UniqueConstraint(fields=('system', 'organisation', 'role'), name='client_audience_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kid', models.CharField(help_text='RFC 7638 thumbprint', max_length=64, unique=True)),
                ('algorithm', models.CharField(choices=[('RS256', 'RS256'), ('ES256', 'ES256'), ('EdDSA', 'EdDSA')], max_length=8)),
                ('jwk', models.JSONField()),
                ('private', yiwang.kernel.fields.EncryptedTextField()),
                ('created_at', models.DateTimeField()),
                ('signs_from', models.DateTimeField()),
                ('signs_until', models.DateTimeField(null=True)),
                ('published_until', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('signs_from__gte', models.F('created_at')), models.Q(models.Q(('published_until__isnull', True), ('signs_until__isnull', True)), ('published_until__gte', models.F('signs_until')), _connector='OR')), name='signing_key_times_in_order'), models.UniqueConstraint(fields=('algorithm', 'signs_from'), name='signing_key_one_at_a_time')],
            },
        ),
    ]

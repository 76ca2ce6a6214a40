"""Imports and the personnel systems."""

import django.contrib.postgres.fields
import django.db.models.deletion
import yiwang.kernel.fields
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commons_identity', '0005_real_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountImport',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('tree', models.CharField(choices=[('territory', 'territory'), ('line', 'line')], max_length=9)),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('digest', models.CharField(max_length=64)),
                ('content', yiwang.kernel.fields.EncryptedTextField(null=True)),
                ('dry_run', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done')], max_length=8)),
                ('total', models.PositiveIntegerField(default=0)),
                ('reached', models.PositiveIntegerField(default=0, help_text='lines judged until now')),
                ('created', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['-begun_at', '-id'], name='account_import_latest'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('organisation', 'tree', 'digest', 'dry_run'), name='account_import_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', True), ('ended_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('content__isnull', False), ('ended_at__isnull', True)), _connector='OR'), name='account_import_keeps_no_content'),
                    models.CheckConstraint(condition=models.Q(('reached__lte', models.F('total'))), name='account_import_within_file'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AccountReject',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField()),
                ('field', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(max_length=200)),
                ('mend', models.CharField(max_length=200)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejects', to='commons_identity.accountimport')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['run', 'line'], name='account_reject_order'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PersonnelSystem',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('tree', models.CharField(choices=[('territory', 'territory'), ('line', 'line')], max_length=9)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), help_text='keys of the roles it may give', size=None)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('valid_to', models.DateField()),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='personnel_system_has_name'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PersonnelRecord',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=100, null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='commons_identity.personnelsystem')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [
                    models.UniqueConstraint(fields=('system', 'account'), name='personnel_record_once'),
                    models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('system', 'external_id'), name='personnel_record_external'),
                ],
            },
        ),
    ]

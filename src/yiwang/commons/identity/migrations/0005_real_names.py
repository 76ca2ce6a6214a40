"""Assurance, bindings and agency."""

import django.contrib.postgres.fields
import django.db.models.deletion
import yiwang.kernel.fields
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0004_openid")]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('agent', 'agent'), ('staff', 'staff')], max_length=20)),
                ('agent_name', yiwang.kernel.fields.EncryptedTextField()),
                ('agent_number', yiwang.kernel.fields.EncryptedTextField()),
                ('agent_number_hash', models.BinaryField(max_length=32)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('valid_to', models.DateField()),
                ('state', models.CharField(choices=[('offered', 'offered'), ('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('ended', 'ended')], max_length=9)),
                ('offered_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['agent_number_hash'], name='mandate_to_agent'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['declined', 'withdrawn', 'ended'])), models.Q(models.Q(('state__in', ['declined', 'withdrawn', 'ended']), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='mandate_closed_has_moment'),
                    models.CheckConstraint(condition=models.Q(('scopes__len__gt', 0)), name='mandate_has_scopes'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RealNameCheck',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', yiwang.kernel.fields.EncryptedTextField()),
                ('id_number', yiwang.kernel.fields.EncryptedTextField()),
                ('id_number_hash', models.BinaryField(max_length=32)),
                ('method', models.CharField(max_length=24)),
                ('level', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('asked', 'asked'), ('waiting', 'waiting'), ('passed', 'passed'), ('refused', 'refused')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('differs', 'differs'), ('other_person', 'other_person'), ('name_variant', 'name_variant'), ('not_found', 'not_found'), ('unavailable', 'unavailable'), ('known_person', 'known_person'), ('by_hand', 'by_hand')], max_length=16)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(condition=models.Q(('state', 'waiting')), fields=['asked_at', 'id'], name='real_name_queue'),
                    models.Index(fields=['id_number_hash', 'asked_at'], name='real_name_of_number'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('level__gte', 2), ('level__lte', 4)), name='real_name_level_exists'),
                ],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='assurance',
            field=models.PositiveSmallIntegerField(default=1, help_text='level of the real name, 1 to 4'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('assurance__gte', 1), ('assurance__lte', 4)), name='account_assurance_exists'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='agent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates_held', to='commons_identity.person'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mandate',
            name='given_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mandate',
            name='legal_entity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates_given', to='commons_identity.legalentity'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates_given', to='commons_identity.person'),
        ),
        migrations.AddField(
            model_name='representation',
            name='mandate',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='representations', to='commons_identity.mandate'),
        ),
        migrations.AddField(
            model_name='realnamecheck',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='real_name_checks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='realnamecheck',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['person', 'offered_at'], name='mandate_of_person'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['legal_entity', 'offered_at'], name='mandate_of_entity'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'agent'), ('legal_entity__isnull', True), ('person__isnull', False)), models.Q(('kind', 'staff'), ('legal_entity__isnull', False), ('person__isnull', True)), _connector='OR'), name='mandate_kind_fits_principal'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'ended']), _negated=True), ('agent__isnull', False), _connector='OR'), name='mandate_accepted_has_agent'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('agent')), _negated=True), name='mandate_is_of_another'),
        ),
        migrations.AddIndex(
            model_name='realnamecheck',
            index=models.Index(fields=['account', 'asked_at'], name='real_name_of_account'),
        ),
        migrations.AddConstraint(
            model_name='realnamecheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ['passed', 'refused'])), models.Q(models.Q(('state__in', ['passed', 'refused']), _negated=True), ('decided_at__isnull', True), ('decided_by__isnull', True)), _connector='OR'), name='real_name_decided_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='realnamecheck',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('account')), _negated=True), name='real_name_nobody_decides_alone'),
        ),
        migrations.AddConstraint(
            model_name='realnamecheck',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('account',), name='real_name_waits_once'),
        ),
    ]

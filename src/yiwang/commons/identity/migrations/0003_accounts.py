"""Ways of logging in, sessions and codes."""

import django.db.models.deletion
import yiwang.kernel.fields
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commons_identity', '0002_heldgrant'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttemptCount',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('bucket', models.BinaryField(max_length=32, unique=True)),
                ('count', models.PositiveIntegerField()),
                ('until', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['until'], name='attempt_count_until'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(max_length=32)),
                ('name', models.CharField(max_length=60)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'token_hash'), name='device_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LoginSession',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('session_key', models.CharField(blank=True, help_text='empty once the log-in is over', max_length=40)),
                ('address', yiwang.kernel.fields.EncryptedTextField(null=True)),
                ('methods', models.JSONField(default=list)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('logout', 'logout'), ('revoked', 'revoked'), ('password', 'password'), ('closed', 'closed'), ('expired', 'expired')], max_length=10)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='login_sessions', to=settings.AUTH_USER_MODEL)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sessions', to='commons_identity.device')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['account', 'began_at'], name='login_session_open'),
                    models.Index(fields=['account', 'began_at'], name='login_session_of'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), ('session_key', ''), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='login_session_ends_whole'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('login', 'login'), ('register', 'register'), ('recover', 'recover')], max_length=10)),
                ('mobile', yiwang.kernel.fields.EncryptedTextField()),
                ('mobile_hash', models.BinaryField(max_length=32)),
                ('code', yiwang.kernel.fields.EncryptedTextField()),
                ('details', yiwang.kernel.fields.EncryptedJSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['expires_at'], name='one_time_code_expiry'),
                ],
            },
        ),
    ]

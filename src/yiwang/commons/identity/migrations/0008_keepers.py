"""Who looks after a connected system, and who was shown its secret last."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
UPDATE commons_identity_clientsystem AS system
SET keeper_id = asked.requested_by_id, secret_by_id = CASE WHEN system.has_secret THEN asked.requested_by_id END
FROM (
    SELECT DISTINCT ON (system_id) system_id, requested_by_id
    FROM commons_identity_clientrequest
    WHERE state = 'approved' AND system_id IS NOT NULL
    ORDER BY system_id, decided_at, id
) AS asked
WHERE asked.system_id = system.id
"""
OPENED = "SELECT set_config('yiwang.command', 'migration', true)"


class Migration(migrations.Migration):

    dependencies = [
        ('commons_identity', '0007_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='clientsystem',
            name='keeper',
            field=models.ForeignKey(help_text='who looks after it in its department', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='clientsystem',
            name='secret_by',
            field=models.ForeignKey(help_text='who was shown its secret last', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunSQL([OPENED, FILL], migrations.RunSQL.noop),
    ]

"""One and the same open-ended grant stands once."""

from django.db import migrations, models

# Two administrators at the same moment could give the same twice: the later row goes, the earlier keeps its evidence.
ONCE = """
DELETE FROM commons_identity_grant AS later USING commons_identity_grant AS earlier
WHERE later.id > earlier.id AND later.valid_to IS NULL AND earlier.valid_to IS NULL
  AND (later.account_id, later.role_id, later.holder_id, later.organisation_id)
      IS NOT DISTINCT FROM (earlier.account_id, earlier.role_id, earlier.holder_id, earlier.organisation_id)
  AND (later.tree, later.scope, later.action, later.highest_grade)
      = (earlier.tree, earlier.scope, earlier.action, earlier.highest_grade)
"""
OPENED = "SELECT set_config('yiwang.command', 'migration', true)"


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0008_keepers")]

    operations = [
        migrations.RunSQL([OPENED, ONCE], migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)),
                fields=("account", "role", "holder", "organisation", "tree", "scope", "action", "highest_grade"),
                name="grant_once",
                nulls_distinct=False,
            ),
        ),
    ]

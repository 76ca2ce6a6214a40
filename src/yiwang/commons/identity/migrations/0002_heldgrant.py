"""The view behind `scope`: what each account was granted, through its roles or by its own name."""

from django.db import migrations

VIEW = """
CREATE VIEW commons_identity_heldgrant AS
SELECT g.id AS grant_id, g.account_id, NULL::uuid AS office_id, g.organisation_id, g.tree,
       g.scope, g.action, g.highest_grade, g.valid_from, g.valid_to
FROM commons_identity_grant g
WHERE g.account_id IS NOT NULL
UNION ALL
SELECT g.id, held.account_id, held.organisation_id, coalesce(g.organisation_id, held.organisation_id), g.tree,
       g.scope, g.action, g.highest_grade, greatest(g.valid_from, held.valid_from), least(g.valid_to, held.valid_to)
FROM commons_identity_appointment held
JOIN commons_identity_grant g ON g.role_id = held.role_id
WHERE g.holder_id IS NULL OR g.holder_id = held.organisation_id
"""


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0001_initial")]

    operations = [migrations.RunSQL(VIEW, "DROP VIEW commons_identity_heldgrant")]

"""The view behind `scope`: which organisations an account's grants reach, in one place for lists and single checks."""

from django.db import migrations

VIEW = """
CREATE VIEW commons_identity_reach AS
SELECT g.id AS grant_id, g.account_id, NULL::uuid AS office_id, below.descendant_id AS organisation_id,
       g.scope, g.action, g.highest_grade, g.valid_from, g.valid_to
FROM commons_identity_grant g
JOIN commons_identity_organisationancestry below ON below.tree = g.tree AND below.ancestor_id = g.organisation_id
WHERE g.account_id IS NOT NULL
UNION ALL
SELECT g.id, held.account_id, held.organisation_id, below.descendant_id,
       g.scope, g.action, g.highest_grade, greatest(g.valid_from, held.valid_from), least(g.valid_to, held.valid_to)
FROM commons_identity_appointment held
JOIN commons_identity_grant g ON g.role_id = held.role_id AND coalesce(g.holder_id, held.organisation_id) = held.organisation_id
JOIN commons_identity_organisationancestry below
  ON below.tree = g.tree AND below.ancestor_id = coalesce(g.organisation_id, held.organisation_id)
"""


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0001_initial")]

    operations = [migrations.RunSQL(VIEW, "DROP VIEW commons_identity_reach")]

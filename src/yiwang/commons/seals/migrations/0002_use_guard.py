"""A seal that is not in custody is used by nobody, not even by a command that forgot to ask; a number once given stays."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION seals_used_in_custody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM commons_seals_seal
    WHERE id = NEW.seal_id AND state = 'in_custody' AND organisation_id = NEW.organisation_id
      AND valid_from <= NEW.at AND valid_until >= NEW.at
  ) THEN
    RAISE EXCEPTION 'seal % is not in custody or not within its days', NEW.seal_id USING ERRCODE = 'YW021';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seals_used_in_custody AFTER INSERT ON commons_seals_sealuse
  FOR EACH ROW EXECUTE FUNCTION seals_used_in_custody();

CREATE FUNCTION seals_stay_what_they_are() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('refused', 'destroyed') OR NEW.code <> OLD.code OR NEW.kind <> OLD.kind
     OR NEW.organisation_id <> OLD.organisation_id OR NEW.sample <> OLD.sample
     OR (OLD.data IS NOT NULL AND NEW.data IS DISTINCT FROM OLD.data)
     OR (OLD.key_id IS NOT NULL AND NEW.key_id IS DISTINCT FROM OLD.key_id) THEN
    RAISE EXCEPTION 'seal % stays what it is', OLD.code USING ERRCODE = 'YW022';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seals_stay_what_they_are BEFORE UPDATE ON commons_seals_seal
  FOR EACH ROW EXECUTE FUNCTION seals_stay_what_they_are();
"""
BACKWARD = """
DROP TRIGGER seals_stay_what_they_are ON commons_seals_seal;
DROP FUNCTION seals_stay_what_they_are();
DROP TRIGGER seals_used_in_custody ON commons_seals_sealuse;
DROP FUNCTION seals_used_in_custody();
"""


class Migration(migrations.Migration):
    dependencies = [("commons_seals", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

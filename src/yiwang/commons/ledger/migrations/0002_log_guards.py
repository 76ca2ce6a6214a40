"""What the log's tables refuse, and the trigger that puts each new statement of evidence in the queue for the log."""

from django.db import migrations

FORWARD = """
-- 16 kB of hashes can't be compressed; uncompressed, one node is read without the others.
ALTER TABLE commons_ledger_tile ALTER COLUMN nodes SET STORAGE EXTERNAL;

CREATE FUNCTION ledger_entries_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  part record;
BEGIN
  FOR part IN SELECT log_id, min(index) AS first, max(index) AS last, count(*) AS many FROM fresh GROUP BY log_id LOOP
    IF part.last - part.first + 1 <> part.many
       OR (part.first > 0 AND NOT EXISTS (
             SELECT 1 FROM commons_ledger_entry WHERE log_id = part.log_id AND index = part.first - 1)) THEN
      RAISE EXCEPTION 'entries %..% do not follow the last one of log %', part.first, part.last, part.log_id
        USING ERRCODE = 'YW011';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM commons_ledger_log WHERE number = part.log_id AND closed_at IS NULL) THEN
      RAISE EXCEPTION 'log % is not open', part.log_id USING ERRCODE = 'YW011';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_follow AFTER INSERT ON commons_ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_follow();

CREATE FUNCTION ledger_tile_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM commons_ledger_entry
                 WHERE log_id = NEW.log_id AND index = ((NEW.number + 1) << (8 * (NEW.level + 1))) - 1) THEN
    RAISE EXCEPTION 'tile %/% of log % lies beyond the entries', NEW.level, NEW.number, NEW.log_id
      USING ERRCODE = 'YW012';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_tile_covered AFTER INSERT ON commons_ledger_tile
  FOR EACH ROW EXECUTE FUNCTION ledger_tile_covered();

CREATE FUNCTION ledger_checkpoint_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM commons_ledger_checkpoint WHERE log_id = NEW.log_id AND size > NEW.size)
     OR (NEW.size > 0 AND NOT EXISTS (
           SELECT 1 FROM commons_ledger_entry WHERE log_id = NEW.log_id AND index = NEW.size - 1)) THEN
    RAISE EXCEPTION 'checkpoint of % entries does not follow in log %', NEW.size, NEW.log_id USING ERRCODE = 'YW013';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_checkpoint_grows AFTER INSERT ON commons_ledger_checkpoint
  FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_grows();

CREATE FUNCTION ledger_cosignature_has_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM commons_ledger_checkpoint WHERE log_id = NEW.log_id AND size = NEW.size) THEN
    RAISE EXCEPTION 'log % has no checkpoint of % entries', NEW.log_id, NEW.size USING ERRCODE = 'YW014';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_cosignature_has_checkpoint AFTER INSERT ON commons_ledger_cosignature
  FOR EACH ROW EXECUTE FUNCTION ledger_cosignature_has_checkpoint();

CREATE FUNCTION ledger_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
     OR (OLD.number, OLD.origin, OLD.suite, OLD.public_key, OLD.opened_at)
        IS DISTINCT FROM (NEW.number, NEW.origin, NEW.suite, NEW.public_key, NEW.opened_at) THEN
    RAISE EXCEPTION 'a log keeps its name and key' USING ERRCODE = 'YW015';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_log_stays AFTER UPDATE OR DELETE ON commons_ledger_log
  FOR EACH ROW EXECUTE FUNCTION ledger_log_stays();

CREATE FUNCTION ledger_witness_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (OLD.log_id, OLD.name, OLD.organisation, OLD.suite, OLD.vkey, OLD.added_at)
        IS DISTINCT FROM (NEW.log_id, NEW.name, NEW.organisation, NEW.suite, NEW.vkey, NEW.added_at)
     OR (OLD.retired_at IS NOT NULL
         AND (OLD.retired_at, OLD.distrusted) IS DISTINCT FROM (NEW.retired_at, NEW.distrusted)) THEN
    RAISE EXCEPTION 'a witness keeps its name and key' USING ERRCODE = 'YW015';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_witness_stays AFTER UPDATE OR DELETE ON commons_ledger_witness
  FOR EACH ROW EXECUTE FUNCTION ledger_witness_stays();

CREATE FUNCTION ledger_evidence_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO commons_ledger_pendingevidence (evidence_id) SELECT id FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_evidence_waits AFTER INSERT ON kernel_evidencerow
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_evidence_waits();
INSERT INTO commons_ledger_pendingevidence (evidence_id) SELECT id FROM kernel_evidencerow;
"""
BACKWARD = """
DROP TRIGGER ledger_evidence_waits ON kernel_evidencerow;
DROP TRIGGER ledger_witness_stays ON commons_ledger_witness;
DROP TRIGGER ledger_log_stays ON commons_ledger_log;
DROP TRIGGER ledger_cosignature_has_checkpoint ON commons_ledger_cosignature;
DROP TRIGGER ledger_checkpoint_grows ON commons_ledger_checkpoint;
DROP TRIGGER ledger_tile_covered ON commons_ledger_tile;
DROP TRIGGER ledger_entries_follow ON commons_ledger_entry;
DROP FUNCTION ledger_evidence_waits, ledger_witness_stays, ledger_log_stays, ledger_cosignature_has_checkpoint,
  ledger_checkpoint_grows, ledger_tile_covered, ledger_entries_follow;
"""


class Migration(migrations.Migration):
    dependencies = [("commons_ledger", "0001_initial"), ("kernel", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

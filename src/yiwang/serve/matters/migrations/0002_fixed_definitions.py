"""The definition of a version can't be changed once it is written, not even by a command."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION serve_matters_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.digest IS DISTINCT FROM OLD.digest OR NEW.definition IS DISTINCT FROM OLD.definition
     OR NEW.version IS DISTINCT FROM OLD.version THEN
    RAISE EXCEPTION 'a published version of % is never edited', TG_TABLE_NAME USING ERRCODE = 'YW003';
  END IF;
  RETURN NEW;
END $$;
"""
_TRIGGER = """
CREATE TRIGGER serve_matters_fixed BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION serve_matters_fixed();
"""
_TABLES = ("serve_matters_matter", "serve_matters_bundle")


class Migration(migrations.Migration):
    dependencies = [("serve_matters", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=_FUNCTION + "".join(_TRIGGER.format(table=table) for table in _TABLES),
            reverse_sql="".join(f'DROP TRIGGER serve_matters_fixed ON "{table}";' for table in _TABLES)
            + "DROP FUNCTION serve_matters_fixed();",
        )
    ]

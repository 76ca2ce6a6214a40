"""Imports and the personnel systems."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0005_real_names")]

    operations = []

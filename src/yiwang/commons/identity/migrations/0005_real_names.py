"""Assurance, bindings and agency."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0004_openid")]

    operations = []

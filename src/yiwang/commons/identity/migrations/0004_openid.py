"""Clients of the OpenID provider."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0003_accounts")]

    operations = []

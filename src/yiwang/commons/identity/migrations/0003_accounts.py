"""Ways of logging in, sessions and codes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons_identity", "0002_heldgrant")]

    operations = []

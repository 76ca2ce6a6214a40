"""E-mail addresses of accounts, and codes that are asked for beside the password."""

import django.db.models.deletion
import yiwang.kernel.fields
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commons_identity', '0006_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailAddress',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('address', yiwang.kernel.fields.EncryptedTextField()),
                ('address_hash', models.BinaryField(max_length=32, unique=True)),
                ('confirmed_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='second_code',
            field=models.CharField(blank=True, choices=[('sms', 'sms'), ('mail', 'mail')], help_text='a code sent this way is asked for beside the password', max_length=4),
        ),
        migrations.AddField(
            model_name='onetimecode',
            name='mail',
            field=yiwang.kernel.fields.EncryptedTextField(null=True),
        ),
        migrations.AlterField(
            model_name='onetimecode',
            name='mobile',
            field=yiwang.kernel.fields.EncryptedTextField(null=True),
        ),
        migrations.AlterField(
            model_name='onetimecode',
            name='mobile_hash',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('login', 'login'), ('register', 'register'), ('recover', 'recover'), ('second', 'second'), ('confirm', 'confirm'), ('mail', 'mail')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='onetimecode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mail__isnull', False), ('mobile__isnull', True)), models.Q(('mail__isnull', True), ('mobile__isnull', False)), _connector='OR'), name='one_time_code_has_one_target'),
        ),
        migrations.AddField(
            model_name='mailaddress',
            name='account',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail', to=settings.AUTH_USER_MODEL),
        ),
    ]


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_address_release'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='idle_told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='闲置提醒时间'),
        ),
        migrations.AddField(
            model_name='user',
            name='reopened_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='恢复时间'),
        ),
    ]

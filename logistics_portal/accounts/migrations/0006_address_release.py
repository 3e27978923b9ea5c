
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_unit_changes_ahead'),
    ]

    operations = [
        migrations.CreateModel(
            name='AddressRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.GenericIPAddressField(verbose_name='地址')),
                ('at', models.DateTimeField(verbose_name='解除时间')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released_addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '地址解锁',
                'indexes': [models.Index(fields=['address', 'at'], name='address_release_by_address')],
            },
        ),
    ]

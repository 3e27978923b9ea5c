
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_people_imports'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='unitchange',
            name='unit_change_decided_by_somebody_at_some_time',
        ),
        migrations.AddField(
            model_name='unitchange',
            name='trouble',
            field=models.CharField(blank=True, max_length=200, verbose_name='未能生效的原因'),
        ),
        migrations.AlterField(
            model_name='unitchange',
            name='state',
            field=models.CharField(choices=[('asked', '待确认'), ('agreed', '已确认，到期生效'), ('done', '已生效'), ('refused', '已退回')], default='asked', max_length=8, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='unitchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['agreed', 'done', 'refused'])), _connector='OR'), name='unit_change_decided_by_somebody_at_some_time'),
        ),
    ]

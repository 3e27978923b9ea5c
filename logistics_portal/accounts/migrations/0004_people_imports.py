
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_post_requests'),
        ('records', '0002_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PeopleImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('checked', '已预检'), ('refused', '有错'), ('applied', '已导入'), ('cancelled', '已取消')], default='checked', max_length=10, verbose_name='状态')),
                ('rows', models.PositiveIntegerField(verbose_name='数据行')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('needs_second', models.BooleanField(default=False, verbose_name='须第二人确认')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lists_handed_over', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people_imports', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmed_people_imports', to=settings.AUTH_USER_MODEL)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.attachment')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people_imports', to='accounts.unit')),
            ],
            options={
                'verbose_name': '人员导入',
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('by')), _negated=True), _connector='OR'), name='people_import_second_is_another_person'), models.CheckConstraint(condition=models.Q(models.Q(('needs_second', True), ('state', 'applied'), _negated=True), ('confirmed_by__isnull', False), _connector='OR'), name='people_import_large_is_confirmed'), models.CheckConstraint(condition=models.Q(('asked_by', models.F('by')), _negated=True), name='people_import_list_comes_from_another_person'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'checked')), models.Q(models.Q(('state', 'checked'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='people_import_closed_at_some_time')],
            },
        ),
    ]


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('logistics_officer', '后勤管理员'), ('food_safety_officer', '食品安全员'), ('food_safety_director', '食品安全总监'), ('dorm_keeper', '宿管员'), ('vice_principal_logistics', '分管后勤副校长'), ('principal', '校长'), ('party_secretary', '党组织书记'), ('office_clerk', '后勤部门经办'), ('office_head', '后勤部门负责人'), ('inspector', '督学'), ('inspectorate_head', '督导机构负责人'), ('bureau_leader', '局（厅）分管领导'), ('scheme_admin', '省级评价管理员'), ('system_operator', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '审计管理员')], max_length=30, verbose_name='岗位')),
                ('username', models.CharField(max_length=60, verbose_name='登录名')),
                ('full_name', models.CharField(max_length=40, verbose_name='姓名')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='手机')),
                ('first_date', models.DateField(verbose_name='起始日期')),
                ('last_date', models.DateField(blank=True, null=True, verbose_name='终止日期')),
                ('school_units', models.JSONField(blank=True, default=list, verbose_name='指定学校')),
                ('places', models.JSONField(blank=True, default=list, verbose_name='指定场所')),
                ('reason', models.CharField(max_length=200, verbose_name='依据')),
                ('state', models.CharField(choices=[('asked', '待办理'), ('granted', '已授予'), ('refused', '已退回'), ('withdrawn', '已撤回')], default='asked', max_length=10, verbose_name='状态')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='办理时间')),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='退回理由')),
            ],
            options={
                'verbose_name': '岗位申请',
            },
        ),
        migrations.AddField(
            model_name='post',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts_asked_for', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), ('granted_by__isnull', True), models.Q(('asked_by', models.F('granted_by')), _negated=True), _connector='OR'), name='post_is_not_granted_by_who_asked_for_it'),
        ),
        migrations.AddField(
            model_name='postrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_posts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='postrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decided_post_requests', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='postrequest',
            name='post',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='accounts.post'),
        ),
        migrations.AddField(
            model_name='postrequest',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='post_requests', to='accounts.unit'),
        ),
        migrations.AddIndex(
            model_name='postrequest',
            index=models.Index(fields=['state', 'asked_at'], name='post_request_by_state'),
        ),
        migrations.AddConstraint(
            model_name='postrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='post_request_takes_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='postrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('state', 'withdrawn')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['granted', 'refused'])), _connector='OR'), name='post_request_decided_by_somebody_at_some_time'),
        ),
        migrations.AddConstraint(
            model_name='postrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('post__isnull', False), ('state', 'granted')), models.Q(models.Q(('state', 'granted'), _negated=True), ('post__isnull', True)), _connector='OR'), name='post_request_granted_has_its_post'),
        ),
        migrations.AddConstraint(
            model_name='postrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='post_request_refused_says_why'),
        ),
        migrations.AddConstraint(
            model_name='postrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('unit', 'role', 'username'), name='a_post_is_asked_for_once_at_a_time'),
        ),
    ]

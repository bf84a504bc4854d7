import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('members', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16, verbose_name='名称')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='顺序')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('committee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.committee', verbose_name='所属政协')),
            ],
            options={
                'verbose_name': '类别',
                'verbose_name_plural': '类别',
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('committee', 'name'), name='category_once'), models.UniqueConstraint(condition=models.Q(('committee', None)), fields=('name',), name='category_national_once')],
            },
        ),
        migrations.CreateModel(
            name='MicroProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='标识')),
                ('number', models.PositiveIntegerField(editable=False, null=True, verbose_name='编号')),
                ('year', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='年度')),
                ('title', models.CharField(max_length=50, verbose_name='标题')),
                ('body', models.TextField(validators=[django.core.validators.MaxLengthValidator(3000)], verbose_name='内容')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('reviewing', '联审中'), ('returned', '待补正'), ('agreed', '待交办'), ('assigned', '办理中'), ('closed', '已办结'), ('declined', '不予采纳'), ('withdrawn', '已撤回')], default='draft', editable=False, max_length=16, verbose_name='状态')),
                ('publication', models.CharField(choices=[('full', '全文公开'), ('summary', '摘要公开'), ('none', '不公开')], default='none', editable=False, max_length=8, verbose_name='公开方式')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='起草时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_index=True, verbose_name='更新时间')),
                ('submitted_at', models.DateTimeField(editable=False, null=True, verbose_name='提交时间')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='办结时间')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='micros', to='members.member', verbose_name='提交人')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='proposals.category', verbose_name='类别')),
                ('committee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='micros', to='members.committee', verbose_name='政协')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.region', verbose_name='地点')),
            ],
            options={
                'verbose_name': '微建议',
                'verbose_name_plural': '微建议',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['committee', 'state', '-id'], name='micro_state'), models.Index(fields=['committee', 'category', '-id'], name='micro_category'), models.Index(fields=['committee', '-id'], name='micro_committee'), models.Index(fields=['author', '-id'], name='micro_author'), models.Index(condition=models.Q(('publication__in', ['full', 'summary']), ('state', 'closed')), fields=['committee', '-id'], name='micro_public')],
                'constraints': [models.UniqueConstraint(fields=('committee', 'year', 'number'), name='micro_number_once'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'reviewing', 'returned', 'agreed', 'assigned', 'closed', 'declined', 'withdrawn'])), name='micro_state_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), models.Q(('category__isnull', False), ('number__isnull', False), ('region__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='micro_submitted_is_complete'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='micro_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='事项')),
                ('text', models.TextField(verbose_name='内容')),
                ('leader_name', models.CharField(max_length=32, verbose_name='定领导')),
                ('leader_post', models.CharField(max_length=32, verbose_name='领导职务')),
                ('due_on', models.DateField(verbose_name='定时间')),
                ('due_why', models.JSONField(blank=True, default=dict, verbose_name='期限说明')),
                ('duty', models.TextField(max_length=500, verbose_name='定责任')),
                ('quality', models.TextField(max_length=500, verbose_name='定质量')),
                ('replied_at', models.DateTimeField(editable=False, null=True, verbose_name='包回复')),
                ('satisfied_at', models.DateTimeField(editable=False, null=True, verbose_name='包满意')),
                ('implemented_at', models.DateTimeField(editable=False, null=True, verbose_name='包落实')),
                ('state', models.CharField(choices=[('pending', '待签收'), ('handling', '办理中'), ('replied', '待评价'), ('following', '跟踪落实'), ('closed', '已办结'), ('returned', '已退回')], default='pending', editable=False, max_length=16, verbose_name='状态')),
                ('round', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='轮次')),
                ('clock', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='计时版本')),
                ('assigned_at', models.DateTimeField(editable=False, verbose_name='交办时间')),
                ('accepted_at', models.DateTimeField(editable=False, null=True, verbose_name='签收时间')),
                ('returned_at', models.DateTimeField(editable=False, null=True, verbose_name='退回时间')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='退回理由')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='办结时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_index=True, verbose_name='更新时间')),
                ('assigned_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='交办人')),
                ('committee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='members.committee', verbose_name='政协')),
                ('handler', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='定人员')),
                ('rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评价人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='members.organisation', verbose_name='承办单位')),
                ('micro', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='proposals.microproposal', verbose_name='微建议')),
            ],
            options={
                'verbose_name': '交办件',
                'verbose_name_plural': '交办件',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['committee', 'state', '-id'], name='assignment_state'), models.Index(fields=['unit', 'state', 'due_on'], name='assignment_unit'), models.Index(condition=models.Q(('state__in', ['pending', 'handling'])), fields=['committee', 'due_on'], name='assignment_due'), models.Index(fields=['rater', 'state'], name='assignment_rater')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'handling', 'replied', 'following', 'closed', 'returned'])), name='assignment_state_known'), models.CheckConstraint(condition=models.Q(('leader_name', ''), ('leader_post', ''), ('duty', ''), ('quality', ''), _connector='OR', _negated=True), name='assignment_five_fixings'), models.UniqueConstraint(condition=models.Q(('state', 'returned'), _negated=True), fields=('micro',), name='assignment_one_lead_for_a_micro'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('implemented_at__isnull', False), ('replied_at__isnull', False), ('satisfied_at__isnull', False)), _connector='OR'), name='assignment_closed_by_three_guarantees'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(models.Q(('return_reason', ''), _negated=True), ('returned_at__isnull', False)), _connector='OR'), name='assignment_returned_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='申请延至')),
                ('previously', models.DateField(verbose_name='原期限')),
                ('reason', models.CharField(max_length=500, verbose_name='理由')),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('state', models.CharField(choices=[('asked', '待审批'), ('granted', '已同意'), ('refused', '未同意')], default='asked', editable=False, max_length=16, verbose_name='状态')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='审批时间')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='审批意见')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='proposals.assignment', verbose_name='交办件')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审批人')),
            ],
            options={
                'verbose_name': '延期',
                'verbose_name_plural': '延期',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('assignment',), name='extension_one_open'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('previously'))), name='extension_is_later'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='extension_decided_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='JointReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('opened_at', models.DateTimeField(verbose_name='开始时间')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('due_why', models.JSONField(default=dict, verbose_name='期限说明')),
                ('verdicts_given', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='已出具')),
                ('result', models.CharField(blank=True, choices=[('agree', '同意'), ('disagree', '不同意'), ('supplement', '需补正')], editable=False, max_length=16, verbose_name='联审结果')),
                ('settled_at', models.DateTimeField(editable=False, null=True, verbose_name='完成时间')),
                ('micro', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='proposals.microproposal', verbose_name='微建议')),
            ],
            options={
                'verbose_name': '三办联审',
                'verbose_name_plural': '三办联审',
                'ordering': ['micro', 'round'],
                'constraints': [models.UniqueConstraint(fields=('micro', 'round'), name='review_round_once'), models.UniqueConstraint(condition=models.Q(('result', '')), fields=('micro',), name='review_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('result', ''), ('settled_at__isnull', True)), models.Q(models.Q(('result', ''), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='review_settled_has_time')],
            },
        ),
        migrations.CreateModel(
            name='OfficeVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('agree', '同意'), ('disagree', '不同意'), ('supplement', '需补正')], max_length=16, verbose_name='意见')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='出具人')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation', verbose_name='办公室')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='proposals.jointreview', verbose_name='联审')),
            ],
            options={
                'verbose_name': '联审意见',
                'verbose_name_plural': '联审意见',
                'ordering': ['review', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'office'), name='verdict_once')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('opened_at', models.DateTimeField(verbose_name='开始时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='缘由')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='proposals.assignment', verbose_name='交办件')),
            ],
            options={
                'verbose_name': '办理轮次',
                'verbose_name_plural': '办理轮次',
                'ordering': ['assignment', 'number'],
                'constraints': [models.UniqueConstraint(fields=('assignment', 'number'), name='round_once')],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=5000, verbose_name='答复内容')),
                ('grade', models.CharField(choices=[('A', 'A类：已经解决或基本解决'), ('B', 'B类：正在解决或已列入计划逐步解决'), ('C', 'C类：受条件限制暂时不能解决，留作参考')], max_length=1, verbose_name='办理结果')),
                ('grade_wording', models.CharField(editable=False, max_length=64, verbose_name='结果释义')),
                ('reason', models.CharField(blank=True, help_text='C 类必填', max_length=500, verbose_name='不能解决的原因')),
                ('promise', models.CharField(blank=True, help_text='B 类必填：将做成什么', max_length=500, verbose_name='承诺事项')),
                ('promised_on', models.DateField(blank=True, help_text='B 类必填：何时做成', null=True, verbose_name='承诺日期')),
                ('publication', models.CharField(choices=[('full', '全文公开'), ('summary', '摘要公开'), ('none', '不公开')], default='full', max_length=8, verbose_name='公开方式')),
                ('private_reason', models.CharField(blank=True, max_length=200, verbose_name='不公开的理由')),
                ('state', models.CharField(choices=[('draft', '起草中'), ('submitted', '待签发'), ('sent', '已送达')], default='draft', editable=False, max_length=16, verbose_name='状态')),
                ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='送达时间')),
                ('drafted_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('signed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='proposals.round', verbose_name='轮次')),
            ],
            options={
                'verbose_name': '答复',
                'verbose_name_plural': '答复',
                'constraints': [models.CheckConstraint(condition=models.Q(('grade__in', ['A', 'B', 'C'])), name='reply_grade_known'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('grade', 'B'), _negated=True), models.Q(models.Q(('promise', ''), _negated=True), ('promised_on__isnull', False)), _connector='OR'), name='reply_b_promises'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('grade', 'C'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='reply_c_explains'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('signed_by__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True), ('signed_by__isnull', True)), _connector='OR'), name='reply_sent_is_signed')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('satisfaction', models.CharField(choices=[('satisfied', '满意'), ('basic', '基本满意'), ('unsatisfied', '不满意')], max_length=16, verbose_name='满意程度')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='评价意见')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评价人')),
                ('reply', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rating', to='proposals.reply', verbose_name='答复')),
            ],
            options={
                'verbose_name': '评价',
                'verbose_name_plural': '评价',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('satisfaction', 'unsatisfied'), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='rating_unsatisfied_says_why')],
            },
        ),
    ]

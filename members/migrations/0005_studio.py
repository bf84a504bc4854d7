import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_grid_facts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='parameter',
            name='code',
            field=models.CharField(choices=[('micro.min_length', '微建议正文最少字数'), ('micro.soft_length', '微建议正文提示字数'), ('review.rule', '三办联审通过规则'), ('review.workdays', '三办联审时限'), ('handling.workdays', '微建议办理时限'), ('outcome.workdays', '协商成果办理时限'), ('handling.months', '办理最长时限'), ('extension.total_months', '延期后最长时限'), ('return.workdays', '退回改办时限'), ('rating.workdays', '委员评价时限'), ('rework.months', '重新办理时限'), ('satisfaction.accepts', '包满意的标准'), ('explanation.workdays', '宣传解释时限'), ('notice.workdays', '协商前通知'), ('question.workdays', '委员答复群众提问时限'), ('question.daily', '同一来源每天最多提问'), ('words.workdays', '答复群众反映时限'), ('words.daily', '同一来源每天最多反映'), ('words.contact_days', '群众反映办完后多久清除联系方式'), ('objection.workdays', '考评结果申诉期'), ('objection.answer_workdays', '考评申诉答复时限'), ('review.raters', '述职评议由谁评'), ('check_in.late_minutes', '开始后多久算迟到'), ('contact.gap_months', '多久没有联系就提醒'), ('grid.remind_day', '网格月反馈每月几日提醒'), ('grid.log_workdays', '上月网格反馈可补填'), ('grid.silent_days', '多少天没有反馈算沉默'), ('letter.workdays', '互通信息回复时限'), ('inspection.recheck_days', '建站检查缺项多久补齐'), ('minutes.workdays', '协商纪要时限'), ('box.daily', '意见箱每天最多收几封')], max_length=64, verbose_name='参数'),
        ),
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=64, verbose_name='想请教什么')),
                ('words', models.TextField(validators=[django.core.validators.MaxLengthValidator(1000)], verbose_name='说明')),
                ('until', models.DateField(verbose_name='征求到哪天')),
                ('state', models.CharField(choices=[('open', '正在征求'), ('summed', '已有结语'), ('taken_down', '已撤下')], default='open', editable=False, max_length=12, verbose_name='状态')),
                ('at', models.DateTimeField(editable=False, verbose_name='发布时间')),
                ('summary', models.TextField(blank=True, editable=False, validators=[django.core.validators.MaxLengthValidator(1000)], verbose_name='结语')),
                ('summed_at', models.DateTimeField(editable=False, null=True, verbose_name='结语时间')),
                ('why_taken_down', models.CharField(blank=True, editable=False, max_length=200, verbose_name='撤下的原因')),
                ('committee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='members.committee', verbose_name='政协')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='members.member', verbose_name='委员')),
            ],
            options={
                'verbose_name': '向您请教',
                'verbose_name_plural': '向您请教',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['committee', 'state', '-id'], name='inquiry_state'), models.Index(fields=['member', 'state', '-id'], name='inquiry_of_member')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'summed', 'taken_down'])), name='inquiry_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'summed'), _negated=True), models.Q(('summary', ''), _negated=True), _connector='OR'), name='inquiry_summed_has_words'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'taken_down'), _negated=True), models.Q(('why_taken_down', ''), _negated=True), _connector='OR'), name='inquiry_down_says_why')],
            },
        ),
        migrations.CreateModel(
            name='InquiryReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='标识')),
                ('place', models.CharField(blank=True, max_length=32, verbose_name='您在哪里')),
                ('words', models.TextField(validators=[django.core.validators.MaxLengthValidator(500)], verbose_name='回应')),
                ('receipt', models.CharField(editable=False, max_length=32, unique=True, verbose_name='查询码摘要')),
                ('state', models.CharField(choices=[('sent', '待审核'), ('shown', '已公开'), ('hidden', '未公开')], default='sent', editable=False, max_length=8, verbose_name='状态')),
                ('at', models.DateTimeField(editable=False, verbose_name='提交时间')),
                ('why_hidden', models.CharField(blank=True, editable=False, max_length=200, verbose_name='不公开的原因')),
                ('inquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='members.inquiry', verbose_name='请教')),
                ('moderated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
            ],
            options={
                'verbose_name': '群众回应',
                'verbose_name_plural': '群众回应',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['inquiry', 'state', '-id'], name='inquiry_reply_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'shown', 'hidden'])), name='inquiry_reply_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'hidden'), _negated=True), models.Q(('why_hidden', ''), _negated=True), _connector='OR'), name='inquiry_reply_hidden_says_why')],
            },
        ),
        migrations.CreateModel(
            name='QuestionTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='第几问')),
                ('words', models.TextField(validators=[django.core.validators.MaxLengthValidator(500)], verbose_name='追问')),
                ('state', models.CharField(choices=[('asked', '待审核'), ('passed', '待答复'), ('answered', '已答复'), ('refused', '未公开')], default='asked', editable=False, max_length=12, verbose_name='状态')),
                ('at', models.DateTimeField(editable=False, verbose_name='追问时间')),
                ('due_on', models.DateField(editable=False, null=True, verbose_name='答复期限')),
                ('due_why', models.JSONField(default=dict, editable=False, verbose_name='期限说明')),
                ('why_refused', models.CharField(blank=True, editable=False, max_length=200, verbose_name='不公开的原因')),
                ('answer', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(1000)], verbose_name='答复')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='答复时间')),
                ('moderated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='members.memberquestion', verbose_name='问答')),
            ],
            options={
                'verbose_name': '追问',
                'verbose_name_plural': '追问',
                'ordering': ['question', 'number'],
                'indexes': [models.Index(fields=['state', '-id'], name='question_turn_state')],
                'constraints': [models.UniqueConstraint(fields=('question', 'number'), name='question_turn_number_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'passed'])), fields=('question',), name='question_turn_one_waits'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'passed', 'answered', 'refused'])), name='question_turn_state_known'), models.CheckConstraint(condition=models.Q(('number__gte', 2)), name='question_turn_after_the_first'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('why_refused', ''), _negated=True), _connector='OR'), name='question_turn_refused_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='question_turn_answered_has_answer')],
            },
        ),
    ]

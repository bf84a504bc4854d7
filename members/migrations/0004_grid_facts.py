"""Two more kinds of facts: service in a grid, reception of the public."""

from importlib import import_module

from django.db import migrations, models

ledger = import_module("members.migrations.0003_protect_ledger")


def protect_again(apps, schema_editor):
    """SQLite has rebuilt the table without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            schema_editor.execute(ledger.trail.SQLITE.format(table="members_dutyrecord", deed=deed))



class Migration(migrations.Migration):

    dependencies = [
        ('members', '0003_protect_ledger'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='dutyrecord',
            name='duty_fact_known',
        ),
        migrations.AlterField(
            model_name='dutyclaim',
            name='fact',
            field=models.CharField(choices=[('plenary', '全体会议'), ('standing', '常委会会议'), ('committee_meeting', '专委会会议'), ('consultation', '协商活动'), ('activity', '履职活动'), ('training', '学习培训'), ('speech', '会议发言'), ('charity', '公益活动'), ('proposal', '提交提案'), ('proposal_filed', '提案立案'), ('proposal_key', '重点提案'), ('proposal_excellent', '优秀提案'), ('information', '反映社情民意信息'), ('information_adopted', '信息被采用'), ('instruction', '领导批示'), ('micro', '提交微建议'), ('micro_adopted', '微建议交办'), ('micro_done', '微建议办结'), ('topic', '推荐议题'), ('topic_selected', '议题被采用'), ('commitment_kept', '承诺兑现'), ('unit_visited', '深入基层单位'), ('project', '助力实事工程'), ('contact', '联系走访'), ('answer', '答复群众提问'), ('grid', '进网格服务'), ('reception', '接待群众'), ('task', '完成周期任务'), ('homework', '委员作业'), ('report', '履职报告'), ('publicity', '履职宣传'), ('honour', '表彰奖励')], max_length=24, verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='dutyrecord',
            name='fact',
            field=models.CharField(choices=[('plenary', '全体会议'), ('standing', '常委会会议'), ('committee_meeting', '专委会会议'), ('consultation', '协商活动'), ('activity', '履职活动'), ('training', '学习培训'), ('speech', '会议发言'), ('charity', '公益活动'), ('proposal', '提交提案'), ('proposal_filed', '提案立案'), ('proposal_key', '重点提案'), ('proposal_excellent', '优秀提案'), ('information', '反映社情民意信息'), ('information_adopted', '信息被采用'), ('instruction', '领导批示'), ('micro', '提交微建议'), ('micro_adopted', '微建议交办'), ('micro_done', '微建议办结'), ('topic', '推荐议题'), ('topic_selected', '议题被采用'), ('commitment_kept', '承诺兑现'), ('unit_visited', '深入基层单位'), ('project', '助力实事工程'), ('contact', '联系走访'), ('answer', '答复群众提问'), ('grid', '进网格服务'), ('reception', '接待群众'), ('task', '完成周期任务'), ('homework', '委员作业'), ('report', '履职报告'), ('publicity', '履职宣传'), ('honour', '表彰奖励')], max_length=24, verbose_name='事项'),
        ),
        migrations.AddConstraint(
            model_name='dutyrecord',
            constraint=models.CheckConstraint(condition=models.Q(('fact__in', ['plenary', 'standing', 'committee_meeting', 'consultation', 'activity', 'training', 'speech', 'charity', 'proposal', 'proposal_filed', 'proposal_key', 'proposal_excellent', 'information', 'information_adopted', 'instruction', 'micro', 'micro_adopted', 'micro_done', 'topic', 'topic_selected', 'commitment_kept', 'unit_visited', 'project', 'contact', 'answer', 'grid', 'reception', 'task', 'homework', 'report', 'publicity', 'honour'])), name='duty_fact_known'),
        ),
        migrations.RunPython(protect_again, migrations.RunPython.noop),
    ]

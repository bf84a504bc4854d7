"""Figures with numerator, denominator and scope; what leaves the site; what the presets hold."""

import datetime
import io
from zipfile import ZipFile

import pytest

from consultation import documents, presets, queries, services
from consultation.models import Consultation, Outcome, Procedure, ProcedureStep, QuotaFormula
from consultation.states import ConsultationState, OutcomeState, PlanState
from tests.factories import consultation as make

pytestmark = pytest.mark.django_db


def test_formula_counts_held_and_planned_by_form(cast):
    plan = make.plan(cast)
    for title, form, month in [("全会", "plenary", 1), ("民生", "key_thematic", 4), ("校园", "key_thematic", 5)]:
        make.item(plan, cast, title=title, form=form, month=month)
    make.consultation(cast, ConsultationState.CONCLUDED, form="key_thematic")
    make.consultation(cast, ConsultationState.RUNNING, form="key_thematic")
    make.consultation(cast, ConsultationState.CONCLUDED, form="micro")
    figures = [(f.label, f.done, f.planned, f.total, f.open_ended) for f in queries.quota_figures(plan)]
    assert figures == [
        ("全体会议协商", 0, 1, 1, False),
        ("政府政协联席会议", 0, 0, 1, False),
        ("专题议政性常委会会议", 0, 0, 2, False),
        ("重点履职活动", 1, 2, 4, False),
        ("其他协商", 1, 1, 1, True),
    ]


def test_conversion_names_its_scope(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    for state in (OutcomeState.DONE, OutcomeState.ROUTED, OutcomeState.DRAFTED):
        make.outcome(run, cast, state)
    assert queries.conversion(Outcome.objects.all(), "本次协商") == queries.Figure(
        "成果落实率", 1, 3, "已落实 / 全部成果（本次协商）"
    )


def test_four_stages_move_on(cast):
    def stages(run):
        run = Consultation.objects.select_related("topic").get(pk=run.pk)
        outcomes = list(Outcome.objects.public().filter(consultation=run))
        return [s["state"] for s in queries.four_stages(run, list(run.sessions.all()), outcomes)]

    run = make.consultation(cast, ConsultationState.RUNNING)
    assert stages(run) == ["done", "now", "next", "next"]
    make.session(run, cast)
    assert stages(run) == ["done", "done", "now", "next"]
    outcome = make.outcome(run, cast, OutcomeState.ROUTED)
    assert stages(run) == ["done", "done", "done", "now"]
    services.finish_task(outcome.tasks.get(), words="已解释", by=cast.li, at=make.AT)
    services.look_again(outcome, words="理解", settled=True, by=cast.li, at=make.AT)
    assert stages(run) == ["done", "done", "done", "done"]


def test_document_names_the_three_offices_the_number_and_every_item(cast):
    plan = make.plan(cast, PlanState.ISSUED)
    text = ZipFile(io.BytesIO(documents.plan_document(plan))).read("word/document.xml").decode()
    wanted = ["县党委办", "县政府办", "县政协办", "嘉政协办发〔2026〕3号", "推进农村饮水安全", "专题协商会"]
    assert [word for word in wanted if word not in text] == []


def test_no_cell_is_a_formula(cast):
    plan = make.plan(cast)
    make.item(plan, cast, title='=HYPERLINK("http://evil")', lead="@某")
    line = b"".join(documents.plan_table(plan)).decode("utf-8-sig").splitlines()[2]
    assert line.startswith('2,"\'=HYPERLINK(""http://evil"")",专题协商会,6月,\'@某')


def test_a_formula_in_full_width_is_none_either(cast):
    plan = make.plan(cast)
    make.item(plan, cast, title="＝1＋1", lead="＠某")
    line = b"".join(documents.plan_table(plan)).decode("utf-8-sig").splitlines()[2]
    assert line.startswith("2,'＝1＋1,专题协商会,6月,'＠某")


def test_calendar_lines_are_folded_between_characters_and_days_are_exact(cast):
    plan = make.plan(cast)
    make.item(plan, cast, title="长" * 90, month=12, planned_on=datetime.date(2026, 12, 31))
    services.submit_plan(plan, procedure=make.procedure("县级计划审批", "plan"), by=cast.li, at=make.AT)
    make.walk_steps(plan, cast)
    make.sign_and_issue(plan, cast)
    raw = documents.plan_calendar(plan, host="example.gov.cn")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    unfolded = raw.decode().replace("\r\n ", "")
    assert f"SUMMARY:{'长' * 90}\r\n" in unfolded
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in unfolded


def test_presets_are_loaded_once_and_leave_edited_rows_alone(db):
    presets.load()
    ProcedureStep.objects.filter(procedure__name="六步协商", position=1).update(name="改过的")
    count = ProcedureStep.objects.count()
    presets.load()
    assert ProcedureStep.objects.count() == count
    assert ProcedureStep.objects.get(procedure__name="六步协商", position=1).name == "改过的"
    six = Procedure.objects.get(name="六步协商")
    assert six.steps.get(kind="session").agenda.name == "四步议事"
    assert list(Procedure.objects.filter(is_reconstructed=True).values_list("name", flat=True)) == [
        "三个阶段十个环节", "九步工作法", "十步工作法",
    ]  # fmt: skip
    county = QuotaFormula.objects.get(name="1124+N")
    assert list(county.lines.values_list("count", "open_ended")) == [
        (1, False), (1, False), (2, False), (4, False), (0, True),
    ]  # fmt: skip

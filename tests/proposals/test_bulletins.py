"""Issues of 社情民意: edited from reports, put forward, signed and numbered; the originals stay."""

import io

import pytest
from django.core.exceptions import PermissionDenied
from docx import Document

from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from proposals.documents import information as documents
from proposals.models import Bulletin, Information
from proposals.queries import information as queries
from proposals.services import bulletins as services
from proposals.services.information import Whose
from proposals.states import BULLETIN_MOVES, BulletinState, InformationState
from tests.factories import information as make
from tests.factories.information import AT

pytestmark = pytest.mark.django_db
B, S = BulletinState, InformationState

DO = {
    "put_forward": lambda row, by: services.put_forward(row, by=by, at=AT),
    "send_back": lambda row, by: services.send_back(row, words="精简到一页", by=by, at=AT),
    "sign": lambda row, by: services.sign(row, by=by, at=AT),
}
EDITS = {
    "edit": lambda row, by: services.edit(row, title="改", text="改了", range="县委", by=by, at=AT),
    "drop": lambda row, by: services.drop(row, by=by, at=AT),
    "take_out": lambda row, by: services.take_out(row, row.reports.get(), by=by, at=AT),
}


@pytest.mark.parametrize("verb", DO)
@pytest.mark.parametrize("state", list(B))
def test_every_verb_in_every_state(cast, state, verb):
    row = make.bulletin(cast, state)
    by = cast.li if verb == "put_forward" else cast.zhou
    if state in BULLETIN_MOVES[verb].sources:
        DO[verb](row, by)
        assert Bulletin.objects.get().state == BULLETIN_MOVES[verb].target
    else:
        with pytest.raises(WrongState):
            DO[verb](row, by)
        assert Bulletin.objects.get().state == state


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize("state", list(B))
def test_it_is_changed_only_while_it_is_edited(cast, state, verb):
    row = make.bulletin(cast, state)
    if state == B.EDITING:
        EDITS[verb](row, cast.li)
        return
    with pytest.raises(WrongState):
        EDITS[verb](row, cast.li)
    assert Bulletin.objects.get().reports.count() == 1


@pytest.mark.parametrize("who", ["wang", "li", "zhou", "zhang", "sun", "zhao"])
@pytest.mark.parametrize(("verb", "state"), [("put_forward", B.EDITING), ("send_back", B.TO_SIGN), ("sign", B.TO_SIGN)])
def test_who_may_do_it(cast, verb, state, who):
    row = make.bulletin(cast, state)
    if who == ("li" if verb == "put_forward" else "zhou"):
        DO[verb](row, getattr(cast, who))
        return
    with pytest.raises(PermissionDenied):
        DO[verb](row, getattr(cast, who))
    assert Bulletin.objects.get().state == state


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize("who", ["wang", "zhou", "zhao"])
def test_only_the_register_edits(cast, verb, who):
    row = make.bulletin(cast)
    with pytest.raises(PermissionDenied):
        EDITS[verb](row, getattr(cast, who))


def test_it_begins_with_the_reports_words_under_their_heads(cast):
    first = make.report(cast, S.REGISTERED, title="班车停运")
    second = make.report(cast, S.REGISTERED, title="公交太少", cause="")
    row = make.bulletin(cast, reports=[first, second])
    assert row.title == "班车停运"
    lines = row.text.splitlines()
    assert lines[0] == "一、情况和问题"
    assert lines[1].startswith("（班车停运）金田村")
    assert [line for line in lines if "、" in line[:2]] == ["一、情况和问题", "二、原因分析", "三、意见建议"]
    assert row.range == services.USUAL_RANGE


def test_the_original_is_not_changed_by_the_editor(cast):
    report = make.report(cast, S.IN_ISSUE)
    issue = report.bulletin
    services.edit(issue, title="新标题", text="新正文", range="县委", by=cast.li, at=AT)
    again = Information.objects.get(pk=report.pk)
    assert (again.title, again.problem) == (report.title, report.problem)
    assert make.bulletin(cast, reports=[make.report(cast, S.REGISTERED, title="下一件")]).range == "县委"


def test_what_cannot_be_edited_is_named(cast):
    row = make.bulletin(cast)
    with pytest.raises(Incomplete) as refused:
        services.edit(row, title="", text="", range="x" * 201, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"title", "text", "range"}
    assert Bulletin.objects.get().title


@pytest.mark.parametrize("state", [state for state in S if state != S.REGISTERED])
def test_only_registered_reports_go_in(cast, state):
    report = make.report(cast, state)
    before = Bulletin.objects.count()
    with pytest.raises(WrongState):
        services.begin([report], committee=cast.committee, by=cast.li, at=AT)
    assert Bulletin.objects.count() == before


def test_nothing_chosen_is_refused(cast):
    with pytest.raises(Incomplete):
        services.begin([], committee=cast.committee, by=cast.li, at=AT)


def test_one_more_goes_in_and_comes_out_again(cast):
    row, more = make.bulletin(cast), make.report(cast, S.REGISTERED, title="再加一件")
    services.add(row, more, by=cast.li, at=AT)
    assert row.reports.count() == 2
    more.refresh_from_db()
    services.take_out(row, more, by=cast.li, at=AT)
    more.refresh_from_db()
    assert (more.state, more.bulletin) == (S.REGISTERED, None)
    with pytest.raises(WrongState):
        services.take_out(row, more, by=cast.li, at=AT)


def test_an_empty_one_is_not_put_forward_and_can_be_dropped(cast):
    row = make.bulletin(cast)
    services.take_out(row, row.reports.get(), by=cast.li, at=AT)
    with pytest.raises(Refusal):
        services.put_forward(row, by=cast.li, at=AT)
    services.drop(row, by=cast.li, at=AT)
    assert not Bulletin.objects.exists()
    assert Information.objects.get().state == S.REGISTERED


def test_signing_numbers_it_and_issues_its_reports(cast):
    first, second = (
        make.bulletin(cast, B.TO_SIGN),
        make.bulletin(cast, B.TO_SIGN, reports=[make.report(cast, S.REGISTERED, title="乙")]),
    )
    services.sign(second, by=cast.zhou, at=AT)
    services.sign(first, by=cast.zhou, at=AT)
    assert [row.serial for row in (second, first)] == ["2026年第1期", "2026年第2期"]
    assert set(Information.objects.values_list("state", flat=True)) == {S.ISSUED}
    assert Notice.objects.filter(recipient=cast.li, kind="bulletin-issued").count() == 2


def test_signed_twice_it_has_one_number(cast):
    row = make.bulletin(cast, B.TO_SIGN)
    stale = Bulletin.objects.get(pk=row.pk)
    services.sign(row, by=cast.zhou, at=AT)
    with pytest.raises(WrongState):
        services.sign(stale, by=cast.zhou, at=AT)
    assert Bulletin.objects.get().number == 1


def test_the_editor_reads_what_is_to_be_changed_until_it_is_put_forward_again(cast):
    row = make.bulletin(cast, B.TO_SIGN)
    with pytest.raises(Incomplete):
        services.send_back(row, words=" ", by=cast.zhou, at=AT)
    services.send_back(row, words="精简到一页", by=cast.zhou, at=AT)
    assert services.sent_back_with(row) == "精简到一页"
    assert Notice.objects.get(recipient=cast.li, kind="bulletin-back").body == "精简到一页"
    services.put_forward(row, by=cast.li, at=AT)
    assert services.sent_back_with(row) == ""


def test_who_has_one_to_sign(cast):
    row = make.bulletin(cast, B.TO_SIGN)
    assert list(queries.awaiting_signature(cast.zhou)) == [row]
    assert not queries.awaiting_signature(cast.li).exists()
    assert Notice.objects.filter(recipient=cast.zhou, kind="bulletin-to-sign").count() == 1


def text_of(content):
    return [line.text for line in Document(io.BytesIO(content)).paragraphs if line.text.strip()]


def test_the_sheet_says_number_signer_reporters_text_and_range(cast):
    unit = make.report(cast, S.REGISTERED, title="企业用工难", by=cast.li, whose=Whose(reporter="县工商联"))
    row = make.bulletin(cast, B.ISSUED, reports=[make.report(cast, S.REGISTERED), unit])
    lines = text_of(documents.sheet_of(row))
    words = "\n".join(lines)
    for part in (
        "2026年第1期",
        "周主席",
        "农村客运停运老人就医不便",
        "反映人及单位：县工商联、王委员",
        "报送：县委、县政府",
    ):
        assert part in words
    assert lines[0] == "内部资料"
    assert "一、情况和问题" in lines
    assert "三、意见建议" in lines


def test_before_it_is_signed_the_sheet_says_so(cast):
    words = "\n".join(text_of(documents.sheet_of(make.bulletin(cast))))
    assert "送签稿" in words
    assert "签发人" not in words


def test_the_sheet_is_downloaded_by_readers_only(cast, as_):
    row = make.bulletin(cast, B.ISSUED)
    address = f"/bulletins/{row.pk}/sheet.docx"
    assert [as_(who).get(address).status_code for who in (cast.li, cast.zhou, cast.wang, cast.zhao)] == [
        200, 200, 404, 404,
    ]  # fmt: skip

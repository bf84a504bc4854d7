"""履职申报: evidence, a second pair of eyes, a record in the ledger, and the counter-entry."""

import datetime
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from config.uploads import store
from members.facts import Fact, Mark
from members.forms.claim_rows import read_rows
from members.models import DutyClaim, DutyRecord, Member, ScoreTotal
from members.roles import Role
from members.services import claims
from members.states import CLAIM_MOVES, ClaimState
from tests.factories import appraisal as make_year
from tests.factories import members as make
from tests.factories import people

pytestmark = pytest.mark.django_db
OVER, DAY = make_year.OVER, make_year.DAY


def standing():
    return DutyRecord.objects.standing()


def test_a_claim_becomes_a_record_when_another_one_confirms_it(cast):
    scheme = make_year.scheme(cast.committee)
    claim = make_year.claim(cast)
    assert not standing().exists()
    assert Notice.objects.filter(recipient=cast.li, kind="claim").count() == 1
    claims.confirm(claim, by=cast.li, at=OVER)
    record = standing().get()
    assert (record.key, record.url, record.fact) == (f"claim:{claim.pk}", f"/claims/{claim.pk}/", Fact.PROPOSAL_FILED)
    assert ScoreTotal.objects.get(scheme=scheme, member=cast.wang_member).quality == 30
    assert "已记入" in Notice.objects.get(recipient=cast.wang, kind="claim").title
    assert [entry.verb for entry in log.history(claim)] == ["dutyclaim.confirm", "dutyclaim.claim"]


def test_without_evidence_nothing_is_claimed(cast):
    with pytest.raises(Incomplete) as refusal:
        claims.claim(make_year.told(cast.wang_member), files=[], key=uuid4(), by=cast.wang, at=OVER)
    assert "files" in refusal.value.fields
    assert not DutyClaim.objects.exists()


def test_the_same_form_sent_twice_is_one_claim(cast):
    key, told = uuid4(), make_year.told(cast.wang_member)
    made = [claims.claim(told, files=[make_year.evidence()], key=key, by=cast.wang, at=OVER) for _ in range(2)]
    assert made[0] == made[1]
    assert DutyClaim.objects.count() == 1


def test_the_mark_of_somebody_else_s_form_is_no_error(cast):
    key, told = uuid4(), make_year.told(cast.wang_member)
    claims.claim(told, files=[make_year.evidence()], key=key, by=cast.wang, at=OVER)
    with pytest.raises(WrongState, match="已经提交"):
        claims.claim(told, files=[make_year.evidence()], key=key, by=cast.li, at=OVER)
    assert DutyClaim.objects.count() == 1


def test_one_attendance_claimed_twice_is_entered_once(cast):
    """By the member and by the office, whose batch is confirmed by a third person."""
    fields = {"fact": Fact.PLENARY, "mark": Mark.PRESENT}
    first, second, third = (make_year.claim(cast, by=by, **fields) for by in (cast.wang, cast.li, cast.li))
    he = make_year.confirmer(cast)
    outcome = claims.confirm_many([first, second], by=he, at=OVER)
    assert (outcome.done, [claim for claim, _ in outcome.refused]) == (1, [second])
    with pytest.raises(Refusal, match="不能再记一次"):
        claims.confirm(third, by=he, at=OVER)
    assert standing().count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": datetime.date(2026, 1, 6)}, "on"),
        ({"on": datetime.date(2019, 1, 1)}, "on"),
        ({"fact": Fact.ACTIVITY}, "fact"),
        ({"fact": Fact.PLENARY}, "mark"),
    ],
)
def test_what_cannot_be_claimed_is_refused_in_words(cast, fields, field):
    with pytest.raises(Incomplete) as refusal:
        make_year.claim(cast, **fields)
    assert list(refusal.value.fields) == [field]
    assert len(str(refusal.value)) > 8


def test_facts_that_the_platform_records_itself_are_not_claimed():
    recorded = {Fact.ACTIVITY, Fact.CONSULTATION, Fact.TRAINING, Fact.MICRO, Fact.TASK, Fact.HOMEWORK, Fact.TOPIC,
                Fact.MICRO_ADOPTED, Fact.MICRO_DONE, Fact.TOPIC_SELECTED, Fact.CONTACT, Fact.ANSWER}  # fmt: skip
    assert not recorded & set(claims.CLAIMABLE)
    assert all(claims.CLAIMABLE.values())


@pytest.mark.parametrize("who", ["qian", "zhao", "sun", "zhou"])
def test_nobody_claims_for_a_member_whom_one_does_not_look_after(cast, who):
    with pytest.raises(PermissionDenied):
        make_year.claim(cast, by=getattr(cast, who))


def test_nobody_confirms_what_one_claimed_or_what_concerns_oneself(cast):
    by_staff = make_year.claim(cast, by=cast.li)
    with pytest.raises(PermissionDenied):
        claims.confirm(by_staff, by=cast.li, at=OVER)
    own = make.member(cast.li, cast.committee)
    about_li = make_year.claim(cast, by=make_year.confirmer(cast), member=own)
    with pytest.raises(PermissionDenied):
        claims.confirm(about_li, by=cast.li, at=OVER)
    assert not standing().exists()


def test_the_database_asks_for_a_second_person_too(cast):
    claim = make_year.claim(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyClaim.objects.filter(pk=claim.pk).update(settled_by=cast.wang)


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhang", "zhao", "qian"])
def test_only_those_who_confirm_confirm(cast, who):
    with pytest.raises(PermissionDenied):
        claims.confirm(make_year.claim(cast), by=getattr(cast, who), at=OVER)


def _do(cast, claim, verb):
    second = make_year.confirmer(cast)
    given = {"refuse": {"reason": "佐证不符"}, "reverse": {"reason": "重复"}}.get(verb, {})
    by = {"withdraw": cast.wang, "reverse": second}.get(verb, cast.li)
    getattr(claims, verb)(claim, **given, by=by, at=OVER)


@pytest.mark.parametrize("state", ClaimState)
@pytest.mark.parametrize("verb", CLAIM_MOVES)
def test_moves_of_a_claim(cast, state, verb):
    claim = make_year.claim(cast)
    DutyClaim.objects.filter(pk=claim.pk).update(state=state)
    claim = DutyClaim.objects.get(pk=claim.pk)
    if state in CLAIM_MOVES[verb].sources:
        _do(cast, claim, verb)
        claim.refresh_from_db()
        assert claim.state == CLAIM_MOVES[verb].target
    else:
        with pytest.raises(WrongState):
            _do(cast, claim, verb)


@pytest.mark.parametrize("verb", ["refuse", "reverse"])
def test_a_refusal_says_why(cast, verb):
    claim = make_year.claim(cast)
    DutyClaim.objects.update(state=ClaimState.CLAIMED if verb == "refuse" else ClaimState.CONFIRMED)
    claim.refresh_from_db()
    with pytest.raises(Incomplete):
        getattr(claims, verb)(claim, reason=" ", by=cast.li, at=OVER)


def test_a_confirmed_claim_is_reversed_by_another_one_than_who_confirmed_it(cast):
    claim = make_year.claim(cast)
    claims.confirm(claim, by=cast.li, at=OVER)
    with pytest.raises(PermissionDenied):
        claims.reverse(claim, reason="重复", by=cast.li, at=OVER)
    claims.reverse(claim, reason="与另一件重复", by=make_year.confirmer(cast), at=OVER)
    assert not standing().exists()
    assert DutyRecord.objects.get(reverses__isnull=False).reason == "与另一件重复"
    assert "冲销" in Notice.objects.filter(recipient=cast.wang, kind="claim").latest("pk").title


# --- many at once --------------------------------------------------------------------------------------------------


def several(cast, count=3):
    made = [make.member(make.user(f"m{n}", f"委员{n}"), cast.committee) for n in range(count)]
    tolds = [make_year.told(member, Fact.PLENARY, mark=Mark.PRESENT, title="五次全会") for member in made]
    return claims.claim_many(tolds, files=[make_year.evidence()], key=uuid4(), by=cast.li, at=OVER)


def test_a_list_of_attendance_shares_one_proof_and_is_confirmed_together(cast):
    batch = several(cast)
    assert [store.of(claim).count() for claim in batch] == [1, 0, 0]
    assert {claim.batch_id for claim in batch[1:]} == {batch[0].pk}
    second = make_year.confirmer(cast)
    assert claims.confirm_many(batch, by=cast.li, at=OVER).refused[0][0] == batch[0]
    outcome = claims.confirm_many(batch, by=second, at=OVER)
    assert (outcome.done, outcome.refused) == (3, [])
    assert set(standing().values_list("mark", flat=True)) == {Mark.PRESENT}
    again = claims.confirm_many(batch, by=second, at=OVER)
    assert again.done == 0
    assert len(again.refused) == 3


def test_the_proof_of_a_batch_is_not_for_one_of_many(cast):
    first, *_ = several(cast)
    alone = make_year.claim(cast)
    assert DutyClaim.objects.visible_to(first.member.user).get() == first
    assert not DutyClaim.objects.files_visible_to(first.member.user).exists()
    assert DutyClaim.objects.files_visible_to(cast.wang).get() == alone
    assert DutyClaim.objects.files_visible_to(cast.li).filter(pk=first.pk).exists()


def test_a_secretary_reads_the_claims_of_the_own_members_only(cast):
    group, other = people.duty_group(cast.committee), people.duty_group(cast.committee, "塘村镇委员履职小组")
    people.seat(cast.wang_member, group)
    claim = make_year.claim(cast)
    assert DutyClaim.objects.visible_to(people.secretary(group)).get() == claim
    assert not DutyClaim.objects.visible_to(people.secretary(other, "second", "郑秘书")).exists()


def test_many_of_two_committees_are_refused(cast):
    make.grant(cast.li, Role.OFFICE_STAFF, cast.other_committee)
    tolds = [make_year.told(cast.wang_member), make_year.told(cast.qian_member)]
    with pytest.raises(PermissionDenied):
        claims.claim_many(tolds, files=[make_year.evidence()], key=uuid4(), by=cast.li, at=OVER)


def members_of(cast):
    return Member.objects.filter(committee=cast.committee).select_related("user")


def test_rows_are_read_with_tabs_commas_and_chinese_dates(cast):
    text = "姓名,日期,事项,内容\n王委员\t2025年3月1日\t全体会议\t五次全会\t到会\n"
    text += "王委员，2025-04-02，信息被采用，信息一，市级\n\n"
    told, problems = read_rows(text, None, members_of(cast))
    assert problems == []
    assert [(one.on, one.fact, one.mark, one.detail) for one in told] == [
        (datetime.date(2025, 3, 1), Fact.PLENARY, Mark.PRESENT, ""),
        (datetime.date(2025, 4, 2), Fact.INFORMATION_ADOPTED, "", "city"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("赵六,2025-03-01,提案立案,提案一", "没有找到在任委员"),
        ("王委员,昨天,提案立案,提案一", "不是日期"),
        ("王委员,2025-02-30,提案立案,提案一", "不是日期"),
        ("王委员,2025-03-01,履职活动,调研", "不能申报"),
        ("王委员,2025-03-01,提案立案,", "没有写内容"),
        ("王委员,2025-03-01,全体会议,五次全会", "到会情况"),
        ("王委员,2025-03-01,提案立案,提案一,很好", "看不懂"),
        ("王委员,2025-03-01", "四项"),
    ],
)
def test_a_wrong_row_is_named_with_its_number(cast, row, words):
    told, problems = read_rows(f"王委员,2025-03-01,提案立案,好的\n{row}", None, members_of(cast))
    assert len(told) == 1
    assert len(problems) == 1
    assert problems[0].startswith("第 2 行：")
    assert words in problems[0]


def test_of_two_with_one_name_the_number_decides(cast):
    make.member(make.user("wang2", "王委员"), cast.committee, number="0088")
    told, problems = read_rows(
        "王委员,2025-03-01,提案立案,提案一\n0088,2025-03-01,提案立案,提案二", None, members_of(cast)
    )
    assert "委员证号" in problems[0]
    assert told[0].member.number == "0088"


def test_a_table_is_read_like_the_text(cast):
    table = make_year.table(
        [["姓名", "日期", "事项", "内容"], ["王委员", datetime.date(2025, 3, 1), "提案立案", "提案一"]]
    )
    told, problems = read_rows("", table, members_of(cast))
    assert problems == []
    assert (told[0].on, told[0].title) == (datetime.date(2025, 3, 1), "提案一")


def test_a_formula_in_a_table_is_named_and_the_row_is_no_deed(cast):
    row = ["王委员", datetime.date(2025, 3, 1), "提案立案"]
    told, problems = read_rows("", make_year.table([[*row, "=A1"], [*row, "提案二"]]), members_of(cast))
    assert [one.title for one in told] == ["提案二"]
    assert problems == ["第 1 行：“内容”这一格是公式，请复制后“选择性粘贴”为数值。"]

"""Pages of claims: on the member's phone, at the desk, and what nobody else sees."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from members.facts import Fact, Mark
from members.models import DutyClaim
from members.services import claims
from members.states import ClaimState
from tests.factories import appraisal as make_year
from tests.factories import members as make

pytestmark = pytest.mark.django_db


def form(cast, **fields):
    return {
        "member": cast.wang_member.pk, "fact": Fact.PROPOSAL_FILED, "on": "2025-05-20", "title": "关于停车难的提案",
        "share": "sole", "sharers": "0", "quantity": "1", "key": str(uuid4()), "document": make_year.upload(), **fields,
    }  # fmt: skip


def test_a_member_claims_on_the_phone_and_sees_what_became_of_it(cast, as_):
    member = as_(cast.wang)
    page = member.get(reverse("claim-new")).content.decode()
    assert "哪些可以申报" in page
    assert "表彰奖励" in page
    answer = member.post(reverse("claim-new"), form(cast))
    claim = DutyClaim.objects.get()
    assert answer.url == f"/claims/{claim.pk}/"
    assert "签到册" in member.get(answer.url).content.decode()
    as_(cast.li).post(reverse("duty-claim-refuse", args=[claim.pk]), {"reason": "没有立案通知"})
    assert "没有立案通知" in member.get(reverse("claim-list")).content.decode()


def test_without_a_file_it_is_refused_and_what_was_typed_stays(cast, as_):
    answer = as_(cast.wang).post(reverse("claim-new"), form(cast, document=""))
    page = answer.content.decode()
    assert "请至少上传一份佐证材料" in page
    assert "关于停车难的提案" in page
    assert not DutyClaim.objects.exists()


def test_a_forged_member_is_no_choice(cast, as_):
    answer = as_(cast.wang).post(reverse("claim-new"), form(cast, member=cast.qian_member.pk))
    assert answer.status_code == 200
    assert not DutyClaim.objects.exists()


def test_the_desk_confirms_the_ticked_ones_and_counts_refusals(cast, as_):
    own, others = make_year.claim(cast, by=cast.li), [make_year.claim(cast), make_year.claim(cast)]
    desk = as_(cast.li)
    assert "等您复核 2 件" in desk.get(reverse("claim-desk")).content.decode()
    data = {"claim": [own.pk, *(claim.pk for claim in others), "x"]}
    page = desk.post(reverse("claim-confirm-many"), data, follow=True).content.decode()
    assert "已确认 2 件" in page
    assert "1 件没有确认" in page
    assert "另一人复核" in page
    assert DutyClaim.objects.get(pk=own.pk).state == ClaimState.CLAIMED


def test_a_whole_batch_is_confirmed_at_once(cast, as_):
    made = [make.member(make.user(f"m{n}", f"委员{n}"), cast.committee) for n in range(3)]
    rows = "\n".join(f"{member},2025-01-12,全体会议,五次全会,到会" for member in made)
    data = {"committee": cast.committee.pk, "rows": rows, "key": str(uuid4()), "document": make_year.upload()}
    page = as_(cast.li).post(reverse("claim-batch"), data, follow=True).content.decode()
    assert "已申报 3 件" in page
    first = DutyClaim.objects.get(batch=None)
    second = as_(make_year.confirmer(cast))
    assert "整批 3 件" in second.get(first.get_absolute_url()).content.decode()
    second.post(reverse("claim-confirm-many"), {"batch": first.pk})
    assert set(DutyClaim.objects.values_list("state", "mark")) == {(ClaimState.CONFIRMED, Mark.PRESENT)}


def test_wrong_rows_are_named_and_the_list_stays(cast, as_):
    data = {
        "committee": cast.committee.pk, "rows": "王委员,2025-01-12,提案立案,一\n赵六,2025-01-12,提案立案,二",
        "key": str(uuid4()), "document": make_year.upload(),
    }  # fmt: skip
    page = as_(cast.li).post(reverse("claim-batch"), data).content.decode()
    assert "第 2 行" in page
    assert "赵六,2025-01-12" in page
    assert not DutyClaim.objects.exists()


def test_a_batch_from_a_table(cast, as_):
    table = make_year.table([["姓名", "日期", "事项", "内容"], ["王委员", "2025-03-01", "提案立案", "提案一"]])
    data = {"committee": cast.committee.pk, "table": table, "key": str(uuid4()), "document": make_year.upload()}
    as_(cast.li).post(reverse("claim-batch"), data)
    assert DutyClaim.objects.get().title == "提案一"


@pytest.mark.parametrize(
    ("who", "status"),
    [("wang", 200), ("li", 200), ("zhao", 404), ("qian", 404), ("zhou", 404), ("sun", 404), ("zhang", 404)],
)
def test_who_sees_a_claim(cast, as_, who, status):
    claim = make_year.claim(cast)
    assert as_(getattr(cast, who)).get(claim.get_absolute_url()).status_code == status


@pytest.mark.parametrize("verb", ["confirm", "refuse", "reverse"])
def test_the_member_may_not_settle_the_own_claim(cast, as_, verb):
    claim = make_year.claim(cast)
    answer = as_(cast.wang).post(reverse(f"duty-claim-{verb}", args=[claim.pk]), {"reason": "好"})
    assert answer.status_code == 403


def test_withdraw_and_reverse_by_page(cast, as_):
    claim, other = make_year.claim(cast), make_year.claim(cast)
    as_(cast.wang).post(reverse("duty-claim-withdraw", args=[claim.pk]))
    claims.confirm(other, by=make_year.confirmer(cast), at=timezone.now())
    assert "冲销" in as_(cast.li).get(other.get_absolute_url()).content.decode()
    as_(cast.li).post(reverse("duty-claim-reverse", args=[other.pk]), {"reason": "重复"})
    states = DutyClaim.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [ClaimState.WITHDRAWN, ClaimState.REVERSED]


@pytest.mark.parametrize(("who", "name"), [("li", "claim-desk"), ("wang", "claim-list")])
def test_lists_ask_no_more_for_three_than_for_one(cast, as_, who, name, django_assert_max_num_queries):
    client = as_(getattr(cast, who))
    make_year.claim(cast)
    client.get(reverse(name))
    with django_assert_max_num_queries(14) as one:
        client.get(reverse(name))
    make_year.claim(cast)
    make_year.claim(cast)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse(name))


def test_a_claim_for_a_frozen_year_says_that_it_no_longer_scores(cast, as_):
    appraisal, client = make_year.frozen(cast), as_(cast.li)
    claim = make_year.claim(cast)
    assert "不改当年的得分" in client.get(claim.get_absolute_url()).content.decode()
    client.post(reverse("duty-claim-confirm", args=[claim.pk]))
    assert cast.wang_member.duty_records.standing().filter(key=f"claim:{claim.pk}").exists()
    assert make_year.result(appraisal, cast.wang_member).points == 100


def test_one_claim_is_a_few_statements(cast, as_, django_assert_max_num_queries):
    claim, client = make_year.claim(cast), as_(cast.li)
    with django_assert_max_num_queries(14):
        assert client.get(claim.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["claim-desk", "claim-batch"])
@pytest.mark.parametrize("who", ["wang", "zhou"])
def test_the_desk_is_for_those_who_confirm(cast, as_, name, who):
    assert as_(getattr(cast, who)).get(reverse(name)).status_code == 403

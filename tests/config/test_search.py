import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.search import index, words
from config.search.models import SearchEntry
from members.models import Member, Region, RegionLevel
from tests.factories import members as make

EVERY_ROAD = pytest.mark.parametrize("frequent", [0, 10**9], ids=["walking", "index"])


def villages(*names):
    """Divisions of those names, indexed in bulk."""
    rows = [Region(code=f"4310241{n:05d}", name=name, level=RegionLevel.VILLAGE) for n, name in enumerate(names)]
    Region.objects.bulk_create(rows)
    index.index_many(rows)
    return rows


def names(sought, queryset=None):
    return [row.name for row in (queryset or Region.objects).matching(sought)]


@pytest.mark.parametrize(
    ("raw", "compared"),
    [
        ("電梯", "电梯"),
        ("著力推進著名景區", "着力推进著名景区"),
        ("ABC①", "abc1"),
        (" 多   個\t空\n白 ", "多 个 空 白"),
        ("零\x00字\ud800符", "零 字 符"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_text_is_compared_in_one_form(raw, compared):
    assert words.normalise(raw) == compared


def test_a_word_is_cut_into_pairs_and_its_last_character():
    assert words.bigrams("加装电梯 a-b") == sorted(["加装", "装电", "电梯", "梯", "a-", "-b", "b"])


def test_the_converter_is_loaded_by_the_first_search_only():
    words._converter.cache_clear()
    words.bigrams("电梯")
    assert words._converter.cache_info().currsize == 0
    words.normalise("电梯")
    assert words._converter.cache_info().currsize == 1


SIGNS = st.one_of(
    st.sampled_from("电梯老旧小区加装着著力電 \u3000aAbB1-_%\\'\"()&|!:*<>.,。,é①ẞΣςİ\t\n"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
)


@st.composite
def documents_and_question(draw):
    documents = draw(st.lists(st.text(SIGNS, max_size=12), min_size=1, max_size=5))
    whole = draw(st.sampled_from(documents))
    start = draw(st.integers(0, max(0, len(whole) - 1)))
    part = whole[start : start + draw(st.integers(1, 6))]
    return documents, draw(st.one_of(st.just(part), st.text(SIGNS, max_size=5), st.just(f"{part} {whole[:1]}")))


@EVERY_ROAD
@given(documents_and_question())
@example((["100%", "100 元", "1_0", "a\\b"], "%"))
@example((["100%", "100 元", "1_0", "a\\b"], "_"))
@example((["100%", "100 元", "1_0", "a\\b"], "\\"))
@example((["电梯加装", "装电梯加"], "加装电梯"))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_that_holds_the_words_is_found_and_no_other(db, monkeypatch, frequent, asked):
    monkeypatch.setattr(index, "FREQUENT", frequent)
    documents, sought = asked
    with transaction.atomic():
        villages(*documents)
        terms = words.normalise(sought).split()
        held = [text for text in documents if all(term in words.normalise(text) for term in terms)]
        assert sorted(names(sought)) == sorted(held)
        transaction.set_rollback(True)


@EVERY_ROAD
@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("珠泉", ["珠泉镇", "珠泉镇南街"]),
        ("鎮", ["珠泉镇", "珠泉镇南街", "塘村镇"]),
        ("珠泉 南街", ["珠泉镇南街"]),
        ("南街 南街", ["珠泉镇南街"]),
        ("街南", []),
        ("塘", ["塘村镇"]),
    ],
)
def test_all_words_must_be_there(db, monkeypatch, frequent, sought, found):
    monkeypatch.setattr(index, "FREQUENT", frequent)
    villages("珠泉镇", "珠泉镇南街", "塘村镇")
    assert names(sought) == found


def test_no_word_is_no_condition(db):
    villages("珠泉镇", "塘村镇")
    assert names("") == names("  \u3000") == ["珠泉镇", "塘村镇"]


def test_an_endless_question_is_cut(db):
    villages("珠泉镇")
    assert names("珠 " * 100_000 + "塘") == ["珠泉镇"]


def test_other_conditions_and_the_order_stay(db):
    villages("南街一", "南街二", "南街三")
    chosen = Region.objects.filter(code__gte="431024100001").order_by("-code")
    assert names("南街", chosen) == ["南街三", "南街二"]


def test_saving_keeps_the_entry(db):
    [row] = villages("珠泉镇")
    row.name = "塘村镇"
    row.save()
    assert (names("珠泉"), names("塘村")) == ([], ["塘村镇"])
    assert SearchEntry.objects.count() == 1


def test_entry_and_row_are_stored_together_or_not_at_all(db):
    with transaction.atomic():
        make.region("431024000000", "嘉禾县")
        assert SearchEntry.objects.count() == 1
        transaction.set_rollback(True)
    assert SearchEntry.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Region(code="431024000000", name="嘉禾县", level=9).save()
    assert SearchEntry.objects.count() == 0


def test_many_hits_are_walked_and_few_come_from_the_index(db, monkeypatch):
    monkeypatch.setattr(index, "FEW", 2)
    villages("北街", *["南街"] * 3)
    assert index.few("members.region", [], ["北街"]) == ["431024100000"]
    assert index.few("members.region", [], ["南街"]) is None
    assert names("南街") == ["南街"] * 3


def test_what_the_newest_rows_often_hold_is_not_asked_of_the_index(db, django_assert_num_queries):
    villages(*["南街"] * index.FREQUENT)
    with django_assert_num_queries(1):
        assert index.few("members.region", [], ["南街"]) is None


def test_hits_of_another_scope_do_not_count(cast, monkeypatch):
    monkeypatch.setattr(index, "FEW", 2)
    monkeypatch.setattr(index, "FREQUENT", 10**9)
    sector = make.sector(cast.other_committee)
    for n in range(3):
        make.member(make.user(f"u{n}"), cast.other_committee, sector=sector, specialties="城乡规划")
    mine = make.member(make.user("own"), cast.committee, specialties="城乡规划")
    assert index.few("members.member", [], ["规划"]) is None
    assert index.few("members.member", [cast.committee.pk], ["规划"]) == [str(mine.pk)]
    assert list(Member.objects.filter(committee=cast.committee).matching("规划")) == [mine]


def test_the_scope_is_read_from_the_conditions(cast):
    own, other = cast.committee, cast.other_committee
    member = Member.objects
    assert member.filter(committee=own, term=11)._scopes() == [own.pk]
    assert member.filter(committee_id=own.pk)._scopes() == [own.pk]
    assert sorted(member.filter(committee__in={own.pk, other.pk})._scopes()) == sorted([own.pk, other.pk])
    assert member.visible_to(cast.li)._scopes() == [own.pk]
    assert member.all()._scopes() == []
    assert member.exclude(committee=own)._scopes() == []
    assert member.filter(user__memberships__committee=own)._scopes() == []
    assert (member.filter(committee=own) | member.filter(term=3))._scopes() == []


def test_a_question_costs_at_most_two_queries_more(db, django_assert_num_queries):
    villages("珠泉镇")
    words.normalise("")
    with django_assert_num_queries(3):
        names("珠泉")


def test_entries_loaded_in_bulk_are_found(db):
    Region.objects.bulk_create([Region(code="431024100000", name="Ab\\镇", level=RegionLevel.TOWN)])
    index.index_new("members.region", [("431024100000", None, "Ab\\镇")])
    assert names("b\\") == ["Ab\\镇"]
    assert SearchEntry.objects.get().scope is None


def test_rebuilding_repairs_the_index(db, capsys):
    villages("珠泉镇", "塘村镇")
    Region.objects.filter(name="珠泉镇").update(name="龙潭镇")
    Region.objects.filter(name="塘村镇").delete()
    SearchEntry.objects.create(kind="gone.model", object_id="1", text="旧")
    call_command("rebuild_search")
    assert (names("珠泉"), names("龙潭")) == ([], ["龙潭镇"])
    assert list(SearchEntry.objects.values_list("kind", "text")) == [("members.region", "龙潭镇")]
    assert "members.region：写入 1 条，清除 1 条" in capsys.readouterr().out


def test_rebuilding_one_kind_leaves_the_others(cast, capsys):
    before = SearchEntry.objects.filter(kind="members.region").count()
    call_command("rebuild_search", "members.member")
    assert capsys.readouterr().out == "members.member：写入 2 条，清除 0 条\n"
    assert SearchEntry.objects.filter(kind="members.region").count() == before


def test_what_is_not_searchable_cannot_be_rebuilt(db):
    with pytest.raises(CommandError, match=r"不能搜索：members\.user"):
        call_command("rebuild_search", "members.user")

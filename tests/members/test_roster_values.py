"""What stands in a cell of a roster, read as people and spreadsheets write it, or refused in words."""

import datetime

import pytest

from members.roster import values


@pytest.mark.parametrize(
    "written",
    [
        "2021年12月25日", "2021-12-25", "2021/12/25", "2021.12.25", "20211225", 20211225, 44555, "44555",
        "2021-12-25 00:00:00", datetime.datetime(2021, 12, 25, tzinfo=datetime.UTC), datetime.date(2021, 12, 25),
        " 2021年12月25日 ",
    ],
)  # fmt: skip
def test_dates_are_read_as_people_and_spreadsheets_write_them(written):
    assert values.day(written) == datetime.date(2021, 12, 25)


@pytest.mark.parametrize("written", ["2021年12月", "2021.12", "2021-12"])
def test_a_month_alone_is_its_first_day(written):
    assert values.day(written) == datetime.date(2021, 12, 1)


def test_the_calendar_of_1904_counts_from_another_day():
    assert values.day(43093, epoch=1904) == datetime.date(2021, 12, 25)


@pytest.mark.parametrize("written", ["21年12月25日", "21-12-25", "21/12/25", "21.12", "'21-12-25"])
def test_a_year_of_two_digits_is_refused_in_words(written):
    with pytest.raises(ValueError, match=r"年份只有两位，请写四位年份"):
        values.day(written)


@pytest.mark.parametrize("written", ["2021-02-30", "去年", "2021", "1899-01-01", "99999", "2021-13-01"])
def test_what_is_no_day_is_refused_in_words(written):
    with pytest.raises(ValueError, match=r"^“.+”.+。$"):
        values.day(written)


@pytest.mark.parametrize(
    "written", ["13800000001", 13800000001, 13800000001.0, "138 0000 0001", "138-0000-0001", "+86 13800000001"]
)
def test_phones_are_read(written):
    assert values.phone(written) == "13800000001"


@pytest.mark.parametrize("written", ["1380000000", "23800000001", "座机 0735-123", "1.38E+10", "１３８"])
def test_what_is_no_phone_is_refused(written):
    with pytest.raises(ValueError, match=r"手机号|科学计数法"):
        values.phone(written)


@pytest.mark.parametrize(("written", "number"), [("11", 11), (11, 11), ("第11届", 11), ("十一届", 11), ("第十届", 10),
                                                 ("第二十届", 20), ("二十一", 21), ("九届", 9)])  # fmt: skip
def test_terms_are_read(written, number):
    assert values.term(written) == number


@pytest.mark.parametrize("written", ["本届", "十十届", "一二届", "2021年"])
def test_what_is_no_term_is_refused(written):
    with pytest.raises(ValueError, match="第几届"):
        values.term(written)

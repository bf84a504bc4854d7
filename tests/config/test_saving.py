"""A row that cannot be kept is refused in words, at the field that it concerns."""

import pytest

from config.refusals import Incomplete, WrongState
from config.saving import DOUBLED, in_words, once, save
from config.workdays.models import DayException

pytestmark = pytest.mark.django_db


def day(**fields):
    return DayException(**{"day": "2090-10-03", "name": "国庆节", "is_workday": False, **fields})


def test_what_is_missing_is_named_at_its_field_and_nothing_is_kept():
    with pytest.raises(Incomplete) as refusal:
        save(day(name=""))
    assert list(refusal.value.fields) == ["name"]
    assert not DayException.objects.filter(day="2090-10-03").exists()


def test_validated_inside_it_is_named_as_well():
    with pytest.raises(Incomplete) as refusal, in_words():
        day(name="").full_clean()
    assert list(refusal.value.fields) == ["name"]


def test_somebody_was_faster_in_the_words_of_the_caller_and_the_transaction_goes_on():
    DayException.objects.create(day="2090-10-03", name="国庆节", is_workday=False)
    with pytest.raises(WrongState, match="刚刚已有"), once("刚刚已有这一天。"):
        DayException.objects.bulk_create([day()])
    with pytest.raises(WrongState, match=DOUBLED), once():
        DayException.objects.bulk_create([day()])
    assert DayException.objects.filter(day="2090-10-03").count() == 1


def test_a_row_that_is_right_is_kept():
    save(day())
    assert DayException.objects.get(day="2090-10-03").name == "国庆节"

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from members.models import Parameter
from members.parameters import PARAMETERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "parameters.md"


def line(code, spec):
    """The line of the page that a parameter asks for."""
    if spec.options:
        default = dict(spec.options)[spec.default]
        allowed = "、".join(f"`{value}` {label}" for value, label in spec.options)
    else:
        default, allowed = f"{spec.default} {spec.unit}", f"{spec.at_least}–{spec.at_most}"
    return f"| `{code}` | {spec.label} | {default} | {allowed} | {spec.source} |"


def test_the_page_names_every_parameter_as_it_is():
    rows = [row for row in PAGE.read_text().splitlines() if row.startswith("| `")]
    assert rows == [line(code, spec) for code, spec in PARAMETERS.items()]


@pytest.mark.parametrize("code", PARAMETERS)
def test_every_default_is_allowed(code):
    PARAMETERS[code].validate(str(PARAMETERS[code].default))
    assert PARAMETERS[code].read(str(PARAMETERS[code].default)) == PARAMETERS[code].default


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("review.workdays", ""),
        ("review.workdays", "0"),
        ("review.workdays", "31"),
        ("review.workdays", "-3"),
        ("review.workdays", "三"),
        ("review.workdays", "3.5"),
        ("review.workdays", "²"),
        ("review.rule", "three"),
        ("review.rule", ""),
    ],
)
def test_what_makes_no_sense_is_refused_at_the_field(code, value):
    with pytest.raises(ValidationError) as refused:
        Parameter(code=code, value=value).clean()
    assert list(refused.value.message_dict) == ["value"]


def test_a_committee_has_its_own_value_and_the_others_the_default(cast):
    Parameter.objects.create(committee=cast.committee, code="review.workdays", value="5")
    assert cast.committee.parameter("review.workdays") == 5
    assert cast.other_committee.parameter("review.workdays") == 3


def test_all_parameters_of_a_page_cost_one_query(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert {code: cast.committee.parameter(code) for code in PARAMETERS} == {
            code: spec.default for code, spec in PARAMETERS.items()
        }

"""The text format of Prometheus, as its own documentation describes it."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exposition import Family, exposition

_PLAIN = Family("vigie_things_total", "counter", "how many things there were")
_NAMED = Family("vigie_state", "gauge", "how it is", ("channel", "state"))
_SAMPLE = re.compile(r'vigie_state\{channel="((?:[^"\\\n]|\\["\\n])*)",state="ok"\} 1\n')
_ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def test_a_family_has_its_help_its_type_and_its_samples_in_order() -> None:
    text = exposition([(_PLAIN, {(): 3}), (_NAMED, {("b", "ok"): 0.25, ("a", "ok"): 1})])
    assert text == (
        "# HELP vigie_things_total how many things there were\n"
        "# TYPE vigie_things_total counter\n"
        "vigie_things_total 3\n"
        "# HELP vigie_state how it is\n"
        "# TYPE vigie_state gauge\n"
        'vigie_state{channel="a",state="ok"} 1\n'
        'vigie_state{channel="b",state="ok"} 0.25\n'
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (1.5, "1.5"),
        (-2.0, "-2"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_are_written_as_prometheus_reads_them(number: float, written: str) -> None:
    assert exposition([(_PLAIN, {(): number})]).endswith(f"\nvigie_things_total {written}\n")


@given(st.text())
def test_whatever_a_label_holds_it_is_one_line_and_can_be_read_back(value: str) -> None:
    line = exposition([(_NAMED, {(value, "ok"): 1})]).split("gauge\n", 1)[1]
    found = _SAMPLE.fullmatch(line)
    assert found is not None, line
    assert re.sub(r"\\.", lambda one: _ESCAPED[one.group()], found[1]) == value


def test_what_utf_8_has_not_does_not_break_the_page() -> None:
    assert 'channel="?"' in exposition([(_NAMED, {("\ud800", "ok"): 1})])


def test_help_is_one_line() -> None:
    family = Family("vigie_x", "gauge", 'one\ntwo "three" \\ four')
    assert exposition([(family, {})]).splitlines()[0] == r'# HELP vigie_x one\ntwo "three" \\ four'


@pytest.mark.parametrize(("name", "labels"), [("2nd", ()), ("a-b", ()), ("é", ()), ("a", ("x y",)), ("a", ("__own",))])
def test_names_that_prometheus_would_refuse_are_refused(name: str, labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        Family(name, "gauge", "", labels)


def test_a_sample_must_have_a_value_for_each_label() -> None:
    with pytest.raises(ValueError, match="zip"):
        exposition([(_NAMED, {("a",): 1})])

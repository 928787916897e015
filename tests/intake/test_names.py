"""When two names differ so clearly that one key does not make them the same person."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.names import differ_clearly, plain_name, same_name
from services.intake.simplified import simplified

FEBRL = Path(__file__).parents[3] / "shared/data/febrl/febrl_dataset1.csv"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("李雷", "李雷先生"),
        ("李雷", "李总"),
        ("李雷", "李总经理"),
        ("李雷", "李工"),
        ("李雷", "李"),
        ("張偉", "张伟"),
        ("張偉先生", "张伟"),
        ("陳曉東", "陈晓东"),
        ("王小明", "王晓明"),
        ("Ada Lovelace", "Lovelace, Ada"),
        ("Ada Lovelace", "Mrs. Ada Lovelace"),
        ("Ada Lovelace", "Lovelace"),
        ("Jon Smith", "John Smith"),
        ("Jade P aine", "Jade Paine"),
        ("ＡＤＡ LOVELACE", "ada lovelace"),
        ("", "李雷"),
        ("先生", "李雷"),
    ],
)
def test_these_may_be_one_person(one: str, other: str) -> None:
    assert not differ_clearly(one, other)
    assert not differ_clearly(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("李雷", "韩梅梅"), ("李雷", "董雷"), ("Ada Lovelace", "Grace Hopper"), ("王芳", "Wang Wei"), ("董", "李雷")],
)
def test_these_are_not_one_person(one: str, other: str) -> None:
    assert differ_clearly(one, other)
    assert differ_clearly(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("李雷", "李雷 先生"), ("張偉", "张伟总"), ("Ada  Lovelace", "ada lovelace")]
)
def test_these_are_one_name(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("先生", ""), ("李雷", "李"), ("李雷", "李磊")])
def test_a_blank_and_a_part_are_not_the_same_name(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_a_title_that_is_also_a_family_name_is_one_only_after_another() -> None:
    assert (plain_name("董"), plain_name("李董"), plain_name("董洁")) == ("董", "李", "董洁")


@given(st.text(max_size=40))
def test_a_name_never_differs_from_itself_nor_from_its_plain_form(name: str) -> None:
    assert not differ_clearly(name, name)
    assert not differ_clearly(name, plain_name(name))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=10))
def test_what_is_simplified_stays(text: str) -> None:
    assert simplified(simplified(text)) == simplified(text)


@pytest.mark.skipif(not FEBRL.exists(), reason="the folder of public data sets is not beside this checkout")
def test_typing_mistakes_in_a_known_persons_name_seldom_send_it_to_a_reviewer() -> None:
    with FEBRL.open(newline="", encoding="utf-8") as file:
        rows = [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    names = {row["rec_id"]: f"{row['given_name']} {row['surname']}".strip() for row in rows}
    pairs = [
        (name, names[rec_id.replace("dup-0", "org")]) for rec_id, name in names.items() if rec_id.endswith("dup-0")
    ]
    strangers = [(one[0], other[0]) for one, other in pairwise(pairs)]

    assert len(pairs) == 500
    assert share_that_differs(pairs) < 0.07
    assert share_that_differs(strangers) > 0.9


def share_that_differs(pairs: list[tuple[str, str]]) -> float:
    return sum(differ_clearly(*pair) for pair in pairs) / len(pairs)

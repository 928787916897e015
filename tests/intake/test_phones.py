"""One number has one key, in whatever spelling people type it."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.phones import Phone, PhoneKind, UnusablePhone, read_phone

CASES = Path(__file__).parents[3] / "shared/data/contacts/phone_cases.csv"
SEPARATORS = st.sampled_from(["", " ", "-", ".", " - ", "　", "·"])
WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+86-138-0013-8000",
        "0086 13800138000",
        "8613800138000",
        "１３８００１３８０００",
        "手机：138 0013 8000",
        "tel: (+86) 138.0013.8000",
        "13800138000 / 010-12345678",
        "13800138000（微信同号）",
    ],
)
def test_a_mobile_number_in_any_spelling_is_one_number(typed: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert (phone.e164, phone.kind, phone.country) == ("+8613800138000", PhoneKind.MOBILE, "CN")
    assert phone.time_zone == "Asia/Shanghai"


@pytest.mark.parametrize("typed", ["010-62345678", "(010)62345678", "+86 010 6234 5678", "010 62345678"])
def test_a_fixed_line_is_a_fixed_line(typed: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert (phone.e164, phone.kind) == ("+861062345678", PhoneKind.FIXED_LINE)


@pytest.mark.parametrize("written", ["转801", " ext. 801", "#801", "分机801", " x 801"])
def test_an_extension_is_kept_apart(written: str) -> None:
    phone = read_phone(f"010-62345678{written}")

    assert phone is not None
    assert (phone.e164, phone.extension) == ("+861062345678", "801")


@pytest.mark.parametrize("typed", ["400-810-8888", "4008108888", "+86 400 810 8888", "８００８１０８８８８"])
def test_a_service_line_belongs_to_a_company(typed: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert phone.kind is PhoneKind.SERVICE_LINE


def test_a_foreign_number_is_read_by_its_country() -> None:
    assert read_phone("0171 3920007", "DE") == read_phone("+49 171 3920007")


@pytest.mark.parametrize("typed", ["12345", "138001380", "无", "call me", "+86 138 0013 80000000", "转801"])
def test_what_is_no_number_is_refused_by_field(typed: str) -> None:
    with pytest.raises(UnusablePhone) as refused:
        read_phone(typed)

    assert [violation.field for violation in refused.value.fields] == ["person.phone"]


def test_nothing_typed_is_no_phone() -> None:
    assert read_phone("  ") is None


@given(
    last=st.integers(0, 99_999_999),
    cuts=st.tuples(SEPARATORS, SEPARATORS),
    wide=st.booleans(),
    prefix=st.sampled_from(["", "+86", "0086", "86 "]),
)
def test_every_spelling_of_a_number_gives_the_same_key(
    last: int, cuts: tuple[str, str], wide: bool, prefix: str
) -> None:
    digits = f"{last:08d}"
    spelled = f"{prefix}138{cuts[0]}{digits[:4]}{cuts[1]}{digits[4:]}"

    phone = read_phone(spelled.translate(WIDE) if wide else spelled)

    assert phone is not None
    assert phone.e164 == f"+86138{digits}"
    assert read_phone(phone.e164) == phone


@pytest.mark.skipif(not CASES.exists(), reason="the folder of public data sets is not beside this checkout")
def test_example_numbers_of_all_countries_are_read_as_their_library_reads_them() -> None:
    with CASES.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["is_valid"].lower() == "true" and row["e164"]]
    # Numbers that a Chinese reader reads otherwise: 400 and 800 are service lines here.
    rows = [row for row in rows if not row["e164"].startswith(("+86400", "+86800"))]

    wrong = [
        (row["input"], row["default_region"], row["e164"], found)
        for row in rows
        if (found := _read(row["input"], row["default_region"])) != row["e164"]
    ]

    assert len(rows) > 1_000
    assert len(wrong) <= len(rows) // 100, wrong[:20]


def _read(typed: str, region: str) -> str | None:
    try:
        phone: Phone | None = read_phone(typed, region if region not in ("", "ZZ") else "CN")
    except UnusablePhone:
        return None
    return phone.e164 if phone else None

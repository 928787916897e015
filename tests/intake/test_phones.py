"""One number has one key, in whatever spelling people type it."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.phones import PhoneKind, UnusablePhone, read_phone

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
        "13800138000 13900139000",
        "12345678 / 13800138000",
        "电话1：13800138000",
        "138—0013—8000",
        "\u202d138 0013 8000\u202c",
        "13800138000 (9:00-18:00)",
        "+86  138 0013 8000",
        "00 86 138 0013 8000",
        "+86 0138 0013 8000",
    ],
)
def test_a_mobile_number_in_any_spelling_is_one_number(typed: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert (phone.e164, phone.kind, phone.country) == ("+8613800138000", PhoneKind.MOBILE, "CN")
    assert phone.time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    "typed",
    ["010-62345678", "(010)62345678", "+86 010 6234 5678", "010 62345678", "+86 (0)10 6234 5678", "86-10-62345678"],
)
def test_a_fixed_line_is_a_fixed_line(typed: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert (phone.e164, phone.kind) == ("+861062345678", PhoneKind.FIXED_LINE)


@pytest.mark.parametrize(
    "written",
    ["转801", " ext. 801", "#801", "分机801", " x 801", "-801", "－８０１", "转分机：801", " (转 801)", ";ext=801"],
)
def test_an_extension_is_kept_apart_and_one_dials_it_with_the_number(written: str) -> None:
    phone = read_phone(f"010-62345678{written}")

    assert phone is not None
    assert (phone.e164, phone.extension) == ("+861062345678", "801")
    assert phone.dialled == "+861062345678 ext. 801"
    assert read_phone(phone.dialled) == phone


def test_an_extension_belongs_to_the_number_before_it() -> None:
    phone = read_phone("010-62345678转801 / 13800138000")

    assert phone is not None
    assert phone.dialled == "+861062345678 ext. 801"


def test_digits_too_many_behind_a_mobile_number_are_no_extension() -> None:
    with pytest.raises(UnusablePhone):
        read_phone("138-0013-8000-12")


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("400-810-8888", "CN", "+864008108888"),
        ("4008108888", "CN", "+864008108888"),
        ("+86 400 810 8888", "US", "+864008108888"),
        ("８００８１０８８８８", "CN", "+868008108888"),
        ("800-555-1234", "US", "+18005551234"),
    ],
)
def test_a_service_line_belongs_to_a_company(typed: str, country: str, e164: str) -> None:
    phone = read_phone(typed, country)

    assert phone is not None
    assert (phone.kind, phone.e164) == (PhoneKind.SERVICE_LINE, e164)


def test_a_foreign_number_is_read_by_its_country() -> None:
    assert read_phone("0171 3920007", "DE") == read_phone("+49 171 3920007")


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("+1  415 555 2671", "+14155552671"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+1 4155552671 a", "+14155552671"),
    ],
)
def test_a_number_with_its_country_code_is_never_read_as_another_countrys(typed: str, e164: str) -> None:
    phone = read_phone(typed)

    assert phone is not None
    assert phone.e164 == e164


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "12345",
            "138001380",
            "无",
            "call me",
            "+86 138 0013 80000000",
            "转801",
            "1380013800O",
            "95555",
            "62345678",
            "5551234",
        ),
        *("199-未知", "1990000123477", "+1 4155552671 99", "+" * 64, "1" * 64, "/", "-801", ":::", "+86"),
    ],
)
def test_what_is_no_number_is_refused_by_field_and_not_repeated(typed: str) -> None:
    with pytest.raises(UnusablePhone) as refused:
        read_phone(typed)

    assert [violation.field for violation in refused.value.fields] == ["person.phone"]
    assert f" {typed} " not in str(refused.value)


def test_nothing_typed_is_no_phone() -> None:
    assert read_phone("  ") is None


def test_what_the_number_tells_is_where_it_is() -> None:
    phone = read_phone("021-52340000")

    assert phone is not None
    assert (phone.country, phone.place, phone.time_zone) == ("CN", "上海市", "Asia/Shanghai")


@given(st.text(max_size=64) | st.text("0123456789 +-()/转x,.:", max_size=64))
def test_whatever_is_typed_is_a_phone_or_refused_and_a_phone_is_read_again_as_itself(typed: str) -> None:
    try:
        phone = read_phone(typed)
    except UnusablePhone:
        return

    if phone is not None:
        assert read_phone(phone.dialled) == phone


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


needs_cases = pytest.mark.skipif(
    not CASES.exists(), reason="the folder of public data sets is not beside this checkout"
)
# What the cleaner makes of odd spellings: an overlong number, digits of a calling card, URIs without a context.
READ_OTHERWISE = {"01 (449)978-0001", "+12679000000,,1234567890123456#", "+11234567890-6#"}


@needs_cases
def test_valid_numbers_of_all_countries_are_read_as_their_library_reads_them() -> None:
    rows = [row for row in cases() if row["is_valid"].lower() == "true" and row["e164"]]

    wrong = [(row["input"], row["default_region"], row["e164"], read_as(row)) for row in rows if differs(row)]

    assert len(rows) > 1_500
    assert wrong == []


@needs_cases
def test_what_is_no_valid_number_anywhere_is_refused() -> None:
    rows = [row for row in cases() if row["is_valid"].lower() != "true" and row["input"].strip()]

    taken = {row["input"] for row in rows if read_as(row) is not None}

    assert len(rows) > 50
    assert taken <= READ_OTHERWISE


def cases() -> list[dict[str, str]]:
    with CASES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def differs(row: dict[str, str]) -> bool:
    return read_as(row) != row["e164"]


def read_as(row: dict[str, str]) -> str | None:
    region = row["default_region"]
    try:
        phone = read_phone(row["input"], region if region not in ("", "ZZ") else "CN")
    except UnusablePhone:
        return None
    return phone.e164 if phone else None

"""A company by its name without the legal form, and by its unified social credit code."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.companies import UnusableCreditCode, check_digit, company_key, read_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FORMS = st.sampled_from(
    ["公司", "集团", "有限", "股份", "co", "ltd", "inc", ".", " ", ",", "（", "）", "s.a.", "A", "云", "帆"]
)


@pytest.mark.parametrize(
    "spelled",
    [
        "上海云帆科技有限公司",
        "上海云帆科技股份有限公司",
        "上海云帆科技有限责任公司",
        "上海云帆科技（集团）有限公司",
        "上海云帆科技集团",
        "上海 云帆科技 有限公司",
        "上海云帆科技",
    ],
)
def test_a_company_is_known_without_its_legal_form(spelled: str) -> None:
    assert company_key(spelled) == "上海云帆科技"


@pytest.mark.parametrize(
    "spelled", ["Acme Co., Ltd.", "ACME Limited", "acme co.ltd", "Ａｃｍｅ Inc.", "Acme GmbH & Co. KG", "Acme S.A."]
)
def test_a_foreign_company_is_known_without_its_legal_form(spelled: str) -> None:
    assert company_key(spelled) == "acme"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海云帆科技有限公司", "北京云帆科技有限公司"),
        ("云帆（上海）科技有限公司", "云帆（北京）科技有限公司"),
        ("上海云帆科技有限公司", "上海云帆科技有限公司北京分公司"),
        ("Group M", "M"),
        ("SA Power Networks", "Power Networks"),
    ],
)
def test_companies_of_other_places_and_names_are_others(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)


def test_a_legal_form_alone_is_no_name() -> None:
    assert company_key("有限公司") == company_key(" ") == ""


@given(st.text(max_size=60) | st.lists(FORMS, max_size=12).map("".join))
@example("集.团")
@example("c.o")
@example("A co.ltd co")
def test_a_company_key_of_a_company_key_is_itself(name: str) -> None:
    assert company_key(company_key(name)) == company_key(name)


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17), st.sampled_from(ALPHABET))
def test_a_credit_code_is_taken_with_its_check_digit_and_with_no_other(body: str, last: str) -> None:
    code = body + check_digit(body)

    assert read_credit_code(f" {code.lower()} ") == read_credit_code(code) == code
    if last != code[-1]:
        with pytest.raises(UnusableCreditCode):
            read_credit_code(body + last)


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17), st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_noticed(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]

    assert (check_digit(swapped) == check_digit(body)) == (swapped == body)


@pytest.mark.parametrize("code", ["91110000802100433B", "９１１１００００８０２１００４３３Ｂ", "91110000-802100433-B"])
def test_a_real_credit_code_is_taken_in_any_spelling(code: str) -> None:
    assert read_credit_code(code) == "91110000802100433B"


@pytest.mark.parametrize(
    "code", ["91110000802100433C", "9111000080210043", "91110000802100433BB", "9111000080210043IB"]
)
def test_what_is_no_credit_code_is_refused_by_field(code: str) -> None:
    with pytest.raises(UnusableCreditCode) as refused:
        read_credit_code(code)

    assert [violation.field for violation in refused.value.fields] == ["person.credit_code"]

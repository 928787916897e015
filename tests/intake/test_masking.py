"""Masks show enough to recognise and too little to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.masking import masked_code, masked_company, masked_email, masked_name, masked_phone


@pytest.mark.parametrize(("name", "mask"), [("李雷", "李*"), ("Ada Lovelace", "A*"), (" 李", "李*"), ("", "")])
def test_of_a_name_the_first_letter_is_shown(name: str, mask: str) -> None:
    assert masked_name(name) == mask


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        ("+8613800138000", "138****8000"),
        ("+861062345678", "106****5678"),
        ("+861062345678 ext. 801", "106****5678"),
        ("+4917139200071", "491****0071"),
        ("", ""),
    ],
)
def test_of_a_number_its_ends_are_shown(phone: str, mask: str) -> None:
    assert masked_phone(phone) == mask


def test_of_an_address_the_first_letter_and_the_domain_are_shown() -> None:
    assert masked_email("lei.li@example.com") == "l***@example.com"
    assert masked_email("") == ""


def test_of_a_company_two_letters_are_shown() -> None:
    assert masked_company("上海云帆科技") == "上海****"
    assert masked_company("") == ""


@pytest.mark.parametrize(("code", "mask"), [("L007", "L**7"), ("L1", "**"), ("L", "*"), ("", "")])
def test_of_a_reps_code_its_ends_are_shown(code: str, mask: str) -> None:
    assert masked_code(code) == mask


@given(st.from_regex(r"\+86(1[3-9][0-9]{9})", fullmatch=True))
def test_of_a_mobile_number_four_digits_stay_hidden(phone: str) -> None:
    assert masked_phone(phone) == f"{phone[3:6]}****{phone[-4:]}"


@given(st.text(max_size=40))
def test_a_mask_of_any_text_is_made_and_is_short(text: str) -> None:
    for mask in (masked_name, masked_phone, masked_company, masked_code):
        assert len(mask(text)) <= max(11, len(text))
    assert len(masked_email(text)) <= len(text) + 4

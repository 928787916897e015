"""The shipped generator: the same leads for the same seed, plainly made up, and hard in the ways that matter."""

from collections import Counter
from random import Random

import phonenumbers
import pytest

from cli.demo.columns import Field
from cli.demo.generated_leads import ROWS, leads_csv, spelled_otherwise
from cli.demo.leads_file import LeadsFile, leads_from, prepared
from cli.demo.submissions import KnownIds
from services.shared.validation import violations

SEED = 20260101


@pytest.fixture(scope="module")
def generated() -> LeadsFile:
    return leads_from(leads_csv(SEED, rep_codes=("L001", "L002")).encode(), "leads.csv")


def phones(file: LeadsFile) -> list[str]:
    return [row.values[Field.PHONE] for row in file.rows if Field.PHONE in row.values]


def parsed(phone: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone.partition("转")[0], "CN")
    except phonenumbers.NumberParseException:
        return None


def test_a_seed_makes_the_same_leads_again_and_another_seed_makes_others() -> None:
    assert leads_csv(SEED) == leads_csv(SEED)
    assert leads_csv(SEED) != leads_csv(SEED + 1)


@pytest.mark.parametrize("rows", [1, 40, ROWS, 1_000])
def test_there_are_as_many_rows_as_asked_for(rows: int) -> None:
    assert len(leads_from(leads_csv(SEED, rows=rows).encode(), "leads.csv").rows) == rows


def test_every_row_is_a_submission_that_the_contract_takes(generated: LeadsFile) -> None:
    names = dict.fromkeys((*generated.distinct(Field.CAMPAIGN), *generated.distinct(Field.CAPTURED_BY)), "")
    submissions, bad = prepared(generated, KnownIds(campaigns=names, reps=names))

    assert len(submissions) == ROWS
    assert bad == []
    assert [one.left_out for one in submissions if one.left_out] == []
    assert [violations(one.request) for one in submissions if violations(one.request)] == []


def test_a_few_phones_are_bad_and_the_others_are_valid_numbers(generated: LeadsFile) -> None:
    valid = [phone for phone in phones(generated) if (number := parsed(phone)) and phonenumbers.is_valid_number(number)]

    assert 4 <= len(phones(generated)) - len(valid) <= 15


def test_numbers_and_mailboxes_are_plainly_made_up(generated: LeadsFile) -> None:
    for phone in phones(generated):
        digits = "".join(str(int(letter)) for letter in phone if letter.isdigit())
        assert "990000" in digits or "55501" in digits or len(digits) <= 5 or digits.startswith("0215"), phone
    mailboxes = [row.values[Field.EMAIL] for row in generated.rows if Field.EMAIL in row.values]
    assert all(mailbox.casefold().endswith(".example.com") for mailbox in mailboxes)


def test_people_come_again_under_another_spelling_of_their_number_or_mailbox(generated: LeadsFile) -> None:
    numbers = Counter(
        phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164)
        for p in phones(generated)
        if (n := parsed(p))
    )
    mailboxes = Counter(row.values[Field.EMAIL].casefold() for row in generated.rows if Field.EMAIL in row.values)

    assert sum(count - 1 for count in numbers.values()) >= 25
    assert sum(count - 1 for count in mailboxes.values()) >= 10


def test_sources_campaigns_and_countries_are_several(generated: LeadsFile) -> None:
    assert len(generated.distinct(Field.SOURCE)) >= 8
    assert len(generated.distinct(Field.CAMPAIGN)) >= 4
    assert len(generated.distinct(Field.COUNTRY)) >= 5
    assert "测试" in generated.distinct(Field.NAME)


def test_a_number_spelled_otherwise_is_the_same_number() -> None:
    mobile = "19900001234"
    spellings = {spelled_otherwise(Random(n), mobile) for n in range(100)}

    assert len(spellings) == 6
    assert mobile not in spellings
    assert {str(parsed(spelling)) for spelling in spellings} == {str(parsed(mobile))}

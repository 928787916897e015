"""E-mail addresses to one form, and whether an address is a person's or a role's."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from services.shared.refusals import InvalidInput

FIELD = "person.email"
# Mailboxes that a company reads, not a person.
_ROLE_WORDS = """
abuse admin administrator hostmaster it no-reply noreply postmaster root security tech webmaster
contact contactus enquiries enquiry feedback general hello info inquiries inquiry mail reception
cs customerservice help helpdesk kefu order orders service services shop support team
business market marketing media newsletter pr press sales xiaoshou
accounting accounts billing finance legal office procurement purchase purchasing
hr jobs recruit recruitment zhaopin
"""
ROLES = frozenset(_ROLE_WORDS.split())


@dataclass(frozen=True)
class Email:
    """`key` is the address by which people are compared; `address` is how to write to it."""

    address: str
    key: str
    of_a_role: bool


class UnusableEmail(InvalidInput):
    def __init__(self) -> None:
        super().__init__(FIELD, "This is no e-mail address. Write it as name@example.com.")


def read_email(text: str) -> Email | None:
    """An address; None when nothing was typed. Whether it can be delivered to is not asked. Raises UnusableEmail."""
    if not text.strip():
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        valid = validate_email(plain, check_deliverability=False, allow_display_name=False)
    except EmailNotValidError:
        raise UnusableEmail from None
    key = valid.normalized.casefold()
    return Email(valid.normalized, key, key.partition("@")[0].partition("+")[0] in ROLES)

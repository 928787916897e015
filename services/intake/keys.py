"""Identity keys of a submission: strong ones tell who somebody is, weak ones only raise a question."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.intake.companies import company_key, read_credit_code
from services.intake.emails import Email, read_email
from services.intake.phones import Phone, read_phone


class KeyKind(StrEnum):
    MOBILE = "MOBILE"
    EMAIL = "EMAIL"
    WECOM = "WECOM"
    CREDIT_CODE = "CREDIT_CODE"
    FIXED_LINE = "FIXED_LINE"
    SERVICE_LINE = "SERVICE_LINE"
    ROLE_MAILBOX = "ROLE_MAILBOX"
    COMPANY_NAME = "COMPANY_NAME"

    @property
    def strong(self) -> bool:
        return self in STRONG

    @property
    def of_a_person(self) -> bool:
        """Belongs to one person, not to a company."""
        return self in PERSONAL


PERSONAL = frozenset({KeyKind.MOBILE, KeyKind.EMAIL, KeyKind.WECOM})
STRONG = PERSONAL | {KeyKind.CREDIT_CODE}


@dataclass(frozen=True, order=True)
class Key:
    """Sorted, they stand in the order in which everybody inserts them."""

    kind: KeyKind
    value: str


@dataclass(frozen=True)
class Person:
    """Somebody, as typed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    wecom_id: str = ""
    company: str = ""
    credit_code: str = ""
    title: str = ""


@dataclass(frozen=True)
class Contacts:
    """What was typed, read: by what somebody can be reached, and by which keys known."""

    phone: Phone | None
    email: Email | None
    wecom_id: str
    credit_code: str
    company_key: str

    @property
    def reachable(self) -> bool:
        return bool(self.phone or self.email or self.wecom_id)

    @property
    def keys(self) -> tuple[Key, ...]:
        found = []
        if self.phone:
            kind = KeyKind(self.phone.kind)
            # Behind one fixed line each extension is another desk; a mobile number has one person, whatever is added.
            desk = f"x{self.phone.extension}" if self.phone.extension and kind is not KeyKind.MOBILE else ""
            found.append(Key(kind, self.phone.e164 + desk))
        if self.email:
            found.append(Key(KeyKind.ROLE_MAILBOX if self.email.of_a_role else KeyKind.EMAIL, self.email.key))
        if self.wecom_id:
            found.append(Key(KeyKind.WECOM, self.wecom_id))
        if self.credit_code:
            found.append(Key(KeyKind.CREDIT_CODE, self.credit_code))
        if self.company_key:
            found.append(Key(KeyKind.COMPANY_NAME, self.company_key))
        return tuple(sorted(found))


def deciding(keys: Collection[Key]) -> tuple[Key, ...]:
    """The strong keys that tell who it is; a credit code, which tells the company, where there is no personal one."""
    return tuple(key for key in keys if key.kind.of_a_person) or tuple(key for key in keys if key.kind.strong)


def read_contacts(person: Person, country: str) -> Contacts:
    """Raises UnusablePhone, UnusableEmail, UnusableCreditCode."""
    return Contacts(
        phone=read_phone(person.phone, country),
        email=read_email(person.email),
        wecom_id=person.wecom_id.strip(),
        credit_code=read_credit_code(person.credit_code),
        company_key=company_key(person.company),
    )

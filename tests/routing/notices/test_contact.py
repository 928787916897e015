"""What can be used as an address, a zone, quiet hours."""

from datetime import time

import pytest

from services.routing.notices.contact import Channel, Contact, Preferences, QuietHours, Way, check_contact
from services.shared.refusals import InvalidInput


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "li@sales.example"),
        (Channel.WECOM, "LiLei"),
        (Channel.WECOM, "LiLei|han.mei-mei_2@corp"),
        (Channel.WEBHOOK, "https://hooks.example/clew?team=east"),
        (Channel.WEBHOOK, "http://10.0.0.7:8080/"),
        (Channel.WEBHOOK, "http://[::1]:8080/x"),
    ],
)
def test_an_address_of_its_channel_is_taken(channel: Channel, address: str) -> None:
    check_contact(Contact(ways=[Way(channel, address)]))


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "li"),
        (Channel.EMAIL, "li@sales.example\r\nBcc: all@sales.example"),
        (Channel.EMAIL, "李@销售.example"),
        (Channel.WECOM, "@all"),
        (Channel.WECOM, "LiLei||"),
        (Channel.WEBHOOK, "ftp://hooks.example/"),
        (Channel.WEBHOOK, "https://user:word@hooks.example/"),
        (Channel.WEBHOOK, "https:///nowhere"),
        (Channel.WEBHOOK, "https://hooks.example:99999/"),
        (Channel.WEBHOOK, "https://hooks.example/ HTTP/1.1"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(channel: Channel, address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_contact(Contact(ways=[Way(channel, address)]))

    assert refused.value.fields[0].field == "contact.channels[0].address"
    assert address not in str(refused.value)


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (Contact(Preferences(zone="Mars/Olympus")), "contact.zone"),
        (Contact(Preferences(zone="../etc/passwd")), "contact.zone"),
        (Contact(Preferences(quiet=QuietHours(time(8), time(8)))), "contact.quiet_to"),
        (Contact(ways=[Way(Channel.WECOM, "a"), Way(Channel.WECOM, "b")]), "contact.channels"),
        (Contact(ways=[Way(Channel.WECOM, "a", secret="x" * 16)]), "contact.channels[0].secret"),
    ],
)
def test_the_field_at_fault_is_named(contact: Contact, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_contact(contact)

    assert refused.value.fields[0].field == field

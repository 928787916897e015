"""Routing's tables, as far as code names them; migrations/ has all of them."""

from sqlalchemy import MetaData

from services.shared.outbox import event_table
from services.shared.requests import request_table

metadata = MetaData()
event = event_table(metadata, "routing")
request = request_table(metadata, "routing")


def next_seq(of: str) -> str:
    """SQL: the number of the next event of each of these leads, which are locked. One event of each at a time."""
    return f"(select coalesce(max(seq), 0) + 1 from routing.event where event.lead_id = {of}.lead_id)"

"""Intake's tables, as far as code names them; migrations/ has all of them."""

from sqlalchemy import MetaData

from services.shared.outbox import event_table
from services.shared.requests import request_table

metadata = MetaData()
event = event_table(metadata, "intake")
request = request_table(metadata, "intake")

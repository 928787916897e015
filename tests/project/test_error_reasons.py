"""The documented reasons are those that are sent, no more and no fewer."""

import re
from pathlib import Path

from clew.lead.v1.error_reason_pb2 import ErrorReason

ROOT = Path(__file__).parents[2]
PREFIX = "ERROR_REASON_"
NAMES: list[str] = ErrorReason.keys()
DOCUMENTED = {name.removeprefix(PREFIX) for name in NAMES if name != f"{PREFIX}UNSPECIFIED"}
SOURCES = "\n".join(path.read_text() for path in ROOT.glob("services/**/*.py"))


def test_every_documented_reason_is_sent_somewhere() -> None:
    assert [reason for reason in sorted(DOCUMENTED) if f'"{reason}"' not in SOURCES] == []


def test_every_reason_that_is_sent_is_documented() -> None:
    kinds = "Refused|Denied|Conflict|NotFound|NotReady|AlreadyExists|Exhausted|Unavailable|OutOfTime"
    sent = set(re.findall(rf'(?:super\(\).__init__|{kinds})\(\s*"([A-Z][A-Z_]+)"', SOURCES)) | set(
        re.findall(r'reason="([A-Z][A-Z_]+)",?\s*(?:\w+=|\))', SOURCES)
    )
    catalogue = set(re.findall(r'_reason\(\s*"([A-Z_]+)"', SOURCES))
    timeline = {"REENQUIRY", "SCORE_UNTAKEN", "LEAD_UNTAKEN", "OWNERS_UNTOLD"}

    assert sent - DOCUMENTED - catalogue - timeline == set()

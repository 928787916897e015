"""Time zones by their IANA names."""

from zoneinfo import ZoneInfo


def zone_named(name: str) -> ZoneInfo | None:
    """None where there is no such zone, whatever the name is: `../x` and that of a folder raise each another error."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None

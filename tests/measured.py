"""An instrument that tells what was measured with it."""

from collections.abc import Mapping


class Measured:
    """Stands where a counter, a gauge or a histogram is: everything that it was given, by the values of its labels."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], list[float]] = {}

    def add(self, amount: float, attributes: Mapping[str, str] | None = None) -> None:
        self.values.setdefault(tuple((attributes or {}).values()), []).append(amount)

    record = set = add

    def last(self, *labels: str) -> float | None:
        return self.values[labels][-1] if labels in self.values else None

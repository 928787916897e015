"""A token bucket: so many at once, and so many a minute."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """`now` is any clock's seconds that only grow. It may be overdrawn: then it is empty for longer."""

    per_minute: float
    most: float
    tokens: float
    filled_at: float

    @staticmethod
    def full(per_minute: float, most: float, now: float) -> "Bucket":
        return Bucket(per_minute, most, most, now)

    def take(self, now: float, amount: float = 1) -> float:
        """Take tokens out. Returns how many seconds to wait for those that are not there yet."""
        self._fill(now)
        self.tokens -= amount
        return max(-self.tokens * 60 / self.per_minute, 0.0)

    def has_one(self, now: float) -> bool:
        self._fill(now)
        return self.tokens >= 1

    def is_full(self, now: float) -> bool:
        self._fill(now)
        return self.tokens >= self.most

    def _fill(self, now: float) -> None:
        self.tokens = min(self.most, self.tokens + max(now - self.filled_at, 0) * self.per_minute / 60)
        self.filled_at = now

"""So many at once, and so many a minute."""

from services.routing.notices.bucket import Bucket


def test_a_full_bucket_gives_so_many_at_once_and_then_one_at_a_time() -> None:
    bucket = Bucket.full(60, 3, now=100)

    assert [bucket.take(100) for _ in range(5)] == [0, 0, 0, 1, 2]


def test_what_is_owed_is_filled_first() -> None:
    bucket = Bucket.full(6, 5, now=0)
    bucket.take(0, 6)

    assert not bucket.has_one(10)
    assert bucket.has_one(20)
    assert not bucket.is_full(20)
    assert bucket.is_full(60)

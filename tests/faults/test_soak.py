"""What the soak calls growth, on samples made up."""

from tests.faults.soak import Sample, memory_growth, settled

MIB = 2**20


def samples(*memory: float, descriptors: int = 30) -> list[Sample]:
    """One every 10 s."""
    return [Sample(10.0 * number, int(one * MIB), descriptors, 10) for number, one in enumerate(memory)]


def test_memory_that_rises_in_the_warm_up_only_has_not_grown() -> None:
    assert memory_growth("routing", samples(*range(50, 100, 10), *[100.0] * 40)).within


def test_memory_that_goes_on_rising_has_grown() -> None:
    assert not memory_growth("routing", samples(*[100 + number for number in range(60)])).within


def test_a_cache_of_another_programs_may_fill_up_to_its_bound() -> None:
    filling = samples(*[200 + 4 * number for number in range(60)])

    assert memory_growth("postgres", filling).within
    assert not memory_growth("routing", filling).within


def test_descriptors_that_a_pool_opened_in_the_warm_up_may_stay_and_more_may_not() -> None:
    seen = samples(*[100.0] * 20, descriptors=40)

    assert all(one.within for one in settled("routing", seen, Sample(300.0, 100 * MIB, 42, 10)))
    assert [one.figure for one in settled("routing", seen, Sample(300.0, 100 * MIB, 60, 10)) if not one.within] == [
        "descriptors"
    ]

"""Which faults a run goes through: all of them, or the few that fit into a test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.faults import faults, faults_of_runs
from tests.faults.faults import Fault


@dataclass(frozen=True)
class Profile:
    name: str
    faults: Sequence[Fault]
    calls_per_second: float = 80.0
    leads: int = 160
    patient_leads: int = 8
    # After the faults one by one: so long a random mix of `mixed`, two at a time.
    mix_seconds: float = 0.0
    mixed: Sequence[Fault] = ()

    def only(self, word: str) -> "Profile":
        """The faults whose name contains a word, and no mix."""
        return replace(self, faults=[fault for fault in self.faults if word in fault.name], mix_seconds=0.0)


BROKEN_PROCESSES = (
    # First: a client that has met an outage tries less often again for a while, so that a service can recover.
    faults.ROLLED,
    *faults.KILLS,
    faults.COMMITTED,
    faults.NUDGED,
    faults.CALLED,
    faults.WORKERS_KILLED,
    faults.ZOMBIE,
    faults.TEMPORAL_KILLED,
    faults.TEMPORAL_AWAY,
    faults.POSTGRES_KILLED,
    faults.POSTGRES_RESTARTED,
    faults.CONNECTIONS_CUT,
    faults.POSTGRES_FROZEN,
)
BROKEN_RUNS = (faults_of_runs.ENDED_BY_OPERATOR, faults_of_runs.DELIVERED_AGAIN, faults_of_runs.FLOODED)
# What can be broken while something else is broken too.
MIXED = (
    *faults.KILLS,
    faults.WORKERS_KILLED,
    faults.TEMPORAL_KILLED,
    faults.POSTGRES_KILLED,
    faults.CONNECTIONS_CUT,
    faults_of_runs.DELIVERED_AGAIN,
    *faults.disturbances(4.0),
)

FULL = Profile(
    "full",
    faults=(*BROKEN_PROCESSES, *BROKEN_RUNS, *faults.disturbances(4.0)),
    mix_seconds=75.0,
    mixed=MIXED,
)
SHORT = Profile(
    "short",
    faults=(
        faults.ROLLED,
        faults.KILLS[2],
        faults.COMMITTED,
        faults.CALLED,
        faults.WORKERS_KILLED,
        faults.POSTGRES_KILLED,
        faults.CONNECTIONS_CUT,
        faults.TEMPORAL_KILLED,
        faults_of_runs.DELIVERED_AGAIN,
    ),
    calls_per_second=60.0,
    leads=80,
)
MIX = replace(FULL, name="mix", faults=())
CALM = Profile("calm", faults=())
PROFILES = {profile.name: profile for profile in (FULL, SHORT, MIX, CALM)}

"""How long calls may take, how they are tried again, and when a run begins a new history."""

from datetime import timedelta

from temporalio.common import RetryPolicy

# A call on the way of nearly every run is first made inside the workflow's own task: quick, and one event.
QUICK_CALL = timedelta(seconds=1)
QUICK_CALL_WITH_RETRIES = timedelta(seconds=3)
# Once: trouble is waited out below, where it stands in nobody's way.
QUICK_RETRIES = RetryPolicy(maximum_attempts=1)

# Then, or when people should see it by its name, as an activity of its own, tried again without end.
ONE_CALL = timedelta(seconds=5)
RETRIES = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
)
# A call gives up a little before its activity does, so that the failure names what happened.
SHARE_OF_A_CALL = 0.9

# How long a lead's run waits for another service than routing before it looks at its lead again.
PATIENCE = timedelta(seconds=30)

# A refused step is tried again after a pause that doubles, or at a nudge.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)

# Two clocks are never quite the same: a run that is woken a little early does not ask again at once.
SHORTEST_SLEEP = timedelta(milliseconds=200)
# When routing names no instant, or a task that is unknown here, the run asks again after so long.
LONGEST_SLEEP = timedelta(days=1)
ASK_ABOUT_THE_UNKNOWN = timedelta(seconds=60)

# A history this long is replayed within 0.1 s by a worker that has not the run in memory.
EVENTS_IN_A_HISTORY = 200

# A conversion's lease; the lead's run asks what became of the conversion when it ends.
LEASE = timedelta(seconds=60)

# Reconcile: repaired within a minute, whenever the run was ended.
LOOK_EVERY = timedelta(seconds=20)
LOOKS_OVERLAP = timedelta(seconds=30)
FIRST_LOOK = timedelta(hours=1)
ONE_LOOK = timedelta(seconds=30)
# A look that hangs is given up; the next one begins where the last that ended did.
WHOLE_LOOK = timedelta(minutes=10)
CATCH_UP = timedelta(minutes=2)

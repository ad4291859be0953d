"""What happens to households: they move in, within and out of the town; some must be kept from view.

Days only; how late a system hears of them is in `lags`. Changes of surname are in `naming`, alternative care in `care`.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

DAY, NEVER = np.timedelta64(1, "D"), np.datetime64("NaT", "D")
YEAR = 365.25


def moves(n: int, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """When households moved into, within and out of the town: moved_in, moved_out, moved_on.

    A move within the town lies in the last four years, after the arrival and before the departure.
    """
    dates, people = scenario.schedule, scenario.people
    end, start = np.datetime64(dates.follow_up_until), np.datetime64(dates.train_as_of) - int(3 * YEAR)
    leaves = min(1.0, people.moved_out_a_year * float((end - start) / DAY) / YEAR)
    came = some_day(streams.of("events.moved_in"), n, people.moved_in_share, end - int(12 * YEAR), end)
    left = some_day(streams.of("events.moved_out"), n, leaves, start, end)
    left = np.where(left <= came, NEVER, left)
    rng = streams.of("events.moved_within")
    first, last = np.fmax(end - int(4 * YEAR), came + DAY), np.fmin(end, left)
    moved = day_between(rng.random(n), first, last)
    moved = np.where(rng.random(n) < people.moved_within_share, moved, NEVER)
    return pd.DataFrame({"moved_in": came, "moved_out": left, "moved_on": moved})


def some_day(rng: np.random.Generator, n: int, share: float, first: np.datetime64, last: np.datetime64) -> np.ndarray:
    """A day for a share of n, evenly spread; NaT for the others."""
    day = first + rng.integers(0, int((last - first) / DAY), n).astype("timedelta64[D]")
    return np.where(rng.random(n) < share, day, NEVER)


def day_between(draw: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The day at `draw` (0 to 1) of the way from the first to the day before the last; NaT where there is none."""
    span = (last - first) / DAY
    return np.where(span > 0, first + (draw * np.maximum(span, 0)).astype(int) * DAY, NEVER)


def guarded(household: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """The households with protected_since (NaT none) and transfers (the school changes with a move).

    Protected are households that moved, within the town or into it: their address since then is kept from view. The
    share asked for is that of all households.
    """
    people, n = scenario.people, len(household)
    fled = household["moved_on"].to_numpy()
    fled = np.where(np.isnat(fled), household["moved_in"].to_numpy(), fled)
    can = ~np.isnat(fled)
    share = min(1.0, people.protected_share / max(can.mean(), 1e-9)) if n else 0.0
    kept = can & (streams.of("events.protected").random(n) < share)
    transfers = streams.of("events.transfer").random(n) < people.transfer_share
    return household.assign(protected_since=np.where(kept, fled, NEVER), transfers=transfers)


def table_of(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """A table of columns as they are: nothing is copied, and days become pandas' seconds the fast way."""
    seconds = {
        name: values.astype("datetime64[s]") if values.dtype.kind == "M" else values for name, values in columns.items()
    }
    return pd.DataFrame(seconds, copy=False)

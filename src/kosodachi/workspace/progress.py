"""One line a step: which, how long, how long last time, fresh or why it ran."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from kosodachi.workspace.messages import told


@dataclass
class Progress:
    """Counts steps and prints their lines; `say` takes a line."""

    steps: int
    say: Callable[[str], None] = print
    transient: bool = False
    told_of: int = 0

    def fresh(self, step: str) -> None:
        """The line of a step that need not run."""
        self._line(step, "fresh", told("unchanged"))

    def running(self, step: str, last: float | None) -> None:
        """A passing line on a terminal; the step's own line replaces it."""
        if self.transient:
            text = told("running_last", last=last) if last else told("running")
            print(f"        {step}  {text}", end="\r", flush=True)

    def ended(self, step: str, status: str, why: str, now: float, last: float | None) -> None:
        """The line of a step that ran."""
        took = told("seconds_last", now=now, last=last) if last else told("seconds", now=now)
        self._line(step, status, f"{took}, {told('because', why=why)}")

    def _line(self, step: str, status: str, text: str) -> None:
        self.told_of += 1
        wipe = "\x1b[2K\r" if self.transient else ""
        self.say(f"{wipe}[{self.told_of:>2}/{self.steps}] {step:<18} {told(status):<6} {text}")


def on_terminal() -> bool:
    """Whether lines may be overwritten."""
    return sys.stdout.isatty()

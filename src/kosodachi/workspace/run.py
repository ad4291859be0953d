"""Runs a town's steps: fresh ones are skipped, stale ones run in sandboxes, the manifest is written after each.

A killed run goes on at the step it died in; a failing step leaves all earlier tables and pages as they were.
"""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from kosodachi.faults import Fault
from kosodachi.workspace import child, engine, keys, manifest, notebooks, sandbox, stale
from kosodachi.workspace import parameters as wanted
from kosodachi.workspace.context import Run
from kosodachi.workspace.lock import locked
from kosodachi.workspace.messages import told
from kosodachi.workspace.plan import after, follows
from kosodachi.workspace.progress import Progress

DONE, STEP_FAILED, INPUT_AT_FAULT = 0, 1, 2
FAILURE = ("cell", "line", "error", "place", "fault", "died")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What was asked besides the plan: from which step on, which one alone, which parameters, how many at once."""

    first: str = ""
    only: str = ""
    given: dict[str, str] = field(default_factory=dict)
    jobs: int = 1


@dataclass
class Session:
    """A run under way: its manifest, what is forced and given, and what went wrong."""

    run: Run
    forced: set[str]
    given: dict[str, dict]
    progress: Progress
    record: dict
    why: dict[str, stale.Why] = field(default_factory=dict)
    failures: dict[str, dict] = field(default_factory=dict)
    raised: list[BaseException] = field(default_factory=list)
    guard: threading.RLock = field(default_factory=threading.RLock)

    @cached_property
    def key(self) -> str:
        """The identifier key, asked for when the first step of the identifier zone runs."""
        return keys.identifier_key()

    @cached_property
    def about(self) -> dict:
        """What this run is made with."""
        return manifest.about(self.run)

    def note(self, step: str, entry: dict) -> None:
        """Puts a step's entry into the manifest and writes it."""
        with self.guard:
            self.record |= self.about
            self.record["steps"][step] = entry
            manifest.write(self.run.work, self.record)


def run_town(run: Run, wish: Wish, *, say: Say = print, transient: bool = False) -> tuple[int, Session]:
    """Exit status and the session. Faults of plan, parameters, key and lock are raised before a kernel starts."""
    before = chosen(run, wish)
    defaults = {step: notebooks.parameters(notebooks.read(run.notebook(step))) for step in before}
    given = wanted.given(wish.given, defaults)
    for step in before:
        stale.continued(run, step, given[step])
    forced = {wish.only} if wish.only else after(run.plan, wish.first) if wish.first else set()
    with locked(run.work):
        session = Session(run, forced, given, Progress(len(before), say, transient), recovered(run))
        fine = engine.run_steps(before, fresh=_asking(session), do=_doing(session), jobs=wish.jobs)
        sandbox.clear(run)
    if session.raised:
        raise session.raised[0]
    return (DONE if fine else status(session)), session


def chosen(run: Run, wish: Wish) -> dict[str, list[str]]:
    """Step -> the steps before it, of those to look at. Raises Fault E-RUN-12 for a step not in the plan."""
    for step in filter(None, (wish.first, wish.only)):
        if step not in run.plan.steps:
            raise Fault("E-RUN-12", step=step, known=", ".join(run.plan.steps))
    if wish.only:
        return {wish.only: []}
    return {step: list(first) for step, first in follows(run.plan).items()}


def recovered(run: Run) -> dict:
    """The manifest, after what a killed run left was taken in or cleared away."""
    sandbox.clear(run)
    record = manifest.read(run.work)
    for step in sandbox.finished(run):
        record["steps"][step] = sandbox.take_in(run, step, record["steps"].get(step))
        manifest.write(run.work, record)
        sandbox.forget(run, step)
    return record


def status(session: Session) -> int:
    """2 if every step that failed met a fault of the user's input, else 1."""
    failures = session.failures.values()
    return INPUT_AT_FAULT if failures and all("fault" in failure for failure in failures) else STEP_FAILED


def why_failed(session: Session) -> list[str]:
    """What went wrong, a step: the fault in its own words, else where and what, without values."""
    return [_told(step, failure) for step, failure in session.failures.items()]


def _told(step: str, failure: dict) -> str:
    if "fault" in failure:
        return failure["fault"]
    if failure.get("died"):
        return told("died", step=step, error=failure["error"])
    at = told("at_place", place=failure["place"]) if failure["place"] else ""
    return told("went_wrong", step=step, cell=failure["cell"], line=failure["line"], error=failure["error"], at=at)


def _asking(session: Session) -> Callable[[str], bool]:
    return lambda step: _kept(session, lambda: is_fresh(session, step))


def _doing(session: Session) -> Callable[[str], bool]:
    return lambda step: _kept(session, lambda: do(session, step))


def _kept(session: Session, act: Callable[[], bool]) -> bool:
    """doit prints tracebacks of its own; an exception is kept here and raised after it has ended."""
    if session.raised:
        return False
    try:
        return act()
    except Exception as error:
        session.raised.append(error)
        return False


def is_fresh(session: Session, step: str) -> bool:
    """Whether the step need not run; says so if it need not."""
    entry = session.record["steps"].get(step)
    asked = stale.Why("asked") if step in session.forced else None
    why = stale.why(session.run, step, entry, session.given[step]) or asked
    if why is None:
        session.progress.fresh(step)
        return True
    session.why[step] = why
    return False


def do(session: Session, step: str) -> bool:
    """Runs one step; True if it was done."""
    run, given, last = session.run, session.given[step], session.record["steps"].get(step) or {}
    key = session.key if run.plan.steps[step].zone == "identifier" else None
    entry = {**last, "status": "running", "reason": reason(session.why[step]), "zone": run.plan.steps[step].zone}
    session.note(step, entry)
    session.progress.running(step, last.get("seconds"))
    began = time.monotonic()
    inputs = stale.inputs(run, step, given)
    made = sandbox.build(run, step, given)
    outcome = child.execute(run, step, made, given, key=key)
    entry |= {"given": given, "seconds": round(time.monotonic() - began, 2)}
    if outcome["ok"]:
        _succeed(session, step, made, {**entry, "inputs": inputs})
    else:
        _fail(session, step, entry, outcome)
    shutil.rmtree(made.folder, ignore_errors=True)
    ended, why = "done" if outcome["ok"] else "failed", session.why[step].told()
    session.progress.ended(step, ended, why, entry["seconds"], last.get("seconds"))
    return outcome["ok"]


def reason(why: stale.Why) -> dict[str, str]:
    """The reason in both languages, for the record."""
    return {lang: why.told(lang) for lang in ("en", "ja")}


def _succeed(session: Session, step: str, made: sandbox.Sandbox, entry: dict) -> None:
    run = session.run
    entry = {name: value for name, value in entry.items() if name not in FAILURE}
    sandbox.finish(run, step, made, {**entry, "status": "done"})
    with session.guard:
        session.note(step, sandbox.take_in(run, step, session.record["steps"].get(step)))
    sandbox.forget(run, step)


def _fail(session: Session, step: str, entry: dict, outcome: dict) -> None:
    failed = {name: value for name, value in outcome.items() if name != "ok"}
    session.failures[step] = failed
    session.note(step, {**entry, "status": "failed", **failed})

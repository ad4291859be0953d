"""What the next run would do, step by step, and what the last one did. It reads hashes and runs nothing."""

from kosodachi.workspace import lock, manifest, notebooks, stale
from kosodachi.workspace.context import Run
from kosodachi.workspace.messages import told
from kosodachi.workspace.plan import follows


def states(run: Run) -> dict[str, tuple[str, str]]:
    """Step -> its state (fresh, stale, failed, running) and the reason in words."""
    record, found = manifest.read(run.work), {}
    under_way = lock.is_running(run.work)
    for step, before in follows(run.plan).items():
        entry = record["steps"].get(step)
        notebooks.read(run.notebook(step))
        why = stale.why(run, step, entry, {})
        first = next((name for name in before if found[name][0] != "fresh"), None)
        if entry and entry["status"] == "running" and under_way:
            found[step] = ("running", "")
        elif entry and entry["status"] == "failed":
            found[step] = ("failed", _where(entry))
        elif why or first:
            found[step] = ("stale", (why or stale.Why("upstream", {"name": first})).told())
        else:
            found[step] = ("fresh", told("seconds", now=entry["seconds"]))
    return found


def lines(run: Run) -> list[str]:
    """The states, a line each."""
    return [f"{step:<18} {told(state):<6} {why}" for step, (state, why) in states(run).items()]


def _where(entry: dict) -> str:
    if "fault" in entry:
        return entry["fault"].splitlines()[0]
    place = f", {entry['place']}" if entry.get("place") else ""
    return f"[{entry['cell']}]:{entry['line']} {entry['error']}{place}" if "cell" in entry else entry["error"]

"""Compares what a run recorded with what is there now: inputs, outputs and pages. It says what, not who."""

from kosodachi.faults import Fault
from kosodachi.workspace import manifest, stale
from kosodachi.workspace.context import Run
from kosodachi.workspace.messages import told


def verified(run: Run) -> tuple[int, list[str]]:
    """How many hashes were compared, and the differences in words. Raises Fault E-RUN-13 if nothing ran yet."""
    record = manifest.read(run.work)
    done = {step: entry for step, entry in record["steps"].items() if entry.get("outputs") and step in run.plan.steps}
    if not done:
        raise Fault("E-RUN-13", run=run.name, step=next(iter(run.plan.steps)), town=run.settings.key)
    found = [text for step, entry in done.items() for text in _of_step(run, step, entry)]
    pages = record.get("pages", {}).get("files", {})
    found += [
        told("verify_page", name=name) for name, then in pages.items() if stale.hash_of(run.reports / name) != then
    ]
    return sum(len(entry["inputs"]) + len(entry["outputs"]) for entry in done.values()) + len(pages), found


def _of_step(run: Run, step: str, entry: dict) -> list[str]:
    changed = stale.differences(entry["inputs"], stale.inputs(run, step, entry["given"]))
    outputs = stale.changed_outputs(run, entry)
    return [told("verify_input", step=step, why=why.told()) for why in changed] + [
        told("verify_output", step=step, name=why.values["name"]) for why in outputs
    ]

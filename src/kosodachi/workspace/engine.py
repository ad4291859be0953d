"""doit as the engine: it orders the steps, asks of each whether it is fresh, and runs the others, several at a time.

What it knows between runs is in manifest.json alone; doit's own database lives in memory and is thrown away.
"""

from collections.abc import Callable


def run_steps(
    before: dict[str, list[str]], *, fresh: Callable[[str], bool], do: Callable[[str], bool], jobs: int = 1
) -> bool:
    """True if every step was fresh or was done. `before` names the steps that must come first, a step.

    A step that is not done stops the run; steps that are under way then still end.
    """
    from doit.cmd_base import TaskLoader2
    from doit.doit_cmd import DoitMain
    from doit.task import dict_to_task

    class Loader(TaskLoader2):
        def load_doit_config(self):
            parallel = {"num_process": jobs, "par_type": "thread"} if jobs > 1 else {}
            return {"backend": "sqlite3", "dep_file": ":memory:", "reporter": "zero", "verbosity": 2, **parallel}

        def load_tasks(self, cmd, pos_args):
            return [dict_to_task(_task(step, first, fresh, do)) for step, first in before.items()]

    return DoitMain(Loader()).run(["run", *before]) == 0


def _task(step: str, first: list[str], fresh, do) -> dict:
    return {"name": step, "task_dep": first, "uptodate": [(fresh, [step], {})], "actions": [(do, [step])]}

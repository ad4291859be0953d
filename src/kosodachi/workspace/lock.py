"""One run of a name at a time: a lock that the operating system drops when its holder ends, however it ends."""

import contextlib
import os
from pathlib import Path

from kosodachi.faults import Fault


@contextlib.contextmanager
def locked(work: Path):
    """Holds the lock of a run's working store. Raises Fault E-RUN-11, naming the process, if another holds it."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / ".lock").open("a+", encoding="ascii") as file:
        if not _taken(file):
            raise Fault("E-RUN-11", run=work.name, pid=_holder(work) or "?")
        (work / ".pid").write_text(str(os.getpid()), encoding="ascii")
        yield


def is_running(work: Path) -> bool:
    """Whether some process holds the lock now."""
    if not (work / ".lock").exists():
        return False
    with (work / ".lock").open("a+", encoding="ascii") as file:
        return not _taken(file)


def _holder(work: Path) -> str:
    try:
        return (work / ".pid").read_text(encoding="ascii")
    except OSError:
        return ""


def _taken(file) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""Sets kosodachi up and runs it, with nothing but Python 3.11 to 3.13: `python bootstrap.py pilot`.

Everything goes into .venv (packages, exactly as requirements.lock says) and .tools (uv, which installs them) in this
folder; neither needs root. The second call finds its stamp and starts at once. `make` calls this file, too.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parent
VENV, TOOLS = HOME / ".venv", HOME / ".tools"
LOCK, STAMP = HOME / "requirements.lock", VENV / ".kosodachi"
SPARK_LOCK, SPARK_STAMP = HOME / "requirements-spark.lock", VENV / ".kosodachi-spark"
UV = "uv==0.13.9"
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
USAGE = """usage: python bootstrap.py JOB [ARGUMENTS]

  pilot      set up, then run every notebook on the town of Aoba; pages in reports/aoba/
  test       set up, then check everything, notebooks included
  lab        set up, then open JupyterLab
  setup      set up only
  lint       style and import order only
  notebooks  run the notebooks and keep their check cells anew
  spark      set up with the extra `spark`, then run the tests that need it and Java 17
  lock       resolve the dependencies anew into requirements.lock and requirements-spark.lock
"""
RESOLVE = ["--universal", "--generate-hashes", "--quiet", "--python-version", "3.11",
           "--custom-compile-command", "python bootstrap.py lock"]  # fmt: skip


def main() -> int:
    """Does one job; its exit status is ours."""
    job, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    jobs = {"pilot": pilot, "test": test, "lab": lab, "setup": lambda _: 0, "lint": lint, "notebooks": notebooks,
            "spark": spark}  # fmt: skip
    if job not in {*jobs, "lock"}:
        print(USAGE)
        return 0 if job in ("-h", "--help") else 2
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return tell(f"this is Python {sys.version.split()[0]}; kosodachi needs 3.11, 3.12 or 3.13.\n"
                    "Call it with such a Python: python3.12 bootstrap.py, or make PYTHON=python3.12")  # fmt: skip
    try:
        if job == "lock":
            return lock()
        set_up()
    except subprocess.CalledProcessError as error:
        return tell(f"setting up failed: {Path(error.cmd[0]).name} ended with {error.returncode}. See the lines above.")
    return jobs[job](arguments)


def pilot(arguments: list[str]) -> int:
    """Runs the default town."""
    return kosodachi("run", "aoba", "--jobs", "2", *arguments)


def lab(arguments: list[str]) -> int:
    """Opens JupyterLab on the notebooks."""
    return python("-m", "jupyterlab", "--notebook-dir", str(HOME), *arguments)


def lint(_: list[str] = ()) -> int:
    """Checks style and the direction of imports."""
    return first_failure([tool("ruff"), "check", "."], [tool("ruff"), "format", "--check", "."], [tool("lint-imports")])


def test(arguments: list[str]) -> int:
    """Checks style, runs the notebooks in their order (each makes the tables the next one needs), then the tests."""
    if status := lint():
        return status
    with tempfile.TemporaryDirectory() as store:
        own = {"KOSODACHI_WORK": store, "KOSODACHI_REPORTS": store, "KOSODACHI_KEY_FILE": str(Path(store) / "key")}
        files = [str(file) for file in sorted((HOME / "notebooks").glob("*.ipynb"))]
        sanitised = ["--nbval-sanitize-with", str(HOME / "notebooks" / "sanitize.cfg")]
        checks = ["-p", "no:xdist", "-o", "addopts=-q", "--nbval-lax", *files, *sanitised]
        if status := python("-m", "pytest", *checks, extra=own):
            return status
        chosen = ["-m", "not spark and not browser and not slow", "-n", "2", *arguments]
        return python("-m", "pytest", "tests", *chosen, extra={"KOSODACHI_MADE": store})


def notebooks(arguments: list[str]) -> int:
    """Runs the notebooks and keeps what their check cells print."""
    return python(str(HOME / "tests" / "notebooks" / "refresh.py"), *arguments)


def spark(arguments: list[str]) -> int:
    """Installs the extra `spark` beside the rest, then runs the tests that need it."""
    try:
        with_spark()
    except subprocess.CalledProcessError as error:
        return tell(f"installing the extra spark failed: {Path(error.cmd[0]).name} ended with {error.returncode}.")
    return python("-m", "pytest", "tests", "-m", "spark", *arguments)


def with_spark() -> None:
    """Brings the packages of requirements-spark.lock into .venv, unless the stamp says that they are there."""
    known = hashlib.sha256(SPARK_LOCK.read_bytes()).hexdigest()
    if SPARK_STAMP.exists() and SPARK_STAMP.read_text() == known:
        return
    print("setting up: pyspark as in requirements-spark.lock ...", flush=True)
    options = ["--no-deps", "--no-build-isolation", "--require-hashes", "-r", str(SPARK_LOCK)]
    try:
        run([uv(), "pip", "install", "--quiet", "-p", venv_python(), *options])
    except (subprocess.CalledProcessError, OSError):
        run([venv_python(), "-m", "ensurepip"])
        run([venv_python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *options])
    SPARK_STAMP.write_text(known)


def lock() -> int:
    """Resolves the dependencies, then what the extra `spark` adds to them."""
    import tomllib

    extra = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["optional-dependencies"]["spark"]
    run([uv(), "pip", "compile", "pyproject.toml", "-o", LOCK.name, "--group", "dev", *RESOLVE])
    command = [uv(), "pip", "compile", "-", "-o", SPARK_LOCK.name, "-c", LOCK.name, *RESOLVE]
    return subprocess.run(
        command, cwd=HOME, env=environment(), input="\n".join(extra), text=True, check=False, stdout=subprocess.DEVNULL
    ).returncode


def set_up() -> None:
    """Brings .venv to what requirements.lock says, unless its stamp says that it is."""
    if STAMP.exists() and STAMP.read_text() == wanted():
        return
    print("setting up: packages as in requirements.lock ...", flush=True)
    try:
        with_uv(uv())
    except (subprocess.CalledProcessError, OSError):
        print("uv cannot be had here; installing with pip, which takes longer ...", flush=True)
        with_pip()
    STAMP.write_text(wanted())


def wanted() -> str:
    """What the stamp says of a finished set-up: lock, project file, Python and place."""
    parts = [LOCK.read_bytes(), (HOME / "pyproject.toml").read_bytes(), f"{sys.version_info[:2]} {HOME}".encode()]
    return hashlib.sha256(b"|".join(parts)).hexdigest()


def with_uv(uv: str) -> None:
    """Installs the locked packages and this one with uv."""
    fresh_venv("--without-pip")
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "-p", venv_python(), str(LOCK)])
    run([uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-p", venv_python(), "-e", "."])


def with_pip() -> None:
    """Installs the same with pip."""
    fresh_venv()
    pip = [venv_python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    run([*pip, "--require-hashes", "-r", str(LOCK)])
    run([*pip, "--no-build-isolation", "-e", "."])


def uv() -> str:
    """The pinned uv, installed into .tools if it is not there."""
    program = TOOLS / BIN / f"uv{EXE}"
    mark = TOOLS / UV.replace("==", "-")
    if not (program.exists() and mark.exists()):
        run([sys.executable, "-m", "venv", "--clear", str(TOOLS)])
        inside = str(TOOLS / BIN / f"python{EXE}")
        run([inside, "-m", "pip", "install", "-qq", "--disable-pip-version-check", UV])
        mark.touch()
    return str(program)


def fresh_venv(*options: str) -> None:
    """A .venv of this interpreter; one of another Python, or half made, is made anew."""
    config = VENV / "pyvenv.cfg"
    same = (
        config.exists() and f"version = {sys.version.split()[0]}" in config.read_text() and "--without-pip" in options
    )
    if not (same and Path(venv_python()).exists()):
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", *options, str(VENV)])
    STAMP.unlink(missing_ok=True)
    SPARK_STAMP.unlink(missing_ok=True)


def venv_python() -> str:
    return str(VENV / BIN / f"python{EXE}")


def tool(name: str) -> str:
    return str(VENV / BIN / f"{name}{EXE}")


def python(*words: str, extra: dict[str, str] | None = None) -> int:
    return call([venv_python(), *words], extra)


def kosodachi(*words: str) -> int:
    return call([tool("kosodachi"), *words])


def first_failure(*commands: list[str]) -> int:
    return next((status for command in commands if (status := call(command))), 0)


def call(command: list[str], extra: dict[str, str] | None = None) -> int:
    return subprocess.run(command, cwd=HOME, env=environment() | (extra or {}), check=False).returncode


def run(command: list[str]) -> None:
    subprocess.run(command, cwd=HOME, env=environment(), check=True)


def environment() -> dict[str, str]:
    """The environment without another venv in it, and with uv kept from fetching a Python of its own."""
    ours = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    }
    return ours | {"UV_PYTHON_DOWNLOADS": "never", "PYTHONUTF8": "1"}


def tell(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

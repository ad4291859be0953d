"""A Spark cluster on this machine's loopback for a test: one master, two workers of one core, each a process of its own."""

import os
import re
import secrets
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
HERE = "127.0.0.1"
BRIEF = "-XX:TieredStopAtLevel=1"
PATIENCE = 300


@contextmanager
def cluster(folder: Path, *, workers: int = 2):
    """The folder with the `spark-defaults.conf` of a running cluster; its processes end with the block."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    guarded = _guarded()
    (conf / "spark-defaults.conf").write_text(guarded)
    started = [_start(folder, "master", MASTER, "--host", HERE, "--port", "0", "--webui-port", "0")]
    try:
        url = _said(folder / "master.log", started[0], r"Starting Spark master at (spark://\S+)")
        for number in range(workers):
            own = ["--host", HERE, "--port", "0", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
            own += ["--work-dir", str(folder / f"work{number}")]
            started.append(_start(folder, f"worker{number}", WORKER, *own, url))
        for number, process in enumerate(started[1:]):
            _said(folder / f"worker{number}.log", process, r"(Successfully registered) with master")
        (conf / "spark-defaults.conf").write_text(guarded + _defaults(url))
        yield conf
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(folder: Path, name: str, *command: str) -> subprocess.Popen:
    import pyspark

    spark = Path(pyspark.__file__).parent
    own = {"SPARK_HOME": str(spark), "SPARK_LOCAL_IP": HERE, "SPARK_CONF_DIR": str(folder / "conf")}
    own |= {"SPARK_DAEMON_MEMORY": "512m", "SPARK_DAEMON_JAVA_OPTS": BRIEF, "SPARK_LOCAL_DIRS": str(folder / "local")}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(spark / "bin" / "spark-class"), *command], env=os.environ | own, stdout=log, stderr=log, cwd=folder
        )


def _said(log: Path, process: subprocess.Popen, pattern: str) -> str:
    """What the log says in the pattern's group, once it says so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(f"{log.name} never said {pattern!r}:\n{log.read_text(errors='replace')[-2000:]}")


def _guarded() -> str:
    """What travels between master, workers and driver is encrypted."""
    secret = secrets.token_hex(16)
    return f"spark.authenticate true\nspark.authenticate.secret {secret}\nspark.network.crypto.enabled true\n"


def _defaults(url: str) -> str:
    """A small town in a short life: what compiles and plans for large tables is turned off."""
    return "\n".join([
        f"spark.master {url}", f"spark.driver.host {HERE}", f"spark.driver.bindAddress {HERE}",
        "spark.executor.cores 1", "spark.executor.memory 768m", f"spark.driver.extraJavaOptions {BRIEF}",
        f"spark.executor.extraJavaOptions {BRIEF}", "spark.sql.codegen.wholeStage false",
        "spark.sql.adaptive.enabled false", ""
    ])  # fmt: skip

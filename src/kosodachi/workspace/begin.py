"""Where a municipality begins: a settings file to fill in, or a synthetic town made from a scenario."""

from collections.abc import Callable
from pathlib import Path

from kosodachi.faults import Fault
from kosodachi.workspace import places
from kosodachi.workspace.manifest import write_whole
from kosodachi.workspace.settings import read_settings


def begin(folder: Path) -> Path:
    """The settings file written into a new folder. Raises Fault E-RUN-15 if there is one already."""
    from kosodachi.workspace.template import template_text

    file = folder / places.SETTINGS
    if file.exists():
        raise Fault("E-RUN-15", file=str(file))
    write_whole(file, template_text(str(folder)))
    return file


IN_ONE = 60_000  # children up to which a town is made in memory as one


def synthetic_town(
    town: str,
    *,
    seed: int | None,
    children: int | None,
    out: Path | None,
    said: Callable[[int, int], None] | None = None,
) -> Path:
    """The folder the town was written to, whole or not at all; a large town by chunks, each told to `said` (done, of).

    Raises Fault E-RUN-16 if there is no such scenario, E-RUN-15 if a municipality that is not synthetic lies there.
    """
    file = scenario_file(town)
    from kosodachi.synthesis import read_scenario, synthesise, write_chunks, write_town

    folder = out or places.home() / "synthetic_data" / file.stem
    settings = folder / places.SETTINGS
    if settings.exists() and not read_settings(settings).synthetic:
        raise Fault("E-RUN-15", file=str(settings))
    asked = read_scenario(file.read_bytes(), file=file.name)
    try:
        if (children or asked.children) > IN_ONE:
            return write_chunks(asked, folder, seed=seed, children=children, said=said)
        return write_town(synthesise(asked, seed=seed, children=children), folder)
    except OSError as error:
        raise Fault("E-TOWN-17", folder=str(folder), why=error.strerror or type(error).__name__) from None


def scenario_file(town: str) -> Path:
    """The scenario's YAML file: a path given as such, else a name in synthetic_data/towns/."""
    folder = places.home() / "synthetic_data" / "towns"
    for file in (Path(town), folder / f"{town}.yaml"):
        if file.is_file():
            return file
    known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "-"
    raise Fault("E-RUN-16", town=town, known=known)

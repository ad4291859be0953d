"""A town on disk: written beside its place and then renamed, so that a folder is whole or not there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kosodachi.faults import Fault
from kosodachi.synthesis.settings import NOTICE, settings_text
from kosodachi.synthesis.town import Town

SETTINGS, README, TRUTH, NOTE = "municipality.yaml", "README.md", "truth", "SYNTHETIC.txt"
TEXT = """# {ja} / {en}

{notice}

ここにある氏名・住所・番号・日付はすべて乱数で作ったものです。番号はすべて 99 で始まり、郵便番号 999 と町名は架空です。
`municipality.yaml` は設定、`*.csv` は各システムの抽出ファイル、`truth/` は採点だけに使う正解データです。

All names, addresses, numbers and dates here are drawn at random.
All numbers start with 99; the postcodes 999 and the towns do not exist.
`municipality.yaml` holds the settings, `*.csv` the extracts of each system, `truth/` the truth, for scoring alone.

乱数の種 / seed: {seed}
"""
# Beside the extracts, since a row or a column of their own would make them unlike what systems export.
NOTED = """{notice}

このフォルダの次のファイルはすべて合成データです。実在の番号と重ならないよう、個人番号はすべて 99 で始まります。
Every file of this folder named here is synthetic. All person numbers begin with 99, so that none can be a real one.

{files}
"""


def write_town(town: Town, folder: Path) -> Path:
    """The town's folder, whole. Raises E-TOWN-10 if it holds anything that this function does not write."""
    return placed(folder, lambda half: _write_into(town, half))


def placed(folder: Path, fill: Callable[[Path], None]) -> Path:
    """The folder as `fill` fills it, whole or as it was before. Raises E-TOWN-10."""
    folder = Path(folder).absolute()
    _bring_back(folder)
    if others := _others(folder):
        raise Fault("E-TOWN-10", folder=folder.name, file=others[0])
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    half, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        fill(half)
        _swap(half, folder, old)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return folder


def _bring_back(folder: Path) -> None:
    """Puts the old folder back in its place if a process was killed in the moment between taking it away and putting the
    new one there."""
    left = sorted(folder.parent.glob(f".{folder.name}.*.old"))
    if left and not folder.exists():
        os.replace(left[0], folder)


def _clear(folder: Path) -> None:
    """Drops what killed processes left beside the folder."""
    for end in ("part", "old"):
        for left in folder.parent.glob(f".{folder.name}.*.{end}"):
            shutil.rmtree(left, ignore_errors=True)


def _others(folder: Path) -> list[str]:
    """Files in the folder that belong to no synthetic town."""
    if not folder.exists():
        return []
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    if not files:
        return []
    settings = folder / SETTINGS
    if not settings.is_file() or "synthetic: true" not in settings.read_text(encoding="utf-8", errors="replace"):
        return files
    return [name for name in files if not _ours(name)]


def _ours(name: str) -> bool:
    place = Path(name)
    if place.parent.as_posix() == TRUTH:
        return place.suffix == ".parquet"
    return place.parent == Path(".") and (name in (SETTINGS, README, NOTE, ".DS_Store") or place.suffix == ".csv")


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Puts the new folder in the place of the old one; puts the old one back if that fails."""
    if not folder.exists():
        os.replace(new, folder)
        return
    os.replace(folder, old)
    try:
        os.replace(new, folder)
    except BaseException:
        os.replace(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_words(settings: dict, folder: Path) -> None:
    """The folders, municipality.yaml, README.md and SYNTHETIC.txt of a town."""
    (folder / TRUTH).mkdir(parents=True)
    words = {"notice": NOTICE, "seed": settings["seed"], **settings["name"]}
    (folder / SETTINGS).write_text(settings_text(settings), encoding="utf-8", newline="\n")
    (folder / README).write_text(TEXT.format(**words), encoding="utf-8", newline="\n")
    files = sorted(source["file"] for source in settings["sources"].values() if source.get("file"))
    note = NOTED.format(notice=NOTICE, files="\n".join([*files, f"{TRUTH}/"]))
    (folder / NOTE).write_text(note, encoding="utf-8", newline="\n")


def _write_into(town: Town, folder: Path) -> None:
    write_words(town.settings, folder)
    for name, content in town.extracts.items():
        (folder / name).write_bytes(content)
    for name, table in town.truth.items():
        table.to_parquet(folder / TRUTH / f"{name}.parquet", index=False)

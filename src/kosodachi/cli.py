"""The command line: one command a task, faults in one to three lines.

Exit status: 0 done, 1 a step failed, 2 the user's input is at fault.

What a command needs is imported inside it, so that help answers at once.
"""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kosodachi.faults import LANGUAGES, Fault, Faults

app = typer.Typer(
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="A reproducible research workspace for municipal child-data linkage. 子育ちデータ連携の研究用ワークスペース。",
)
items_app = typer.Typer(
    no_args_is_help=True, help="The catalogue of data items and its evidence. 利用データ項目の台帳と根拠。"
)
app.add_typer(items_app, name="items")
Lang = StrEnum("Lang", list(LANGUAGES))


class What(StrEnum):
    """What a research partner may take away."""

    extract = "extract"
    synthetic = "synthetic"


def _speak(lang: "Lang | None") -> "Lang | None":
    if lang:
        os.environ["KOSODACHI_LANG"] = lang.value
    return lang


TownName = Annotated[
    str, typer.Argument(metavar="TOWN", help="name in synthetic_data/, or a folder with municipality.yaml")
]
RunName = Annotated[str, typer.Option("--run", help="name of the run; the town's key if not given")]
Speak = Annotated[Lang | None, typer.Option("--lang", callback=_speak, is_eager=True, help="language of messages")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="a notebook parameter; may be repeated")
]


@app.command()
def new(name: Annotated[str, typer.Argument(help="folder of the new municipality")], lang: Speak = None) -> None:
    """Write a commented municipality.yaml to fill in. 設定ファイルのひな形を作る。"""
    from kosodachi.workspace.begin import begin
    from kosodachi.workspace.messages import told

    file = begin(Path(name))
    typer.echo(told("new_written", file=file, folder=name))


@app.command()
def check(town: TownName, lang: Speak = None) -> None:
    """List every fault of settings and extracts at once. 設定と抽出ファイルの誤りをまとめて示す。"""
    from kosodachi.faults import refuse
    from kosodachi.workspace import places
    from kosodachi.workspace.messages import told
    from kosodachi.workspace.settings import check_town

    refuse(check_town(places.town_dir(town)))
    typer.echo(told("checked_ok", town=town))


@app.command()
def synthesise(
    town: Annotated[str, typer.Argument(metavar="TOWN", help="scenario in synthetic_data/towns/, or a YAML file")],
    children: Annotated[int | None, typer.Option(min=1, help="children in the register")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="seed of everything drawn")] = None,
    out: Annotated[Path | None, typer.Option(help="folder to write; synthetic_data/TOWN if not given")] = None,
    lang: Speak = None,
) -> None:
    """Make the extracts of a synthetic town, and its truth. 合成自治体の抽出ファイルと正解データを作る。"""
    from kosodachi.workspace.begin import synthetic_town
    from kosodachi.workspace.messages import told

    folder = synthetic_town(town, seed=seed, children=children, out=out, said=_chunks_said())
    typer.echo(told("town_written", folder=folder))


def _chunks_said() -> Callable[[int, int], None]:
    """One line for each part of a large town, to standard error, with the time that it took and about that left."""
    from time import monotonic

    from kosodachi.workspace.messages import told

    started = monotonic()

    def say(done: int, of: int) -> None:
        now = monotonic() - started
        if of > 1:
            typer.echo(told("part_written", done=done, of=of, now=now, left=now / done * (of - done)), err=True)

    return say


@app.command()
def run(
    town: TownName,
    first: Annotated[
        str, typer.Option("--from", metavar="STEP", help="run this step and what follows from it, fresh or not")
    ] = "",
    only: Annotated[
        str, typer.Option("--only", metavar="STEP", help="run this step alone, on the tables as they are")
    ] = "",
    given: Sets = None,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="steps at once")] = 1,
    name: RunName = "",
    pages: Annotated[bool, typer.Option(help="write the pages afterwards")] = True,
    lang: Speak = None,
) -> None:
    """Run the notebooks that are not fresh, then write the pages. 必要な工程だけを実行し、帳票を作る。"""
    from kosodachi.workspace import parameters
    from kosodachi.workspace.context import open_run
    from kosodachi.workspace.progress import on_terminal
    from kosodachi.workspace.run import Wish, run_town, why_failed

    if first and only:
        raise typer.BadParameter("--from and --only exclude each other")
    wish = Wish(first=first, only=only, given=parameters.asked(given or []), jobs=jobs)
    opened = open_run(town, name)
    status, session = run_town(opened, wish, say=_line, transient=on_terminal() and jobs == 1)
    for text in why_failed(session):
        typer.echo(text, err=True)
    if status == 0 and pages:
        _write_pages(opened)
    raise typer.Exit(status)


@app.command()
def status(town: TownName, name: RunName = "", lang: Speak = None) -> None:
    """Say which steps are fresh, which are stale and why, which failed and where. 各工程の状態と理由を示す。"""
    from kosodachi.workspace.context import open_run
    from kosodachi.workspace.status import lines

    for text in lines(open_run(town, name)):
        _line(text)


@app.command()
def report(
    town: TownName,
    name: RunName = "",
    lang: Annotated[
        Lang | None, typer.Option(help="the pages of one language only; both if not given", callback=_speak)
    ] = None,
) -> None:
    """Write the pages of a run again. 帳票を作り直す。"""
    from kosodachi.workspace.context import open_run

    _write_pages(open_run(town, name), langs=(lang.value,) if lang else LANGUAGES, again=True)


@app.command()
def verify(town: TownName, name: RunName = "", lang: Speak = None) -> None:
    """Hash inputs and outputs of a run again and compare. 入力と出力のハッシュを実行記録と照合する。"""
    from kosodachi.workspace.context import open_run
    from kosodachi.workspace.messages import told
    from kosodachi.workspace.verify import verified

    count, differences = verified(open_run(town, name))
    if not differences:
        _line(told("verify_ok", count=count))
        return
    _line(told("verify_differs", count=len(differences)))
    for text in differences:
        _line(f"  {text}")
    raise typer.Exit(1)


@app.command()
def share(
    town: TownName,
    to: Annotated[Path, typer.Option("--to", help="a new or empty folder")],
    what: Annotated[What, typer.Option("--what", help="the research extract, or its synthetic copy")] = What.synthetic,
    name: RunName = "",
    lang: Speak = None,
) -> None:
    """Hand out the research extract or its synthetic copy, with its scores. 研究用データを書き出す。"""
    from kosodachi.workspace.context import open_run
    from kosodachi.workspace.messages import told
    from kosodachi.workspace.share import hand_out

    rows = hand_out(open_run(town, name), what.value, to)
    _line(told(f"shared_{what.value}", rows=rows, folder=to))


@app.command()
def pool(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="runs in reports/, or folders with released tables")
    ],
    to: Annotated[Path | None, typer.Option("--to", help="folder to write; reports/pooled if not given")] = None,
    method: Annotated[str, typer.Option("--method", help="only this method, as aipw")] = "",
    estimand: Annotated[str, typer.Option("--estimand", help="only this estimand, as ATE")] = "",
    lang: Speak = None,
) -> None:
    """Pool released estimates of several municipalities, never rows. 複数自治体の公表済み推定値を統合する。"""
    from kosodachi.workspace.messages import told
    from kosodachi.workspace.pool import pool_runs

    folder, count = pool_runs(runs, to=to, method=method, estimand=estimand)
    _line(told("pooled", count=count, folder=folder))


@items_app.command()
def lint(lang: Speak = None) -> None:
    """List every fault of the item catalogue and its evidence at once. 項目台帳と根拠の誤りをまとめて示す。"""
    from kosodachi import items
    from kosodachi.faults import refuse
    from kosodachi.workspace.messages import told

    refuse(items.lint())
    counts = {"items": len(items.catalogue()), "rows": len(items.evidence()), "sources": len(items.sources())}
    _line(told("items_ok", **counts))


@items_app.command()
def compare(before: Path, after: Path, lang: Speak = None) -> None:
    """What differs between two released registers of items (item_register.csv). 項目台帳の2つの版を比べる。"""
    from kosodachi import items
    from kosodachi.workspace.messages import told

    changes = items.compare_registers(_register_of(before), _register_of(after))
    for line in changes.to_dict("records"):
        _line(told(f"item_{line['change']}", **line))
    _line(told("items_compared", changes=len(changes)))


def _register_of(file: Path):
    """A released register of items as text. Raises Fault E-ITEM-15."""
    import pandas as pd

    table = pd.read_csv(file, dtype=str, keep_default_na=False) if file.is_file() else pd.DataFrame()
    if not {"item_id", "decision", "version"} <= set(table):
        raise Fault("E-ITEM-15", file=str(file))
    return table


def _write_pages(opened, **options) -> None:
    from kosodachi.workspace.pages import write_pages

    for text in write_pages(opened, **options):
        _line(text)


def _line(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """The entry point: faults are told without a traceback."""
    try:
        app()
    except (Fault, Faults) as fault:
        print(fault.told(), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

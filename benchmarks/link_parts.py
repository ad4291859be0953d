"""Parts of the linkage benchmarks: towns as ingested tables, the ways of linking, and scores against the truth.

Every way of linking runs in a process of its own, so that its peak memory and CPU time are its own. Memory includes
the tables handed in. The truth is read by the scores alone.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

LARGE = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "large.yaml"
KEY = b"0" * 32
PART = 250_000
ELEVEN = ("jidofuyo", "kenshin", "shukketsu", "sodan", "shien", "shugaku_enjo", "hoiku", "iryohi_josei", "gakuryoku",
          "kokuho_zei", "yobo")  # fmt: skip
GROUPS = ("surname_changed", "remarried", "foreign_name", "alias_or_alphabet", "twin", "moved", "address_protected",
          "alternative_care", "unnamed_infant")  # fmt: skip


def make_town(children: int, seed: int, sources: tuple[str, ...], folder: Path) -> Path:
    """The folder of a synthetic town as ingested tables: records, names, person and record (both truth)."""
    from kosodachi.ingest import ingest
    from kosodachi.municipality import Municipality
    from kosodachi.synthesis import read_scenario, synthesise

    there = folder / f"town_{children}_{seed}_{len(sources)}"
    if (there / "done").exists():
        return there
    asked = LARGE.read_text(encoding="utf-8")
    line = next(row for row in asked.splitlines() if row.startswith("systems:"))
    town = synthesise(
        read_scenario(asked.replace(line, f"systems: [juki, {', '.join(sources)}]")), seed=seed, children=children
    )
    settings = Municipality.model_validate(town.settings)
    files = {name: town.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    there.mkdir(parents=True, exist_ok=True)
    for name in ("person", "record"):
        town.truth[name].to_parquet(there / f"{name}.parquet")
    del town
    made = ingest(settings, files, key=KEY)
    made.identifier_records.to_parquet(there / "records.parquet")
    made.identifier_names.to_parquet(there / "names.parquet")
    (there / "done").touch()
    return there


def make_large(children: int, seed: int, sources: tuple[str, ...], folder: Path) -> Path:
    """The same for a town too large to be made in one piece: parts of PART children with seeds of their own, put together.

    Districts of all parts bear the same names, so more addresses are alike than in one town: harder, not easier.
    """
    from kosodachi.tables.arrow import typed

    there = folder / f"town_{children}_{seed}_{len(sources)}"
    if (there / "done").exists():
        return there
    parts = [make_town(PART, 1000 * seed + part, sources, folder) for part in range(-(-children // PART))]
    there.mkdir(parents=True, exist_ok=True)
    for name in ("person", "record", "names", "records"):
        own = (typed(_apart(pd.read_parquet(part / f"{name}.parquet"), chr(48 + i))) for i, part in enumerate(parts))
        first = next(own)
        with pq.ParquetWriter(there / f"{name}.parquet", first.schema) as file:
            file.write_table(first)
            for table in own:
                file.write_table(table.select(first.schema.names).cast(first.schema))
    (there / "done").touch()
    return there


def _apart(table: pd.DataFrame, part: str) -> pd.DataFrame:
    """The table of a part with numbers of its own."""
    if "row_no" in table and "record_id" not in table:
        table["record_id"] = pseudonyms_of(table)
    own = [c for c in ("record_id", "person_no", "household_no", "person_id", "register_no", "household") if c in table]
    return table.assign(**{c: (part + table[c]).astype("object").where(table[c].notna(), None) for c in own})


def pseudonyms_of(record: pd.DataFrame) -> pd.Series:
    """The record ids of truth's rows."""
    from kosodachi.tables.pseudonyms import pseudonyms

    return pseudonyms(KEY, "record", record["source"] + "|" + record["row_no"].astype(str))


def tables(folder: Path, persons: int | None = None, *, source: str = "", arrow: bool = False) -> tuple:
    """The register, the records of the other sources (of `persons` persons at most, drawn by record id), names; as data
    frames, or as pyarrow Tables of what the linkage reads. With a `source`: as many rows of the register and of it alone."""
    from kosodachi.linkage.prepare import READ

    drawn = folder / f"drawn_{persons}{source}"
    if not (drawn / "done").exists():
        subprocess.run([sys.executable, __file__, str(folder), str(persons or 0), source], check=True)
    files = [drawn / f"{name}.parquet" for name in ("register", "others", "names")]
    if not arrow:
        return tuple(pd.read_parquet(file) for file in files)
    further = pq.read_table(files[2], filters=[("kind", "!=", "current")])
    return *(pq.read_table(file, columns=READ) for file in files[:2]), further


def draw(folder: Path, persons: int | None, source: str = "") -> None:
    """Writes the tables of `tables`, in a process of its own, so that reading them is all that a measured run pays."""
    import duckdb

    drawn = folder / f"drawn_{persons}{source}"
    drawn.mkdir(exist_ok=True)
    with duckdb.connect() as con:
        records, names = (f"read_parquet('{folder / name}.parquet')" for name in ("records", "names"))
        con.execute(f"create table first as select source, person_no, min(record_id) as first from {records}"
                    " where source <> 'juki' group by all order by first, source" + (f" limit {persons}" if persons else ""))  # fmt: skip
        chosen = f"select r.* from {records} r semi join first using (source, person_no) where source <> 'juki'"
        own = f"select * from {records} where source = 'juki'"
        if source:
            rows = "select * from {} where source = '{}' order by record_id limit {}"
            own, chosen = (rows.format(records, name, persons) for name in ("juki", source))
        of_these = f"select * from {names} where record_id in (select record_id from ({own}) union all select record_id from ({chosen}))"
        for name, rows in (("register", own), ("others", chosen), ("names", of_these)):
            con.execute(f"copy ({rows}) to '{drawn / name}.parquet'")
    (drawn / "done").touch()


def ours(register, records, names):
    """The linkage as it stands, with its defaults, within a limit of memory for DuckDB."""
    from kosodachi.linkage import limits, link

    memory = f"{max(1400, 1400 * len(register) // 1_000_000)}MB"
    with tempfile.TemporaryDirectory() as folder, limits(folder, memory=memory):
        return link(register, records, names=names)


def four_pass(register, records, names):
    """The careful deterministic rule."""
    from kosodachi.linkage import four_pass

    return four_pass(register, records)


def exact_delivered(register, records, names):
    """Today's practice: kana as delivered, date of birth, sex."""
    from kosodachi.linkage import exact

    return exact(register, records)


def exact_nfkc(register, records, names):
    """The same in one width and script."""
    from kosodachi.linkage import exact

    return exact(register, records, nfkc=True)


def tutorial(register, records, names):
    """Splink with the settings of its tutorials, on the same normalised columns, the best pair of each record."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns = ["surname_code", "given_code", "name", "birth_date", "sex", "address"]
    sides = [_distinct(rows, columns) for rows in (register, records)]
    api = DuckDBAPI()
    frames = [api.register(side, dataset_display_name=name) for side, name in zip(sides, ("a", "b"))]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("surname_code"), cl.NameComparison("given_code"), cl.NameComparison("name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True), cl.ExactMatch("sex"),
            cl.LevenshteinAtThresholds("address", [1, 3]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("birth_date", "surname_code"), block_on("birth_date", "given_code"), block_on("name"),
            block_on("surname_code", "given_code"),
        ],
    )  # fmt: skip
    linker = Linker(frames, settings, log_level=None)
    training = linker.training
    sure = [block_on("name", "birth_date"), block_on("surname_code", "given_code", "birth_date")]
    training.estimate_probability_two_random_records_match(sure, recall=0.9)
    training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("birth_date"), block_on("surname_code", "given_code")):
        training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=2e6)
    found = linker.inference.predict(threshold_match_probability=0.95)
    best = linker.misc.query_sql(
        f"select unique_id_l, unique_id_r, match_weight from {found.physical_name}"
        " qualify row_number() over (partition by unique_id_r order by match_weight desc, unique_id_l) = 1"
    ).as_pandas_dataframe()
    return _as_links(best, *sides)


def recordlinkage(register, records, names):
    """recordlinkage: the same blocks, Jaro-Winkler on two names and equality, ECM. Refused where it would not fit."""
    import recordlinkage as rl

    columns = ["surname_code", "given_code", "name", "birth_date", "sex", "address"]
    left, right = (_distinct(rows, columns).set_index("unique_id") for rows in (register, records))
    index = rl.Index()
    for block in (["birth_date", "surname_code"], ["birth_date", "given_code"], ["name"]):
        index.block(block)
    pairs = index.index(left, right)
    compare = rl.Compare()
    for column in ("surname_code", "given_code"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("name", "birth_date", "sex", "address"):
        compare.exact(column, column, label=column)
    features = compare.compute(pairs, left, right)
    model = rl.ECMClassifier()
    model.fit(features)
    likely = model.prob(features)
    best = likely[likely >= 0.5].rename("match_weight").reset_index()
    best.columns = ["unique_id_l", "unique_id_r", "match_weight"]
    best = best.sort_values("match_weight", ascending=False, kind="stable").drop_duplicates("unique_id_r")
    return _as_links(best, left.reset_index(), right.reset_index())


SYSTEMS = {
    "exact as delivered": exact_delivered, "exact after NFKC": exact_nfkc, "four passes": four_pass,
    "Splink, tutorial settings": tutorial, "recordlinkage, ECM": recordlinkage, "kosodachi": ours,
}  # fmt: skip


def _distinct(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    from kosodachi.linkage.prepare import person_keys

    table = rows[["source", *columns]].assign(person=person_keys(rows)).drop_duplicates(ignore_index=True)
    return table.assign(unique_id=table.index.astype("int64"))


def _as_links(best: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame):
    from kosodachi.linkage import Links

    one = right.iloc[best["unique_id_r"]].reset_index(drop=True)
    pairs = one[["source", "person"]].assign(
        register_no=left["person"].iloc[best["unique_id_l"]].to_numpy(), match_weight=best["match_weight"].to_numpy(),
        match_probability=float("nan"), reason="best", band="link",
    )  # fmt: skip
    pairs = pairs.sort_values(["match_weight"], ascending=False, kind="stable").drop_duplicates(["source", "person"])
    return Links(pairs.reset_index(drop=True), {"linked": len(pairs)})


def scores(person_map: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Scores by group: persons (a source's own numbers), matches, linked, correct, precision, recall, f1, wrong_share.

    Groups besides those of the town: all, absent (not in the register), absent twin.
    """
    from kosodachi.linkage import rates
    from kosodachi.tables.pseudonyms import pseudonyms

    person, record = (pd.read_parquet(folder / f"{name}.parquet") for name in ("person", "record"))
    person["truly"] = pseudonyms(KEY, "person", person["register_no"])
    if "record_id" not in record:
        record["record_id"] = pseudonyms_of(record)
    person_map = person_map if isinstance(person_map, pd.DataFrame) else person_map.to_pandas()
    rows = person_map[person_map["source"] != "juki"].merge(record[["record_id", "person_id"]], on="record_id")
    rows = rows.merge(person, on="person_id").sort_values("record_id")
    rows = rows.drop_duplicates(["source", "person_no"])
    absent = rows["truly"].isna()
    groups = {"all": rows["truly"].notna() | absent, **{group: rows[group].eq(True) for group in GROUPS}}
    groups |= {"absent": absent, "absent twin": absent & rows["twin"].eq(True)}
    linked = rows["research_id"].notna()
    right = linked & rows["research_id"].eq(rows["truly"])
    counted = [
        {"group": name, **rates(persons=int(of.sum()), matches=int((of & ~absent).sum()), linked=int((of & linked).sum()),
                                correct=int((of & right).sum()))}
        for name, of in groups.items()
    ]  # fmt: skip
    return pd.DataFrame(counted)


def run_one(system: str, folder: Path, persons: int | None, *, source: str = "") -> dict:
    """Seconds (wall, CPU) from normalised tables to the person map, peak memory before and in all, and scores."""
    from kosodachi.linkage import person_map

    given = tables(folder, persons, source=source, arrow=system == "kosodachi")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    wall, cpu = time.perf_counter(), time.process_time()
    links = SYSTEMS[system](*given)
    mapped = person_map(links, *given[:2], key=KEY)
    row = {"system": system, "seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    row |= {"peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, "tables_gb": before}
    row |= {"children": len(given[0]), "records": len(given[1]), "load": os.getloadavg()[0]}
    return row | {"scores": scores(mapped, folder).to_dict("records")}


def apart(script: str, *arguments: str, timeout: int = 3600) -> dict:
    """What a script prints last as JSON, from a process of its own; an `error` if it did not end well or in time."""
    try:
        done = subprocess.run([sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return {"error": f"not done after {timeout} s"}
    if done.returncode:
        return {"error": f"ended with {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[2]) or None, *sys.argv[3:])

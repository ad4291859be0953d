"""What the ingest step tells its readers: rows a source, how full the fields are, and the answer in three sentences.

Counts of rows and fields, never of children. A full field may still be wrong; an empty one may be rightly empty.
"""

import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.tables import COLUMNS, MISSING, MONTHS

ONE_NAME = {"name_surname": "name", "name_given": "name", "kana_surname": "kana", "kana_given": "kana"}
ABSENT = {f"absent_{month}": "absent_days" for month in MONTHS}
NAMING = ("person_no", "household_no", "name", "kana", "birth_date", "sex", "postcode", "address", "telephone",
          "guardian_name", "guardian_kana")  # fmt: skip


def by_source(ingest_counts: pd.DataFrame, settings: Municipality) -> pd.DataFrame:
    """Columns status (collected, or the reason why not), source, read, accepted, rejected: one row a declared source."""
    status = {name: "collected" if spec.collected else spec.not_collected for name, spec in settings.sources.items()}
    table = ingest_counts.set_index("source").reindex(list(status), fill_value=0)
    return table.rename_axis("source").reset_index().assign(status=list(status.values()))


def naming_fields(field_coverage: pd.DataFrame) -> pd.DataFrame:
    """Columns source, column, rows, filled of the fields that tell who somebody is; two parts of a name count as one."""
    table = _folded(field_coverage)
    table = table[table["column"].isin(NAMING)].drop(columns="unreadable")
    order = table["column"].map(NAMING.index)
    return table.assign(order=order).sort_values(["order"], kind="stable").drop(columns="order").reset_index(drop=True)


def recorded_fields(field_coverage: pd.DataFrame) -> pd.DataFrame:
    """Columns source, column, rows, filled, unreadable of the fields of the analysis zone; the months of absence count as one."""
    table = _folded(field_coverage)
    naming = [name for name, column in COLUMNS.items() if column.zone != "analysis"]
    return table[~table["column"].isin(naming)].reset_index(drop=True)


def further_names(identifier_names: pd.DataFrame, identifier_records: pd.DataFrame) -> pd.DataFrame:
    """Columns kind, source, records: how many records have a former name, an alias or a name in the alphabet."""
    source = identifier_records.set_index("record_id")["source"]
    names = identifier_names[identifier_names["kind"].ne("current")].drop_duplicates(["record_id", "kind"])
    names = names.assign(source=names["record_id"].map(source))
    return names.groupby(["kind", "source"], as_index=False)["record_id"].size().rename(columns={"size": "records"})


def _folded(field_coverage: pd.DataFrame) -> pd.DataFrame:
    """Coverage with the parts of one field taken together: the rows of all parts, and of these the filled ones."""
    table = field_coverage.replace({"column": ONE_NAME | ABSENT})
    return table.groupby(["source", "column"], sort=False, as_index=False)[["rows", "filled", "unreadable"]].sum()


def answer(counts: pd.DataFrame, fields: pd.DataFrame, settings: Municipality) -> dict[str, list[str]]:
    """The answer in three sentences a language, from the released tables of `by_source` and `naming_fields` (with
    filled_share). Totals are sums of the rounded numbers; where one of them is hidden, that is said instead."""
    collected, missing = counts[counts["status"].eq("collected")], counts[~counts["status"].eq("collected")]
    total, sources = collected[["read", "accepted"]].sum(skipna=False), len(collected)
    least = fields.dropna(subset=["filled_share"]).sort_values(["filled_share", "source", "column"]).head(1)
    parts = [_rows(total, sources), _absent(missing, settings), _least(least, settings)]
    return {lang: [part[lang] for part in parts] for lang in ("en", "ja")}


def _rows(total: pd.Series, sources: int) -> dict[str, str]:
    read, accepted = (None if pd.isna(total[name]) else f"{int(total[name]):,}" for name in ("read", "accepted"))
    if read is None or accepted is None:
        return {
            "en": f"The {sources} sources are too small for their rows to be shown.",
            "ja": f"{sources} のデータ源は小さく、行数は表示できません。",
        }
    return {
        "en": f"About {read} rows were read from {sources} sources and about {accepted} of them accepted; the others are kept with their reason.",
        "ja": f"{sources} のデータ源から約 {read} 行を読み、約 {accepted} 行を受け入れました。残りの行は理由を付けて保管しています。",
    }


def _absent(missing: pd.DataFrame, settings: Municipality) -> dict[str, str]:
    if missing.empty:
        return {"en": "Every declared source was collected.", "ja": "設定したデータ源はすべて収集できました。"}
    named = [(settings.sources[row.source].label, MISSING[row.status]) for row in missing.itertuples()]
    said = {
        "en": ", ".join(f"{label.en} ({why[1]})" for label, why in named),
        "ja": "、".join(f"{label.ja}({why[0]})" for label, why in named),
    }
    return {
        "en": f"Could not be collected: {said['en']}.",
        "ja": f"収集できなかったデータ源: {said['ja']}。",
    }


def _least(least: pd.DataFrame, settings: Municipality) -> dict[str, str]:
    if least.empty:
        return {
            "en": "How full the fields are cannot be shown for so few rows.",
            "ja": "行数が少なく、項目の記入率は表示できません。",
        }
    row = least.iloc[0]
    column, label, share = (
        COLUMNS[row["column"]],
        settings.sources[row["source"]].label,
        f"{100 * row['filled_share']:.0f} %",
    )
    return {
        "en": f"Of the fields that records are linked by, the least filled is {column.en} in {label.en}: {share}.",
        "ja": f"名寄せに使う項目のうち記入率が最も低いのは、{label.ja}の{column.ja}で {share} です。",
    }

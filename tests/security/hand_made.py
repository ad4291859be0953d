"""Small tables made by hand that follow the contracts, for tests of what may leave."""

import numpy as np
import pandas as pd

SURNAMES = {
    "佐藤": "サトウ",
    "髙橋": "タカハシ",
    "渡邉": "ワタナベ",
    "斎藤": "サイトウ",
    "青木": "アオキ",
    "森": "モリ",
}
GIVEN = {"花子": "ハナコ", "陽翔": "ハルト", "さくら": "サクラ", "健": "ケン", "結衣": "ユイ", "湊": "ミナト"}


def identifier_records(rows: int = 300, *, seed: int = 1) -> pd.DataFrame:
    """Identifier records as ingest makes them, of children that do not exist."""
    random = np.random.default_rng(seed)
    surname = random.choice(list(SURNAMES), rows)
    given = random.choice(list(GIVEN), rows)
    kana = [(SURNAMES[s], GIVEN[g]) for s, g in zip(surname, given)]
    born = pd.Timestamp("2007-04-02") + pd.to_timedelta(random.integers(0, 6500, rows), unit="D")
    chome, block, house = random.integers(1, 6, rows), random.integers(1, 30, rows), random.integers(1, 20, rows)
    numbers = 9_900_000_000 + random.permutation(90_000_000)[:rows] if rows < 1000 else 9_900_000_000 + np.arange(rows)
    return pd.DataFrame({
        "record_id": [f"{n:016x}" for n in random.integers(2**60, 2**62, rows)],
        "source": "juki", "row_no": np.arange(1, rows + 1),
        "person_no": numbers.astype(str), "household_no": (88_000_000 + np.arange(rows)).astype(str),
        "name_raw": [f"{s}　{g}" for s, g in zip(surname, given)],
        "kana_raw": [f"{s} {g}" for s, g in kana],
        "name": [s + g for s, g in zip(surname, given)], "surname": surname, "given": given,
        "kana": ["".join(pair) for pair in kana], "birth_date": born.strftime("%Y-%m-%d"),
        "sex": random.choice(["male", "female"], rows), "postcode": "9990000",
        "address": [f"青葉市緑町{c}丁目{b}番{h}号" for c, b, h in zip(chome, block, house)], "town": "緑町",
    })  # fmt: skip


def analysis_tables(children: int = 1000, *, seed: int = 1) -> dict[str, pd.DataFrame]:
    """child, item_value, judgement and cohort, as their contracts want them."""
    random = np.random.default_rng(seed)
    ids = [f"{n:016x}" for n in random.integers(2**60, 2**62, children)]
    born = pd.Timestamp("2006-05-01") + pd.to_timedelta(random.integers(0, 6500, children), unit="D")
    moved = random.random(children) < 0.2
    month = pd.Series(born).dt.to_period("M").dt.to_timestamp()
    child = pd.DataFrame({
        "research_id": ids, "household_id": [f"{n:016x}" for n in random.integers(2**60, 2**62, children)],
        "sex": random.choice(["male", "female"], children), "birth_month": month,
        "district": random.choice(["east", "west", "north", "south"], children, p=[0.4, 0.3, 0.28, 0.02]),
        "moved_in": pd.Series(born) + pd.to_timedelta(np.where(moved, 400, 0), unit="D"), "moved_out": pd.NaT,
    })  # fmt: skip
    return {
        "child": child,
        "item_value": _item_values(ids, random),
        "judgement": _judgement(ids, random),
        "cohort": _cohort(child, random),
    }


def _item_values(ids, random) -> pd.DataFrame:
    n = len(ids)
    need = random.normal(size=n)
    parts = {
        "absence_days": np.where(
            random.random(n) < 0.04, 60 + random.poisson(20, n), random.poisson(np.exp(1 + 0.4 * need))
        ),
        "single_parent": (random.random(n) < 1 / (1 + np.exp(2 - need))).astype(float),
        "prior_referral": (random.random(n) < 0.03).astype(float),
        "untreated_caries": random.poisson(0.6, n).astype(float),
        "late_vaccination": np.full(n, np.nan),
    }
    tables = []
    for item, values in parts.items():
        unknown = random.random(n) < 0.2 if item != "late_vaccination" else np.ones(n, bool)
        tables.append(pd.DataFrame({
            "research_id": ids, "as_of": pd.Timestamp("2024-04-01"), "item_id": item,
            "value": np.where(unknown, np.nan, values), "missing": np.where(unknown, "no_record", None),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _judgement(ids, random) -> pd.DataFrame:
    points = random.poisson(4, len(ids))
    rank = pd.Series(-points).rank(method="first").astype(int)
    return pd.DataFrame({
        "research_id": ids, "as_of": pd.Timestamp("2024-04-01"), "points": points, "rank": rank,
        "within_capacity": rank <= len(ids) // 15, "reasons": "single_parent", "unknown": None,
        "known_before": random.random(len(ids)) < 0.05,
    })  # fmt: skip


def _cohort(child, random) -> pd.DataFrame:
    part = child.iloc[: len(child) // 3]
    event = random.random(len(part)) < 0.2
    return pd.DataFrame({
        "research_id": part["research_id"], "household_id": part["household_id"], "treated": random.random(len(part)) < 0.4,
        "outcome": event.astype(float), "months": random.integers(1, 12, len(part)).astype(float), "event": event,
        "x_points": 1.0,
    })  # fmt: skip

"""A hand-made town for the tests of items: a few children whose every record is known."""

import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.tables import MONTHS


def settings(**changed) -> Municipality:
    words = {"ja": "試験市", "en": "Test"}
    source = {"label": words, "file": "x.csv"}
    sources = {
        "juki": source | {"kind": "resident_register"},
        "jidofuyo": source | {"kind": "child_rearing_allowance"},
        "kenshin": source | {"kind": "infant_checkup"},
        "shukketsu": source | {"kind": "school_attendance"},
        "sodan": source | {"kind": "family_consultation"},
        "yobo": {"label": words, "kind": "vaccination", "collected": False, "not_collected": "paper_only"},
    }
    schedule = {
        "train_as_of": "2023-04-01",
        "judge_as_of": "2024-04-01",
        "label_months": 12,
        "index_date": "2024-05-01",
        "follow_up_until": "2025-03-31",
    }
    given = {"name": words, "key": "test", "synthetic": True, "schedule": schedule, "sources": sources}
    return Municipality.model_validate(given | changed)


def children() -> pd.DataFrame:
    """ann 11, ben 9 (her brother), cho 3 (her brother), dan 10 (moved in lately), eve 5, fay (born later), gus
    (left)."""
    rows = [
        ("ann", "h1", "2012-05-01", "2012-05-10", None),
        ("ben", "h1", "2014-02-01", "2014-02-03", None),
        ("cho", "h1", "2020-06-01", "2020-06-20", None),
        ("dan", "h2", "2013-01-01", "2023-09-01", None),
        ("eve", "h3", "2018-10-01", None, None),
        ("fay", "h3", "2024-06-01", "2024-06-11", None),
        ("gus", "h4", "2013-01-01", "2013-01-11", "2022-01-31"),
    ]
    table = pd.DataFrame(rows, columns=["research_id", "household_id", "birth_month", "moved_in", "moved_out"])
    dates = {c: pd.to_datetime(table[c]) for c in ("birth_month", "moved_in", "moved_out")}
    return table.assign(**dates, sex="female", district="d")


def attributes() -> dict[str, pd.DataFrame]:
    return {
        "juki": pd.DataFrame({"record_id": ["j1"]}),
        "jidofuyo": _dated(
            [
                ("a1", "full", "2022-08-01", None),
                ("a2", "full", "2020-01-01", "2023-12-31"),
                ("a3", "full", "2024-04-01", None),
            ],
            ["record_id", "allowance_status", "allowance_from", "allowance_to"],
        ),
        "kenshin": _dated(
            [
                ("k1", "4m", "yes", "2018-02-10", 2400, None, "none"),
                ("k2", "36m", "no", None, None, None, None),
                ("k3", "4m", "yes", "2020-10-20", 3100, 0, "none"),
                ("k4", "36m", "yes", "2023-07-01", None, 3, "follow_up"),
            ],
            ["record_id", "checkup_kind", "attended", "checkup_date", "birth_weight", "caries", "finding"],
        ),
        "shukketsu": _attendance([("s1", 2023, 3), ("s2", 2023, None), ("s3", 2024, 20), ("s4", 2023, 1)]),
        "sodan": _dated(
            [
                ("c1", "2023-05-01", "school"),
                ("c2", "2024-02-01", "outreach"),
                ("c3", "2024-04-01", "family"),
                ("c4", "2023-01-01", "police"),
            ],
            ["record_id", "opened", "route"],
        ),
    }


def links() -> pd.DataFrame:
    """Every record of the town to its child; s4 waits for review and c4 has no child."""
    who = {
        "a1": "ann",
        "a2": "dan",
        "a3": "eve",
        "k1": "ann",
        "k2": "eve",
        "k3": "cho",
        "k4": "cho",
        "s1": "ann",
        "s2": "ben",
        "s3": "ann",
        "s4": "dan",
        "c1": "ann",
        "c2": "dan",
        "c3": "eve",
        "c4": None,
    }
    band = ["review" if record == "s4" else "link" if child else "none" for record, child in who.items()]
    table = pd.DataFrame({"record_id": list(who), "research_id": list(who.values()), "band": band})
    return table.assign(source="x", match_weight=9.0, match_probability=0.99)


def _dated(rows, columns) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    dates = [c for c in columns if c.endswith(("_date", "_from", "_to", "opened"))]
    return table.assign(**{c: pd.to_datetime(table[c]) for c in dates})


def _attendance(rows) -> pd.DataFrame:
    """Pupil and fiscal year with the same days absent in every month."""
    table = pd.DataFrame(
        [(r, y, *[d] * 12) for r, y, d in rows], columns=["record_id", "fiscal_year", *(f"absent_{m}" for m in MONTHS)]
    )
    return table.assign(school="s", grade=4)

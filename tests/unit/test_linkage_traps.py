"""Traps of Splink and DuckDB that the Japanese specification must keep out of, whoever changes it next."""

import re
from pathlib import Path

import pytest

from kosodachi.linkage.comparisons import japanese

SOURCE = Path(__file__).resolve().parents[2] / "src"
SPECIFICATIONS = [japanese(engine=engine, term_frequencies=True) for engine in ("duckdb", "spark")]
LEVELS = [level for spec in SPECIFICATIONS for comparison in spec.comparisons for level in comparison.levels]
ONE_BYTE = ("_code", "frame", "birth_date")


def test_edit_distances_see_columns_of_one_byte_a_sign_alone():
    """DuckDB counts bytes and Spark characters: over kanji or kana the two would be different models."""
    distance = re.compile(r"(?:levenshtein|jaro\w*|hamming)\(\s*(\w+)_l\s*,\s*(\w+)_r\s*\)")
    seen = [side for level in LEVELS for pair in distance.findall(level.sql or "") for side in pair]
    assert len(seen) > 10
    assert {column for column in seen if not column.endswith(ONE_BYTE)} == set()


@pytest.mark.parametrize("spec", SPECIFICATIONS, ids=["duckdb", "spark"])
def test_a_column_with_term_frequencies_has_a_level_of_plain_equality(spec):
    """Splink takes the frequency of a term from such a level (splink #2006)."""
    for comparison in spec.comparisons:
        plain = {level.sql for level in comparison.levels}
        for level in comparison.levels:
            assert level.tf is None or f"{level.tf}_l = {level.tf}_r" in plain, level.name


@pytest.mark.parametrize("spec", SPECIFICATIONS, ids=["duckdb", "spark"])
def test_no_comparison_is_trained_on_pairs_that_its_own_columns_chose(spec):
    """A rule that implies a level leaves the others at probability nought, which Splink refuses."""
    columns = {comparison.name: set(comparison.columns) for comparison in spec.comparisons}
    for session in spec.training:
        blocked = {column for side in session.rule.sides for column in side}
        assert all(not blocked & columns[name] for name in session.trains)


def test_nothing_leans_on_what_splink_without_spark_and_duckdb_2_lack():
    """`from splink import *` needs pyspark; a relation of `con.sql(..)` has no fetchone in DuckDB 2."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(SOURCE.rglob("*.py")))
    assert not re.search(r"from splink[\w.]* import \*|\.sql\([^\n]*\)\.fetchone\(", text)
    assert "fetchone()" in text and "import SparkAPI" in text, "the search sees the code"

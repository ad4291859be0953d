"""How systems write dates and names."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Source
from kosodachi.synthesis.attendance import SCHOOL_DAYS, days_absent, grade_in
from kosodachi.synthesis.forms import era_digits, era_dotted, era_dotted_padded, era_kanji, half_width, slashed, written
from kosodachi.synthesis.need import chance
from kosodachi.synthesis.sheets import sheet_of
from kosodachi.synthesis.spelling import OLDER, large_kana, long_vowels, older_form, unvoiced

DAY, FIRST_OF_REIWA, LAST_OF_HEISEI = date(2016, 1, 5), date(2019, 5, 1), date(2019, 4, 30)


@pytest.mark.parametrize(
    ("form", "day", "text"),
    [
        (era_digits("12345"), DAY, "4280105"),
        (era_digits("13579"), DAY, "7280105"),
        (era_digits("12345"), FIRST_OF_REIWA, "5010501"),
        (era_digits("13579"), FIRST_OF_REIWA, "9010501"),
        (era_digits("12345"), LAST_OF_HEISEI, "4310430"),
        (era_dotted, DAY, "H28.1.5"),
        (era_dotted_padded, date(2021, 4, 1), "R03.04.01"),
        (era_kanji, FIRST_OF_REIWA, "令和元年5月1日"),
        (era_kanji, date(2023, 4, 1), "令和5年4月1日"),
        (slashed, DAY, "2016/1/5"),
    ],
)
def test_dates_are_written_as_the_system_does(form, day, text):
    assert written(np.array([day, "NaT"], dtype="datetime64[D]"), form).tolist() == [text, ""]


@pytest.mark.parametrize(
    "text", ["4280105", "H28.1.5", "平成28年1月5日", "2016/1/5", "20160105", "2016-01-05", "Ｈ２８．１．５"]
)
def test_a_first_look_reads_every_form_of_a_date(text):
    source = Source(kind="other", label={"ja": "他", "en": "other"}, file="x.csv", columns={"生年月日": "birth_date"})
    read = sheet_of(f"生年月日\r\n{text}\r\n".encode("cp932"), source)
    assert read["birth_date"].tolist() == [pd.Timestamp(DAY)]


def test_a_first_look_leaves_out_what_it_cannot_read():
    source = Source(kind="other", label={"ja": "他", "en": "other"}, file="x.csv", columns={"生年月日": "birth_date"})
    assert sheet_of("生年月日\r\n令和5年2月30日\r\n不詳\r\n".encode("cp932"), source)["birth_date"].isna().all()


def test_clerks_vary_names():
    assert half_width("タカハシ　ジュン") == "ﾀｶﾊｼ ｼﾞｭﾝ"
    assert long_vowels("ユウキ") == "ユーキ" and long_vowels("オオノ") == "オーノ"
    assert (
        large_kana("ショウコ") == "シヨウコ" and unvoiced("ナカジマ") == "ナカシマ" and unvoiced("ゴトウ") == "ゴトウ"
    )
    assert older_form("渡辺", 0) == "渡邉" and older_form("渡辺", 1) == "渡邊" and older_form("田中", 0) == "田中"
    assert older_form("吉田", 0, unicode_only=True) == "𠮷田"


def test_older_forms_exist_in_cp932():
    for forms in OLDER.values():
        assert forms.encode("cp932").decode("cp932") == forms


def test_grades_follow_the_school_year():
    born = np.array(["2017-04-01", "2017-04-02", "2018-04-01"], dtype="datetime64[D]")
    assert grade_in(born, 2024).tolist() == [2, 1, 1]


def test_an_intercept_gives_the_margin():
    logit = np.random.default_rng(1).normal(0, 2, 10_000)
    assert chance(logit, 0.07).mean() == pytest.approx(0.07, abs=1e-9)


def test_days_absent_are_binomial_quantiles_that_rise_with_the_chance():
    rng = np.random.default_rng(2)
    draw, logit = rng.random((40_000, 12)), np.full((40_000, 12), -2.0)
    days = days_absent(logit, draw)
    assert days.max(axis=0).tolist() <= SCHOOL_DAYS.tolist()
    assert days.mean(axis=0) == pytest.approx(SCHOOL_DAYS / (1 + np.exp(2.0)), rel=0.02)
    assert (days_absent(logit - 0.7, draw) <= days).all()
    assert (days_absent(np.full((5, 12), -40.0), draw[:5]) <= 1).all()

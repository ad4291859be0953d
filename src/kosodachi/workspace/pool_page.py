"""The page of pooled estimates, made of released tables alone: answer, forest, table, limits, in one language a file."""

import pandas as pd

from kosodachi.disclosure import Released
from kosodachi.report import figures, say
from kosodachi.report.render import page_name, render
from kosodachi.report.words import label

TITLE = """# 複数自治体の効果を統合する
# Effects of several municipalities pooled

**問い**: 各自治体が公表した推定値を合わせると、支援の案内により欠席は減ったと言えるか。
**読んでほしい方**: 効果検証を行う分析担当者・研究者。

**Question**: taken together, do the estimates that each municipality released show that the offer lowered absence?
**For**: analysts and research partners who validate effects.
"""
METHOD = """Random-effects mean by restricted maximum likelihood; Hartung-Knapp interval, never narrower than the plain one. Standard errors are taken from the released intervals. Ratios are pooled as logarithms.

変量効果モデル(制限付き最尤法)による平均です。区間はハートゥング・クナップ法により、通常の区間より狭くはしません。標準誤差は公表された区間から求め、比は対数で統合します。
"""


def page(pooled: Released, towns: Released, drawn: Released, *, lang: str, footer: dict) -> tuple[str, str]:
    """The name of the page's file and its HTML."""
    method, estimand = _main(pooled, drawn)
    with say.held() as outputs:
        say.answer(**_answer(pooled.table, method, estimand))
        say.figure(figures.intervals, drawn, label="town", reference=None if estimand == "hazard_ratio" else 0,
                   en=f"{label(method, 'en')} ({label(estimand, 'en')}) by municipality, with 95 % intervals",
                   ja=f"自治体ごとの推定値:{label(method, 'ja')}({label(estimand, 'ja')})と95%信頼区間")  # fmt: skip
        say.table(pooled, en="All pooled estimates", ja="統合したすべての推定値")
        say.how_sure(**_how_sure(pooled.table, method, estimand))
        say.not_for(
            en=["To rank municipalities: their intervals overlap and their services differ.",
                "To choose among the methods the one with the most pleasing mean."],
            ja=["自治体の順位付け。区間は重なり合い、事業の内容も異なります。", "都合のよい推定方法だけを選ぶこと。"],
        )  # fmt: skip
    return page_name("index", lang), render(_notebook(outputs), lang=lang, footer=footer, step="index")


def _main(pooled: Released, drawn: Released) -> tuple[str, str]:
    """The method and estimand that was drawn: the one whose mean stands in the drawing."""
    mean = drawn.table.set_index("town").loc["pooled", ["value", "low", "high"]].astype(float)
    same = (pooled.table[["value", "low", "high"]].astype(float) == mean).all(axis=1)
    return tuple(pooled.table.loc[same, ["method", "estimand"]].iloc[0])


def _answer(table: pd.DataFrame, method: str, estimand: str) -> dict[str, list[str]]:
    one = table[(table["method"] == method) & (table["estimand"] == estimand)].iloc[0]
    ratio, count = one["scale"] == "as_ratio", int(one["municipalities"])
    value, low, high, least, most = (
        float(one[name]) * (1 if ratio else 100) for name in ("value", "low", "high", "predicted_low", "predicted_high")
    )
    form = "{:.2f}" if ratio else "{:+.1f}"
    said = [form.format(number) for number in (value, low, high, least, most)]
    none = 1.0 if ratio else 0.0
    inside = low <= none <= high
    en = [
        f"Over {count} municipalities with about {int(one['children']):,} children the offer changed the share with a long absence by"
        f" {said[0]} points (95 % interval {said[1]} to {said[2]})." if not ratio else
        f"Over {count} municipalities with about {int(one['children']):,} children the hazard ratio is {said[0]} (95 % interval {said[1]} to {said[2]}).",
        f"{none:.0f} lies {'inside the interval: an effect is neither shown nor ruled out' if inside else 'outside the interval'}.",
        f"A further municipality of this kind may expect {said[3]} to {said[4]}{'' if ratio else ' points'}." if pd.notna(least)
        else "With two municipalities nothing can be said of a third.",
    ]  # fmt: skip
    ja = [
        f"{count}自治体、約{int(one['children']):,}人の児童を合わせると、案内により長期欠席となる割合は{said[0]}ポイント変化したと推定されます"
        f"(95%信頼区間 {said[1]}〜{said[2]})。" if not ratio else
        f"{count}自治体、約{int(one['children']):,}人の児童を合わせたハザード比は{said[0]}です(95%信頼区間 {said[1]}〜{said[2]})。",
        f"区間に{none:.0f}を含むため、効果の有無は断定できません。" if inside else f"区間に{none:.0f}は含まれません。",
        f"同様の自治体がもう1つ加わった場合に予想される範囲は{said[3]}〜{said[4]}{'' if ratio else 'ポイント'}です。" if pd.notna(least)
        else "2自治体の結果からは、次の自治体での効果は予測できません。",
    ]  # fmt: skip
    return {"en": en, "ja": ja}


def _how_sure(table: pd.DataFrame, method: str, estimand: str) -> dict[str, list[str]]:
    one = table[(table["method"] == method) & (table["estimand"] == estimand)].iloc[0]
    share = f"{float(one['i2']):.0%}"
    return {
        "en": [f"Of the spread of the estimates, {share} is put down to differences between municipalities (I²); with few of them this share is hardly known.",
               "Each estimate stands behind its own municipality's gate; municipalities that failed it are missing here, and may differ.",
               "The prediction interval holds less often than 95 % with few municipalities."],
        "ja": [f"推定値のばらつきのうち自治体間の差によるものは{share}(I²)ですが、自治体数が少ないとこの割合はほとんど定まりません。",
               "各推定値は、それぞれの自治体で診断基準を満たしたものです。満たさなかった自治体は含まれず、結果が異なる可能性があります。",
               "自治体数が少ないと、予測区間が実際に当たる割合は95%を下回ります。"],
    }  # fmt: skip


def _notebook(outputs: list) -> dict:
    """A notebook of one said cell, as pages are rendered from."""
    text = [{"cell_type": "markdown", "metadata": {}, "source": source} for source in (TITLE, METHOD)]
    code = {"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs, "execution_count": None}
    return {"cells": [text[0], code, text[1]], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}

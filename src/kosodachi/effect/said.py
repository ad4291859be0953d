"""What a study says in words, in English and Japanese: its protocol, its answer, what failed at the gate.

Sentences take their numbers from tables that the disclosure rule let through, and say no more than the gate allows.
"""

import pandas as pd

from kosodachi.effect.cohort import ELIGIBLE
from kosodachi.effect.gate import Gate
from kosodachi.effect.trial import TargetTrial

LANGUAGES = ("en", "ja")

WHY = {
    "no_outreach_log": ("no outreach log was read", "プッシュ型支援の記録が読み込まれていない"),
    "no_attendance": ("no school attendance was read", "学校出欠の記録が読み込まれていない"),
    "no_judgement": ("no judgement was made for the date in the settings", "設定の基準日についての判定がない"),
    "follow_up_too_short": ("follow-up ends before the outcome can be counted", "結果を数える前に追跡が終わる"),
    "no_offer": ("no eligible child was offered support in the index month", "起点月に案内を受けた対象児童がいない"),
    "all_offered": ("every eligible child was offered support", "対象児童の全員が案内を受けている"),
    "empty_arm": ("one side of the comparison is empty", "比較の一方に児童がいない"),
    "long_absences": ("too few children had a long absence", "長期欠席となった児童が少なすぎる"),
    "smaller_arm": ("too few children are on one side of the comparison", "比較の一方の児童が少なすぎる"),
    "detectable_effect": (
        "only a larger effect than the municipality would act on could be found",
        "自治体が判断の目安とする大きさの効果を検出できない",
    ),
    "largest_smd": ("the two sides still differ after weighting", "重み付け後も両群の特徴に差が残る"),
    "equipoise": ("too few children could have been on either side", "どちらの群にもなり得た児童が少なすぎる"),
    "ease": (
        "months before the offer, which it cannot have changed, differ between the two sides",
        "案内が影響し得ない案内前の月の欠席に、両群の差がある",
    ),
}

NEXT = {
    "en": "A year more, a lower threshold of absence or pooling with other municipalities would give more to go on.",
    "ja": "追跡の延長、欠席日数の基準の見直し、他の自治体の結果との統合により、判断の材料を増やせます。",
}
FIRST = {
    "en": "What is missing has to be collected first.",
    "ja": "まず、不足しているデータをそろえる必要があります。",
}
NEITHER = {
    "en": "This is no sign that outreach helps, and no sign that it does not.",
    "ja": "支援に効果があるとも、ないとも言えません。",
}


def why(decided: Gate, lang: str) -> str:
    """What failed, in words."""
    return {"en": "; ", "ja": "、"}[lang].join(WHY[code][LANGUAGES.index(lang)] for code in decided.failed)


def answer(decided: Gate, attrition: pd.DataFrame, estimates: pd.DataFrame) -> dict[str, list[str]]:
    """Three sentences a language from released tables: {en: [...], ja: [...]}.

    attrition: stage, children, with_offer; estimates: estimand, method, value, low, high, with a row planted_truth where
    the truth is known. A hidden count is not written.
    """
    sentences = {lang: [_who(attrition, lang)] for lang in LANGUAGES}
    add = _found if decided.passed else _not_found
    return {lang: [*first, *add(decided, estimates, lang)] for lang, first in sentences.items()}


def _who(attrition: pd.DataFrame, lang: str) -> str:
    last = attrition[attrition["stage"] == ELIGIBLE]
    counts = last[["children", "with_offer"]].iloc[0] if len(last) else pd.Series(dtype=float)
    if counts.empty or counts.isna().any():
        return {
            "en": "No comparison of children offered and not offered support can be shown here.",
            "ja": "案内を受けた児童と受けなかった児童の比較は、ここでは示せません。",
        }[lang]
    children, offered = (int(count) for count in counts)
    return {
        "en": f"About {children:,} children could be compared, and about {offered:,} of them were offered support in"
        " the index month.",
        "ja": f"比較の対象となった児童は約{children:,}人で、うち約{offered:,}人に起点月のうちに支援を案内しました。",
    }[lang]


def _not_found(decided: Gate, _, lang: str) -> list[str]:
    if decided.verdict == "withheld":
        verdict = {"en": "The estimate is withheld because {why}.", "ja": "推定値は示しません。理由:{why}。"}
        return [verdict[lang].format(why=why(decided, lang)), NEITHER[lang]]
    verdict = {
        "en": "Whether outreach helped is not assessable yet, because {why}.{enough}",
        "ja": "支援に効果があったかは、まだ検証できません。理由:{why}。{enough}",
    }
    told = verdict[lang].format(why=why(decided, lang), enough=_enough(decided, lang))
    after = (FIRST if decided.events_needed is None else NEXT)[lang]
    return [told, f"{NEITHER[lang]}{' ' if lang == 'en' else ''}{after}"]


def _enough(decided: Gate, lang: str) -> str:
    if decided.events_needed is None:
        return ""
    return {
        "en": " About {n:,} children with a long absence would be enough.",
        "ja": "長期欠席の児童が約{n:,}人いれば検証できます。",
    }[lang].format(n=decided.events_needed)


def _found(_, estimates: pd.DataFrame, lang: str) -> list[str]:
    rows = estimates.set_index(["method", "estimand"])
    best = rows.loc[("aipw", "ATE")]
    value, low, high = (100 * best[c] for c in ("value", "low", "high"))
    none = low <= 0 <= high
    zero = "0 lies inside, so an effect is neither shown nor ruled out" if none else "0 lies outside"
    said = {
        "en": f"The offer changed the share with a long absence by {value:+.1f} points (95 % interval {low:+.1f} to"
        f" {high:+.1f}, AIPW); {zero}.",
        "ja": f"案内により、長期欠席となる割合は{value:+.1f}ポイント変化したと推定されます(95%信頼区間 {low:+.1f}〜"
        f"{high:+.1f}、AIPW)。区間に0{'を含むため、効果の有無は断定できません' if none else 'は含まれません'}。",
    }[lang]
    return [said, _beside(rows, best, lang)]


def _beside(rows: pd.DataFrame, best: pd.Series, lang: str) -> str:
    """The plain comparison, and the planted truth where it is known."""
    plain = 100 * rows.loc[("naive", "difference"), "value"]
    truth = rows["value"].get(("planted_truth", "ATE"), float("nan"))
    inside = best["low"] <= truth <= best["high"]
    if pd.isna(truth):
        return {
            "en": f"The plain comparison, {plain:+.1f} points, is no effect, and the estimate is one only if the"
            " sources hold every common cause of offer and absence.",
            "ja": f"単純な比較の{plain:+.1f}ポイントは効果とは読めず、上の推定値も、案内と欠席の両方に影響する事情が"
            "すべてデータに含まれる場合に限り効果と読めます。",
        }[lang]
    return {
        "en": f"The plain comparison shows {plain:+.1f} points, and the planted truth for the same children is"
        f" {100 * truth:+.1f}, {'inside' if inside else 'outside'} the interval.",
        "ja": f"単純な比較では{plain:+.1f}ポイントですが、同じ児童についての合成データの真値は"
        f"{100 * truth:+.1f}ポイントで、信頼区間に{'含まれます' if inside else '含まれません'}。",
    }[lang]


def covariate_words(item_register: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Words for the covariates x_<item> and x_<item>_unknown: {term: {en, ja}}."""
    names = item_register.set_index("item_id")[["en", "ja"]].to_dict("index")
    known = {f"x_{item}": name for item, name in names.items()}
    unknown = {
        f"x_{item}_unknown": {"en": f"{name['en']}: unknown", "ja": f"{name['ja']}(不明)"}
        for item, name in names.items()
    }
    return known | unknown


def protocol(trial: TargetTrial) -> pd.DataFrame:
    """The seven elements of the target trial in words: columns element, en, ja."""
    cut = f", among the top {trial.top} children by points as of {trial.judged_as_of}" if trial.top else ""
    cut_ja = f"、{trial.judged_as_of} 時点の点数が上位{trial.top}人に入り" if trial.top else ""
    alike = ", with a chance of an offer not too near 0 or 1" if trial.comparable_only else ""
    alike_ja = "、案内を受ける見込みが0にも1にも近すぎない" if trial.comparable_only else ""
    months = f"{trial.outcome_months[0]} – {trial.outcome_months[-1]}" if len(trial.outcome_months) else "–"
    long, month, year = trial.long_absence_days, trial.month_absence_days, trial.fiscal_year
    en = {
        "eligibility": f"Eligible: attendance records in FY{year - 1} and FY{year}, resident at the index date, no"
        f" earlier offer{cut}{alike}.",
        "strategies": "Compared: support offered within the index month, or not offered in it.",
        "assignment": "Assignment: by staff, not by lot; compared as if by lot within children alike in the sources.",
        "time zero": f"Time zero: {trial.index_date}; follow-up is counted from the end of {trial.index_month}.",
        "outcome": f"Outcome: absent {long} days or more in {months}; besides, months until the first month with"
        f" {month} days or more.",
        "contrast": "Contrast: intention to offer; average effect among the eligible (ATE) and the offered (ATT).",
        "analysis": "Analysis: propensity weights, standardisation and AIPW, siblings as one cluster, behind a gate.",
    }
    ja = [
        f"対象:{year - 1}・{year}年度の出欠記録があり、起点日に在住し、以前に案内を受けておらず"
        f"{cut_ja}{alike_ja}児童。",
        "比較:起点月のうちにプッシュ型支援を案内する、または案内しない。",
        "割当:くじではなく職員の判断。データに現れる特徴が同じ児童どうしで、くじで決めたものとみなして比較する。",
        f"起点:{trial.index_date}。追跡は {trial.index_month} の月末から数える。",
        f"結果:{months} の欠席が合計{long}日以上。併せて、月{month}日以上の欠席が初めて生じるまでの月数。",
        "対比:案内の有無による比較(ITT)。対象者全体(ATE)と案内を受けた児童(ATT)の平均効果。",
        "解析:傾向スコアによる重み付け、標準化、AIPW。きょうだいは1群とし、診断基準を満たす場合だけ推定値を示す。",
    ]
    return pd.DataFrame({"element": list(en), "en": list(en.values()), "ja": ja})


def doubt_answer(decided: Gate, worries: pd.DataFrame, measures: pd.DataFrame) -> dict[str, list[str]]:
    """Three sentences a language on what doubt leaves of the estimate, from released tables."""
    if not decided.passed or worries.empty:
        return {
            "en": ["No estimate was shown, so there is none to doubt.", "The diagnostics gate was not passed.", "See 61_effect for what is lacking."],
            "ja": ["推定値を示していないため、疑いの検討はできません。", "診断基準を満たしていません。", "不足しているものは 61_effect をご覧ください。"],
        }  # fmt: skip
    rows, takes = worries.set_index("worry"), measures.set_index("measure")["value"]
    low, high = 100 * rows["low"].min(), 100 * rows["high"].max()
    points = 100 * rows["value"].dropna()
    held = ((rows["low"] > 0) | (rows["high"] < 0)).all()
    e = takes.get("e_value")
    return {
        "en": [
            f"Under {len(rows)} worries the estimate lies between {points.min():+.1f} and {points.max():+.1f} points, and the intervals reach from {low:+.1f} to {high:+.1f}.",
            "No interval holds 0." if held else "At least one interval holds 0: the sign of the effect is not settled.",
            f"An unmeasured cause with a risk ratio of {e:.2f} with both offer and absence could explain the estimate away." if e == e and e is not None
            else "The E-value cannot be given.",
        ],
        "ja": [
            f"{len(rows)}通りの疑いのもとで推定値は{points.min():+.1f}〜{points.max():+.1f}ポイント、区間は{low:+.1f}〜{high:+.1f}ポイントに広がります。",
            "どの区間も0を含みません。" if held else "0を含む区間があり、効果の向きは定まりません。",
            f"案内と欠席の両方に対してリスク比{e:.2f}の事情が隠れていれば、この推定値は説明できてしまいます。" if e == e and e is not None
            else "E値は示せません。",
        ],
    }  # fmt: skip

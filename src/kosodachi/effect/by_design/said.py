"""The designs in words, English and Japanese, from released tables: what was found, what it rests on, why not."""

import pandas as pd

from kosodachi.effect.by_design.finding import NOTHING
from kosodachi.effect.said import NEITHER, WHY

NAMES = {
    "discontinuity": ("regression discontinuity at the capacity cut", "定員の境目での回帰不連続"),
    "lottery": ("the lottery at the margin", "定員の境目での抽選"),
    "lottery_exact": ("the lottery, exact test", "抽選(正確検定)"),
    "stepped_wedge": ("the stepped wedge", "段階的開始(順番は抽選)"),
    "staggered": ("the staggered start", "段階的開始(順番は任意)"),
    "surrogate": ("the surrogate index", "代理指標による推定"),
    "observational": ("the adjusted comparison of 61_effect", "61_effect の調整済み比較"),
}
ASSUMES = {
    "discontinuity": ("nothing but the offer changes at the cut, and the offer reaches only through points those whom it"
                      " reaches at the cut.", "境目の前後で変わるのは案内の有無だけで、点数は案内を通じてのみ結果に影響する。"),
    "lottery": ("lots were drawn as the log says, and all who were in the draw are in it.",
                "記録のとおりに抽選が行われ、抽選の対象者がすべて記録されている。"),
    "stepped_wedge": ("the order of schools was drawn by lot, the effect begins with the start and does not grow.",
                      "学校の順番は抽選で決まり、効果は開始とともに現れ、その後大きくならない。"),
    "staggered": ("without outreach, schools would have moved in parallel; it speaks of the months in which some school waited.",
                  "支援がなければ、どの学校の欠席も同じように推移していた(開始前の学校が残る月についての推定)。"),
    "surrogate": ("the early comparison is fair, outreach works through early absence alone, and early absence means what it"
                  " meant last year. Three months show a lasting effect in part: in synthetic towns the index found two thirds of it.",
                  "早い時期の比較が公平で、支援は早い時期の欠席を通じてのみ結果に影響し、その意味が前年と変わらない。長く続く効果は"
                  "3か月の欠席には一部しか表れない(合成自治体での検証では約3分の2)。"),
    "observational": ("the sources hold every common cause of offer and absence.",
                      "案内と欠席の両方に影響する事情がすべてデータに含まれる。"),
}  # fmt: skip
ASSUMES["lottery_exact"] = ASSUMES["lottery"]
BECAUSE = WHY | {
    "no_lots_on_record": ("the outreach log holds no lots", "支援記録に抽選結果がない"),
    "one_start": ("schools did not begin in different months", "学校ごとに開始月が分かれていない"),
    "order_not_drawn": ("the settings do not say that the order of schools was drawn by lot",
                        "学校の順番を抽選で決めたことが設定にない"),
    "no_school": ("no source says which school a child attends", "児童の在籍校が分かるデータがない"),
    "gate_not_passed": ("the comparison of 61_effect did not pass its gate", "61_effect の比較が診断基準を満たしていない"),
    "too_few_years": ("attendance of the year before is not on record", "前年度の出欠が記録されていない"),
    "no_estimate": ("the data do not determine an estimate", "データから推定値が定まらない"),
    "point_values": ("points take too few values on one side of the cut", "境目の片側で点数の値の種類が少なすぎる"),
    "first_stage": ("the share offered support hardly jumps at the cut: staff did not go by the points alone",
                    "境目で案内の割合がほとんど変わらない(案内は点数だけでは決まっていない)"),
    "density": ("more or fewer children stand just inside the cut than their neighbours let expect",
                "境目のすぐ内側の児童数が、前後から見込まれる数と異なる"),
    "placebo_cuts": ("absence jumps at points away from the cut as well", "境目でない点でも欠席の割合が不連続に変わる"),
    "last_year": ("long absence of the year before, which the offer cannot have changed, differs as well",
                  "案内が影響し得ない前年度の長期欠席にも差がある"),
    "before_offer": ("absence of the months before the offer jumps at the cut as well",
                     "案内前の月の欠席も境目で不連続に変わる"),
    "followed_alike": ("whose outcome is on record depends on the lot", "結果が確認できる割合が抽選結果によって異なる"),
    "schools": ("too few schools", "学校の数が少なすぎる"),
    "placebo_dates": ("absence had already changed before schools began", "開始前から欠席に変化がみられる"),
    "months_before": ("schools did not move in parallel before they began", "開始前の欠席の推移が学校間で平行でない"),
    "surrogacy": ("the offer does something to the outcome that early absence does not carry",
                  "早い時期の欠席では説明できない案内の影響がある"),
    "comparability": ("early absence does not mean what it meant last year", "早い時期の欠席の意味が前年と異なる"),
    "reach": ("early absence lies outside of what was seen last year", "早い時期の欠席が前年の範囲を外れている"),
}  # fmt: skip
LANGS = ("en", "ja")
BESIDE = ("surrogate", "observational")  # they rest on the adjusted comparison, whatever the roll-out
OF_ROLLOUT = {"capacity_cut": "discontinuity"}  # a design of the settings -> its analysis, where names differ


def reasons(table: pd.DataFrame) -> dict[str, list[str]]:
    """Why designs that are not shown are not, those with one reason in one sentence; columns design, state, because."""
    hidden = table[table["because"] != NOTHING]
    words = {"not_assessable": ("not assessable here, because", "ここでは評価できません"),
             "withheld": ("withheld, because", "診断基準を満たさないため、推定値を示しません")}  # fmt: skip
    out = {"en": [], "ja": []}
    for (state, because), rows in hidden.groupby(["state", "because"], sort=False):
        en, ja = ([NAMES[d][at] for d in rows["design"]] for at in (0, 1))
        out["en"].append(f"{_upper('; '.join(en))}: {words[state][0]} {BECAUSE[because][0]}.")
        out["ja"].append(f"{'、'.join(ja)}:{words[state][1]}({BECAUSE[because][1]})。")
    return out


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def assumed(table: pd.DataFrame) -> dict[str, list[str]]:
    """What each shown design takes for granted, and why the others are not shown."""
    shown = table.loc[table["because"] == NOTHING, "design"]
    why = reasons(table)
    return {
        "en": [f"{_upper(NAMES[d][0])} assumes: {ASSUMES[d][0]}" for d in shown] + why["en"],
        "ja": [f"{NAMES[d][1]}の前提:{ASSUMES[d][1]}" for d in shown] + why["ja"],
    }


def answer(table: pd.DataFrame, design: str) -> dict[str, list[str]]:
    """Three sentences a language from the released table: the designs shown, the first estimate, what they are not.

    design: as the settings state it.
    """
    by_rollout = table[(table["because"] == NOTHING) & ~table["design"].isin(BESIDE)]
    total = table.loc[~table["design"].isin(BESIDE), "design"].nunique()
    if by_rollout.empty:
        return _none(table, total, OF_ROLLOUT.get(design, design))
    first = by_rollout[by_rollout["design"] == OF_ROLLOUT.get(design, design)]
    one = (first if len(first) else by_rollout).iloc[0]
    return {
        "en": [
            f"{len(by_rollout)} of {total} designs that rest on the roll-out can be read here.",
            _found(one, "en"),
            LAST["en"],
        ],
        "ja": [
            f"支援の始め方に応じた{total}通りの方法のうち、ここで読み取れるのは{len(by_rollout)}通りです。",
            _found(one, "ja"),
            LAST["ja"],
        ],
    }


BESIDES = {
    "en": "What is shown besides compares children who were and were not offered support as staff chose, and is an effect only"
    " if the sources hold every common cause.",
    "ja": "表のその他の推定値は、職員の判断による案内の有無の比較によるもので、共通の要因がすべてデータに含まれる場合に限り効果と"
    "読めます。",
}
LAST = {
    "en": "Each design speaks of different children (at the cut, in the lot, reached by the waves), so estimates may differ.",
    "ja": "方法ごとに対象の児童(境目付近、抽選の対象、段階的に案内した児童)が異なるため、推定値は一致するとは限りません。",
}


def _none(table: pd.DataFrame, total: int, design: str) -> dict[str, list[str]]:
    why = reasons(table[table["design"] == design].head(1))
    beside = (table.loc[table["design"].isin(BESIDE), "because"] == NOTHING).any()
    last = BESIDES if beside else NEITHER
    return {
        "en": [f"None of {total} designs that rest on the roll-out can be read here.", *why["en"], last["en"]],
        "ja": [
            f"支援の始め方に応じた{total}通りの方法のうち、ここで読み取れるものはありません。",
            *why["ja"],
            last["ja"],
        ],
    }


def _found(one: pd.Series, lang: str) -> str:
    """The estimate in words; a hidden one is told to be hidden."""
    name = NAMES[one["design"]][LANGS.index(lang)]
    if pd.isna(one["value"]):
        return {"en": f"The estimate of {name} rests on too few children to be shown.",
                "ja": f"{name}の推定値は、児童数が少ないため表示しません。"}[lang]  # fmt: skip
    scale, unit = (1, ("days absent a month", "日(月あたりの欠席日数)")) if one["outcome"] == "days_absent" else (
        100, ("points in the share with a long absence", "ポイント(長期欠席の割合)"))  # fmt: skip
    digits = 2 if scale == 1 else 1
    value, low, high = (f"{scale * float(one[c]):+.{digits}f}" for c in ("value", "low", "high"))
    zero = one["low"] <= 0 <= one["high"]
    en = "0 lies inside, so an effect is neither shown nor ruled out" if zero else "0 lies outside"
    ja = "区間に0を含むため、効果の有無は断定できません" if zero else "区間に0は含まれません"
    return {
        "en": f"By {name} the offer changed absence by {value} {unit[0]} (95 % interval {low} to {high}); {en}.",
        "ja": f"{name}によると、案内により{value}{unit[1]}の変化と推定されます(95%信頼区間 {low}〜{high})。{ja}。",
    }[lang]

"""The chooser in words, from released tables."""

import pandas as pd

from kosodachi.effect.chooser.choose import best, words
from kosodachi.effect.chooser.town import Known

WHY = {
    "no_attendance": ("no attendance records", "出欠の記録がない"),
    "too_few_years": ("attendance of fewer than two years before the start", "起点より前の出欠が2年度分ない"),
    "effect_above_baseline": (
        "the smallest effect is no smaller than the share it would lower",
        "意味のある最小の効果が、下げるべき割合そのもの以上になっている",
    ),
}


def assumptions(table: pd.DataFrame) -> dict[str, list[str]]:
    """What each possible design assumes and asks, one sentence a design: {en, ja}."""
    possible = table.loc[table["verdict"] != "impossible", "design"]
    if possible.empty:
        return {"en": ["No design could be planned."], "ja": ["計画できる方法がありません。"]}
    said = [words()[design] for design in possible]
    return {
        "en": [f"{w['name']['en']}: {w['assumes']['en']} Staff: {w['asks']['en']}" for w in said],
        "ja": [f"{w['name']['ja']}:{w['assumes']['ja']}(職員){w['asks']['ja']}" for w in said],
    }


def answer(known: Known, table: pd.DataFrame) -> dict[str, list[str]]:
    """Three sentences a language: what is possible here, how long or with whom, and what to look at meanwhile."""
    if known.plan is None:
        why = [WHY[reason] for reason in known.missing]
        return {
            "en": [f"Not assessable here: {'; '.join(w[0] for w in why)}.", "No power is stated.", _meanwhile("en")],
            "ja": [
                f"ここでは設計を評価できません({'、'.join(w[1] for w in why)})。",
                "検出力は示しません。",
                _meanwhile("ja"),
            ],
        }
    chosen = best(table)
    lead = _enough(known, table, chosen) if chosen else _not_enough(known, table)
    return {lang: [*lead[lang], _meanwhile(lang)] for lang in ("en", "ja")}


def _enough(known, table, chosen):
    power, name = _power(table, chosen), words()[chosen]["name"]
    effect = 100 * known.plan.smallest_effect
    return {
        "en": [f"{name['en']} would find a fall of {effect:.0f} points among those reached in {power:.0%} of such years.",
               f"It assumes: {words()[chosen]['assumes']['en']}"],
        "ja": [f"{name['ja']}なら、支援を受けた児童での{effect:.0f}ポイントの減少を{power:.0%}の確率で確かめられます。",
               f"前提は次のとおりです。{words()[chosen]['assumes']['ja']}"],
    }  # fmt: skip


def _not_enough(known, table):
    effect = 100 * known.plan.smallest_effect
    most = table.loc[table["power"].idxmax()] if table["power"].notna().any() else None
    if most is None:
        return {"en": ["Not assessable here: no design is possible.", "No power is stated."],
                "ja": ["ここで実施できる方法がありません。", "検出力は示しません。"]}  # fmt: skip
    name, towns = words()[most["design"]]["name"], most["municipalities_needed"]
    together = {
        "en": f"Pool with municipalities of this size: {int(towns)} together would reach 80 %." if towns == towns
        else "No number of municipalities up to 100 would be enough.",
        "ja": f"同じ規模の自治体{int(towns)}団体で統合すれば、検出力80%に届きます。" if towns == towns
        else "同じ規模の自治体100団体を統合しても届きません。",
    }  # fmt: skip
    return {
        "en": [f"Not assessable here alone: for a fall of {effect:.0f} points the strongest design"
               f" ({name['en']}) has a power of {most['power']:.0%}.", together["en"]],
        "ja": [f"この自治体だけでは確かめられません。{effect:.0f}ポイントの減少に対する検出力は、最も高い{name['ja']}でも"
               f"{most['power']:.0%}です。", together["ja"]],
    }  # fmt: skip


def _meanwhile(lang: str) -> str:
    return {
        "en": "Meanwhile look at interim indicators: contact made, consent, plan opened, attendance at three months.",
        "ja": "それまでは中間指標(接触、同意、支援計画の作成、3か月後の出欠)を確認してください。",
    }[lang]


def _power(table: pd.DataFrame, design: str) -> float:
    return float(table.set_index("design")["power"].loc[design])

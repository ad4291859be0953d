"""What 31_link_quality says in words, in English and Japanese, from released numbers; a hidden number is not written."""

import pandas as pd

WHICH = {
    "en": {"estimate": "estimated from the data", "truth": "true here"},
    "ja": {"estimate": "推定", "truth": "真値"},
}


def error_answer(shown: pd.DataFrame, worst: pd.DataFrame, looks: pd.DataFrame, group_words) -> dict[str, list[str]]:
    """Three sentences a language: false links, missed links and for whom most, and how many looks halve the interval.

    shown: `errors` as released, by (error, known_by). worst: `missed_by_group` as released. looks: as released.
    group_words: a function (group, lang) -> its word.
    """
    rows = shown.set_index(["error", "known_by"])
    return {
        "en": [_false(rows, "en"), _missed(rows, worst, group_words, "en"), _looks(looks, "en")],
        "ja": [_false(rows, "ja"), _missed(rows, worst, group_words, "ja"), _looks(looks, "ja")],
    }


def _false(rows, lang: str) -> str:
    value, low, high = rows.loc[("false_links", "estimate"), ["value", "low", "high"]]
    if pd.isna(value):
        return {"en": "Too few persons were linked to say how many links are false.",
                "ja": "名寄せした人数が少なく、誤った名寄せの割合は示せません。"}[lang]  # fmt: skip
    claim = rows.loc[("false_links", "claim"), "value"]
    true = rows["value"].get(("false_links", "truth"))
    if lang == "en":
        known = f"; the truth here is {true:.2%}" if true is not None else ""
        return f"An estimated {value:.2%} of the links ({low:.2%} to {high:.2%}) lead to another child, where the model itself claims {claim:.2%}{known}."
    known = f"、合成データの真値は{true:.2%}" if true is not None else ""
    return f"別の児童への誤った名寄せは推定{value:.2%}({low:.2%}〜{high:.2%})で、モデル自身の見積もりは{claim:.2%}{known}です。"


def _missed(rows, worst, group_words, lang: str) -> str:
    value, low, high = rows.loc[("missed_links", "estimate"), ["value", "low", "high"]]
    most = worst[worst["known_by"] == "estimate"].dropna(subset="value")
    most = most.sort_values(["value", "group"], ascending=[False, True]).head(1)
    if pd.isna(value):
        return {"en": "How many links were missed cannot be estimated here.",
                "ja": "名寄せの漏れの割合は、ここでは推定できません。"}[lang]  # fmt: skip
    group = f"{group_words(most['group'].iloc[0], lang)}" if len(most) else ""
    share = most["value"].iloc[0] if len(most) else None
    if lang == "en":
        whom = f"; most among children in the group “{group}”, {share:.1%}" if len(most) and share > value else ""
        return f"An estimated {value:.1%} of those whose child is in the register ({low:.1%} to {high:.1%}) are not linked to it{whom}."
    whom = f"。最も多いのは「{group}」の{share:.1%}です" if len(most) and share > value else "です"
    return f"台帳に児童がいるのに名寄せできていない割合は推定{value:.1%}({low:.1%}〜{high:.1%}){whom}。"


def _looks(looks: pd.DataFrame, lang: str) -> str:
    half = looks[looks["width_share"] == 0.5]["look_at"].dropna()
    number = round(half.iloc[0]) if len(half) else None
    if number is None:
        return {"en": "How many links people should look at cannot be said from so few.",
                "ja": "件数が少ないため、職員が確認すべき件数は示せません。"}[lang]  # fmt: skip
    if lang == "en":
        return f"If people check about {number:,} links against the sources' own papers, the interval of the false links is half as wide."
    return f"職員が約{number:,}件を元の書類と照らし合わせれば、誤った名寄せの割合の区間は半分の幅になります。"

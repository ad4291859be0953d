"""What a linkage says in words, in English and Japanese, from released numbers; a hidden number is not written."""

import pandas as pd

from kosodachi.linkage.link import Links

NO_SOURCE = {
    "en": "No source besides the resident register was read, so there is nothing to link yet.",
    "ja": "住民基本台帳以外のデータ源が読み込まれていないため、名寄せの対象がありません。",
}


def answer(total: pd.Series, scores: pd.DataFrame | None, rule) -> dict[str, list[str]]:
    """Three sentences a language: how many were linked, how many people should look at, what is gained over today.

    total: persons, linked, review, linked_share, today_share over all sources, missing where hidden.
    scores: precision, recall and f1 by way of linking (model, four_pass, today), or None where no truth exists.
    """
    return {"en": [_linked_en(total), _review_en(total, rule), _gain_en(total, scores)],
            "ja": [_linked_ja(total), _review_ja(total, rule), _gain_ja(total, scores)]}  # fmt: skip


def _linked_en(total) -> str:
    if pd.isna(total["persons"]) or pd.isna(total["linked"]):
        return NO_SOURCE["en"] if pd.isna(total["persons"]) else "Too few persons were linked to show their number."
    return (
        f"Of {total['persons']:,} persons in the other sources, {total['linked']:,} ({total['linked_share']:.1%}) "
        "were linked to a child of the resident register."
    )


def _linked_ja(total) -> str:
    if pd.isna(total["persons"]) or pd.isna(total["linked"]):
        return NO_SOURCE["ja"] if pd.isna(total["persons"]) else "名寄せできた人数が少ないため、表示していません。"
    return (
        f"他のデータ源の{total['persons']:,}人のうち、{total['linked']:,}人({total['linked_share']:.1%})を"
        "住民基本台帳の児童と名寄せしました。"
    )


def _review_en(total, rule) -> str:
    if pd.isna(total["review"]):
        return f"Fewer than {rule.threshold} persons are left for people to look at."
    why = "because the pair is unsure or may be a twin or sibling"
    return f"{total['review']:,} persons are left for people to look at, {why}."


def _review_ja(total, rule) -> str:
    if pd.isna(total["review"]):
        return f"職員の確認に回るのは{rule.threshold}人未満です。"
    return f"{total['review']:,}人は、確率が足りないか双子・きょうだいの可能性があるため、職員の確認に回しました。"


def _gain_en(total, scores) -> str:
    if scores is None:
        unknown = "how right the links are cannot be measured here without truth."
        share = total["today_share"]
        return f"Today's exact match links {share:.1%}; {unknown}" if pd.notna(share) else unknown.capitalize()
    model, rule, now = (scores.loc[way, "f1"] for way in ("model", "four_pass", "today"))
    return f"F1 against the truth is {model:.3f}; today's exact match has {now:.3f}, a four-pass rule {rule:.3f}."


def _gain_ja(total, scores) -> str:
    if scores is None:
        unknown = "真値がないため、名寄せの正確さはここでは測れません。"
        share = total["today_share"]
        return f"現行の完全一致で名寄せできるのは{share:.1%}です。{unknown}" if pd.notna(share) else unknown
    model, rule, now = (scores.loc[way, "f1"] for way in ("model", "four_pass", "today"))
    return f"真値に対するF1値は{model:.3f}で、現行の完全一致は{now:.3f}、4段階の規則は{rule:.3f}でした。"


def how_trained(links: Links) -> dict[str, str]:
    """How the model was trained, in one sentence a language."""
    if links.model is None:
        return NO_SOURCE
    if links.summary["untrained"]:
        return {
            "en": "Documented values stand in for a part of the training, which had too few sure pairs or did not"
            " converge: look at more links by hand.",
            "ja": "確実な組が少ないか学習が収束しなかったため、一部は既定値を使っています。"
            "職員による確認を多めに行ってください。",
        }
    return {
        "en": "The model was trained on these data without labels (EM), and every training session converged.",
        "ja": "モデルは、正解を使わずにこのデータから学習し(EM法)、全ての学習が収束しました。",
    }

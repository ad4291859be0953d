"""The sentences of the last page: what the released tables of all steps say together, in Japanese and English.

Every number comes from a released table. What was not released is said to be not assessable, with the reason;
nothing is filled in. It says what was measured, not whether the service should go on.
"""

import pandas as pd

from kosodachi.disclosure import Released

NOT_LINKED = {
    "en": "How many records were linked cannot be shown here, because a count behind it is hidden or missing.",
    "ja": "名寄せできた件数は、もとになる件数が秘匿または未取得のため、ここでは示せません。",
}
NOT_JUDGED = {
    "en": "How well the order of looking works is not assessable here: no consultation source, or too few cases.",
    "ja": "確認の順番のはたらきは、相談のデータがないか該当が少なすぎるため、ここでは確かめられません。",
}
OUTCOMES = {
    "cases_opened": ("had a case opened in the months after", "その後の相談受付"),
    "true_need": ("truly needed support, by the synthetic truth", "真の支援ニーズ(合成データの正解による)"),
}
NO_CASES = {
    "en": "How well the order works cannot be told by cases opened: no consultation source, or too few cases.",
    "ja": "相談の受付では、データがないか該当が少なすぎるため、確認の順番のはたらきを確かめられません。",
}
NO_EFFECT = {
    "en": "Whether outreach helped could not be assessed; that is no sign that it helps, nor that it does not.",
    "ja": "支援に効果があったかは検証できませんでした。効果がある、またはないという意味ではありません。",
}
NO_TRUTH = {
    "en": "How right the links are is not assessable here, because no truth exists for real data.",
    "ja": "実データには正解がないため、名寄せの正しさはここでは確かめられません。",
}


def row(released: Released | None, **at) -> pd.Series | None:
    """The one row of a released table at these labels; None if there is none."""
    if released is None:
        return None
    table = released.table
    for column, label in at.items():
        table = table[table[column].astype(str) == str(label)]
    return table.iloc[0] if len(table) == 1 else None


def linked(links: Released | None) -> dict[str, str]:
    """How many persons of the sources found their child, beside today's exact match."""
    total = row(links, source="total")
    if total is None or total[["persons", "linked"]].isna().any():
        return NOT_LINKED
    persons, found, today = int(total["persons"]), int(total["linked"]), total["linked_today"]
    beside = {"en": "", "ja": ""}
    if pd.notna(today):
        beside = {
            "en": f"; today's exact match links {int(today):,}",
            "ja": f"(現行の完全一致では約{int(today):,}人分)",
        }
    return {
        "en": f"About {found:,} of {persons:,} entries in the sources ({found / persons:.1%}) were linked to a child of"
        f" the resident register{beside['en']}.",
        "ja": f"各データ源の約{persons:,}人分のうち約{found:,}人分({found / persons:.1%})を住民基本台帳の児童と"
        f"名寄せしました{beside['ja']}。",
    }


def judged(measures: Released | None, *, capacity: int) -> dict[str, str]:
    """How many of the first children that people can look at had a case opened, beside the share among all.

    Where too few cases were opened, the true need of a synthetic town is told instead, and named as such.
    """
    for scored_by, (en, ja) in OUTCOMES.items():
        hit = row(measures, scored_by=scored_by, metric="precision")
        base = row(measures, scored_by=scored_by, metric="base_rate")
        if hit is not None and base is not None and pd.notna(hit["value"]) and pd.notna(base["value"]):
            share, low, high, every = hit["value"], hit["low"], hit["high"], base["value"]
            return {
                "en": f"Of the first {capacity} children that staff can look at, {share:.1%} ({low:.1%} to {high:.1%})"
                f" {en}; among all children it was {every:.1%}.",
                "ja": f"職員が最初に確認できる{capacity}人のうち{share:.1%}({low:.1%}〜{high:.1%})に{ja}があり、"
                f"全体では{every:.1%}でした。",
            }
    return NOT_JUDGED


def helped(estimates: Released | None) -> dict[str, str]:
    """The average effect of an offer, if the diagnostics gate let it through."""
    best = row(estimates, method="aipw", estimand="ATE")
    if best is None or best[["value", "low", "high"]].isna().any():
        return NO_EFFECT
    value, low, high = (100 * best[column] for column in ("value", "low", "high"))
    clear = low > 0 or high < 0
    end = {
        "en": "the interval leaves out 0" if clear else "the interval holds 0, so no difference is shown",
        "ja": "区間に0を含みません" if clear else "区間に0を含むため、差があるとは言えません",
    }
    return {
        "en": f"An offer of outreach changed the share with a long absence by {value:+.1f} points"
        f" ({low:+.1f} to {high:+.1f}); {end['en']}.",
        "ja": f"プッシュ型支援の案内により、長期欠席の割合は{value:+.1f}ポイント({low:+.1f}〜{high:+.1f})"
        f"変化したと推定され、{end['ja']}。",
    }


def linked_rightly(quality: Released | None, register: Released | None) -> dict[str, str]:
    """How right the links are by the truth of a synthetic town, and how many items are used."""
    total, items = row(quality, method="model"), _items(register)
    if total is None or total[["precision", "recall"]].isna().any():
        return {lang: NO_TRUTH[lang] + items[lang] for lang in NO_TRUTH}
    right, missed = total["precision"], 1 - total["recall"]
    return {
        "en": f"By the synthetic truth {right:.1%} of the links are right, and {missed:.1%} of true links are missed"
        f".{items['en']}",
        "ja": f"合成データの正解では、名寄せの{right:.1%}は正しく、正しい対応の{missed:.1%}を見落としています。"
        f"{items['ja']}",
    }


def ranked(measures: Released | None) -> dict[str, str]:
    """How well the points part children with a case from others (AUC), and by true need where it is known."""
    auc = row(measures, scored_by="cases_opened", metric="auc")
    if auc is None or pd.isna(auc["value"]):
        return NOT_JUDGED
    true = row(measures, scored_by="true_need", metric="auc")
    known = true is not None and pd.notna(true["value"])
    return {
        "en": f"A child with a case scores above one without in {auc['value']:.0%} of pairs (AUC)"
        + (f"; by true need in {true['value']:.0%}." if known else "."),
        "ja": f"相談受付のある児童の点数がない児童を上回る割合(AUC)は{auc['value']:.0%}"
        + (f"、真の支援ニーズでは{true['value']:.0%}です。" if known else "です。"),
    }


def compared(estimates: Released | None) -> dict[str, str]:
    """The plain comparison beside the adjusted estimate and, in a synthetic town, the planted truth."""
    plain, best = row(estimates, method="naive", estimand="difference"), row(estimates, method="aipw", estimand="ATE")
    if plain is None or best is None or pd.isna(plain["value"]) or pd.isna(best["value"]):
        return NO_EFFECT
    truth = row(estimates, method="planted_truth", estimand="ATE")
    known = truth is not None and pd.notna(truth["value"])
    first, second = 100 * plain["value"], 100 * best["value"]
    return {
        "en": f"The plain comparison shows {first:+.1f} points and the adjusted estimate (AIPW) {second:+.1f}"
        + (
            f"; the planted truth is {100 * truth['value']:+.1f}."
            if known
            else "; only the latter is read as an effect."
        ),
        "ja": f"単純な比較は{first:+.1f}ポイント、条件をそろえた推定(AIPW)は{second:+.1f}ポイントで、"
        + (
            f"合成データの真値は{100 * truth['value']:+.1f}ポイントです。"
            if known
            else "効果と読めるのは後者だけです。"
        ),
    }


def together(*sentences: dict[str, str]) -> dict[str, list[str]]:
    """Sentences as `say` wants them: {en: [...], ja: [...]}."""
    return {lang: [sentence[lang] for sentence in sentences] for lang in ("en", "ja")}


def unsaid(links, measures, estimates, quality) -> dict[str, list[str]]:
    """What could not be said on this run, each once."""
    missing = {
        "links": (linked(links) == NOT_LINKED, NOT_LINKED),
        "judgement": (not _has(measures, "cases_opened"), NO_CASES),
        "effect": (helped(estimates) == NO_EFFECT, NO_EFFECT),
        "truth": (row(quality, method="model") is None, NO_TRUTH),
    }
    return together(*(sentence for is_missing, sentence in missing.values() if is_missing))


def _has(measures: Released | None, scored_by: str) -> bool:
    hit = row(measures, scored_by=scored_by, metric="precision")
    return hit is not None and pd.notna(hit["value"])


def _items(register: Released | None) -> dict[str, str]:
    if register is None:
        return {"en": "", "ja": ""}
    items = register.table.drop_duplicates("item_id")
    used = int(items["decision"].eq("use").sum())
    return {
        "en": f" {used} of {len(items)} data items are used.",
        "ja": f"{len(items)}項目のうち{used}項目を使いました。",
    }

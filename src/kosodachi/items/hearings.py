"""Hearings of staff as a form: who by role, on which item, for which outcome, for or against, when and why.

What was said is a reason to look at an item and no measurement of it. A hearing counts for the outcome that it names.
"""

import pandas as pd

from kosodachi.municipality import Hearing, Selection

COLUMNS = ("item_id", "stance", "role", "heard_on", "heard_outcome", "counted", "said")


def counts(heard: Hearing, rule: Selection) -> bool:
    """Whether a hearing counts in a register for the outcome of the rule."""
    return heard.outcome in (None, rule.outcome)


def hearings(rule: Selection) -> pd.DataFrame:
    """One row a hearing, by item, stance and role: item_id, stance (heard_for, heard_against), role, heard_on (ISO day or
    `-`), heard_outcome, counted (yes or no: it names another outcome than the register), said (the reason)."""
    rows = [
        (h.item, f"heard_{h.stance}", h.role, str(h.on or "-"), h.outcome or rule.outcome,
         "yes" if counts(h, rule) else "no", h.reason)
        for h in rule.hearings
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["item_id", "stance", "role"], ignore_index=True)

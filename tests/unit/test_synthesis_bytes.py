"""The same seed gives the same bytes, on every Python that is supported; another seed does not.

After a change that should move bytes: `python tests/unit/test_synthesis_bytes.py` writes the hashes again. Read the diff.
"""

import hashlib
import io
import json
from pathlib import Path

from kosodachi.synthesis import read_scenario, synthesise
from kosodachi.synthesis.settings import settings_text

HASHES = Path(__file__).with_name("synthesis_hashes.json")
TEXT = """
key: every_system
name: {ja: 試験町, en: Trial Town}
seed: 7
children: 300
children_a_district: 50
schedule: {train_as_of: 2023-04-01, judge_as_of: 2024-04-01, label_months: 12, index_date: 2024-05-01, follow_up_until: 2025-03-31}
capacity: {reviewed: 30, outreach_per_month: 10}
people: {foreign_share: 0.1, surname_change_share: 0.2, twin_share: 0.1, protected_share: 0.05, alternative_care_share: 0.05}
programme: {effect: -0.05, heterogeneity: 0.3, fading: 0.1, spill_over: 0.5, staff_know: 0.3}
systems: [juki, jidofuyo, kenshin, shukketsu, sodan, shien, seikatsu_hogo, shugaku_enjo, hoiku, iryohi_josei, gakuryoku, kokuho_zei, jido_teate, yobo]
missing: {no_consent: 0.1, opted_out: 0.05}
errors: usual
unreadable: {juki: 1, sodan: 2}
"""


def hashes(seed: int | None = None) -> dict[str, str]:
    """SHA-256 of every file of a town in which all systems, mistakes and reasons of missingness occur."""
    town = synthesise(read_scenario(TEXT), seed=seed)
    truth = {f"truth/{name}": as_bytes(table) for name, table in town.truth.items()}
    files = {**town.extracts, **truth, "municipality.yaml": settings_text(town.settings).encode()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def as_bytes(table) -> bytes:
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    return out.getvalue()


def test_the_same_seed_gives_the_committed_bytes():
    assert hashes() == json.loads(HASHES.read_text(encoding="utf-8"))


def test_another_seed_gives_other_bytes():
    committed, other = json.loads(HASHES.read_text(encoding="utf-8")), hashes(seed=8)
    assert {name for name in other if committed.get(name) == other[name]} <= {"truth/missing"}


if __name__ == "__main__":
    HASHES.write_text(json.dumps(hashes(), indent=1) + "\n", encoding="utf-8")

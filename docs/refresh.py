"""Writes the pages that are made from lists in the code: docs/normalisation.md and docs/normalisation.ja.md."""

from pathlib import Path

from kosodachi.ingest.examples import page

FILES = {"normalisation.md": "en", "normalisation.ja.md": "ja"}

if __name__ == "__main__":
    for name, lang in FILES.items():
        (Path(__file__).parent / name).write_text(page(lang), encoding="utf-8")

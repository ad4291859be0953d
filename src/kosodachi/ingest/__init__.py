"""Extracts as systems export them, read: decoded, held against the settings, normalised, every row accounted for.

What comes out is as good as what the systems hold: a wrong entry in a right form is read as it stands.
"""

from kosodachi.ingest import normalise
from kosodachi.ingest.assemble import Ingested, ingest
from kosodachi.ingest.check import check
from kosodachi.ingest.files import read_files
from kosodachi.ingest.summary import answer, by_source, further_names, naming_fields, recorded_fields

__all__ = [
    "Ingested",
    "answer",
    "by_source",
    "check",
    "further_names",
    "ingest",
    "naming_fields",
    "normalise",
    "read_files",
    "recorded_fields",
]

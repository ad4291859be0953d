"""The only door to reports/: a rule for tables, a look for identifiers, and one writer.

release       a table -> what of it may leave (`Released`); small numbers hidden, the rest rounded
keep          a `Released` -> CSV and record in a folder
release_page  a page or other text -> file and record in a staging folder, if it names nobody
publish       a staging folder -> reports/, whole or not at all
"""

from kosodachi.disclosure.curves import coarsen_steps
from kosodachi.disclosure.forbidden import Forbidden
from kosodachi.disclosure.keep import keep
from kosodachi.disclosure.publish import catalogue, changed, publish, release_page, release_text
from kosodachi.disclosure.release import Released, release
from kosodachi.disclosure.scan import Finding, find_identifiers, find_in_file, find_in_folder
from kosodachi.disclosure.zone import identifier_columns

__all__ = [
    "Finding",
    "Forbidden",
    "Released",
    "catalogue",
    "changed",
    "coarsen_steps",
    "find_identifiers",
    "find_in_file",
    "find_in_folder",
    "identifier_columns",
    "keep",
    "publish",
    "release",
    "release_page",
    "release_text",
]

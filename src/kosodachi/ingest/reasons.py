"""Why a row or a value could not be read: its code, and what it means. Words for pages lie in report/words/ingest.yaml."""

REASONS = {
    "blank_row": "nothing in it",
    "short_row": "fewer fields than the header",
    "long_row": "more fields than the header",
    "undecodable": "a byte that is no character of the declared encoding",
    "control_character": "a control character in a field",
    "unreadable_date": "a day in no known form",
    "impossible_date": "a day that is not in the calendar",
    "era_code": "an era digit outside the declared set",
    "blank_number": "no person number in the resident register",
    "duplicate_key": "the same key as an earlier row",
}
# What is told of a value that is then missing, and of a day of birth that is kept.
UNREAD = ("unknown_code", "unreadable_count", "unreadable_postcode")
FAULT_OF = {
    "blank_row": "E-INGEST-20",
    "short_row": "E-INGEST-21",
    "long_row": "E-INGEST-22",
    "undecodable": "E-INGEST-23",
    "control_character": "E-INGEST-24",
    "unreadable_date": "E-INGEST-25",
    "impossible_date": "E-INGEST-26",
    "era_code": "E-INGEST-27",
    "blank_number": "E-INGEST-28",
    "duplicate_key": "E-INGEST-29",
    "unknown_code": "E-INGEST-30",
    "unreadable_count": "E-INGEST-31",
    "unreadable_postcode": "E-INGEST-32",
}
IMPLAUSIBLE_BIRTH = "E-INGEST-33"

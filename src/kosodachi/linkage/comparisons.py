"""The Japanese specification: full name in kanji and one-byte kana codes, date of birth, sex, address, guardian.

The name is one comparison, because surname and given name arrive unsplit, swapped or changed together. Edit distances
run on kana codes of one ASCII byte a kana alone: DuckDB counts bytes (duckdb #25113), so a distance over kanji or kana
means nothing there. Kanji arrive in their class of variants. A further name of a child (former, alias, alphabet) is a
row of its own. The levels say how records agree; none of them says that a family is of one kind or another.
"""

from kosodachi.linkage.spec import Comparison, Level, Rule, Specification, Training

SURNAME = "(surname_code_l = surname_code_r or surname_l = surname_r)"
GIVEN_DIFFERS = "not coalesce(given_code_l = given_code_r, false) and not coalesce(given_l = given_r, false)"
LOST = "〓"  # stands for a character that was lost


def name_levels(*, edits: str = "levenshtein") -> tuple[Level, ...]:
    """Levels of the full name. A twin's name that differs, a sibling's, and no agreement are held for a person to look at."""
    kana = f"{edits}(kana_code_l, kana_code_r)"
    by_ear = f"{kana} <= 2 or 5 * {kana} <= 2 * length(kana_code_l) or frame_l = frame_r"
    by_ear += f" or (length(frame_l) >= 4 and {edits}(frame_l, frame_r) <= 1)"
    return (
        Level("nothing to compare",
              "(name_l is null or name_r is null) and (kana_code_l is null or kana_code_r is null)", null=True),
        Level("kanji and kana", "name_l = name_r and kana_code_l = kana_code_r", 0.70, 2e-6, tf="name"),
        Level("kanji", "name_l = name_r", 0.06, 4e-6, tf="name"),
        Level("kana", "kana_code_l = kana_code_r", 0.12, 1e-5, tf="kana_code"),
        Level("kanji but for a lost character",
              f"(name_r like '%{LOST}%' and name_l like replace(name_r, '{LOST}', '_'))"
              f" or (name_l like '%{LOST}%' and name_r like replace(name_l, '{LOST}', '_'))", 0.003, 1e-5),
        Level("order swapped", "surname_code_l = given_code_r and given_code_l = surname_code_r", 0.004, 1e-6),
        Level("another child of the same birth", f"(twin_l or twin_r) and {GIVEN_DIFFERS}", 2e-4, 0.02,
              fixed=True, held=True),
        Level("no given name yet", f"{SURNAME} and given_code_r is null and given_r is null", 0.005, 1e-4),
        Level("a foreign name by ear", f"by_sound_l = 1 and ({by_ear})", 0.01, 1e-4),
        Level("surname alone, given name (or its kana, and sex) known to differ",
              f"{SURNAME} and given_code_l <> given_code_r and (given_l <> given_r or sex_l <> sex_r)", 5e-4, 3e-3,
              fixed=True, held=True),
        Level("kana but one", f"{kana} <= 1", 0.04, 2e-5),
        Level("given name in kanji and kana", "given_code_l = given_code_r and given_l = given_r", 0.03, 3e-4),
        Level("given name", "given_code_l = given_code_r or given_l = given_r", 0.02, 3e-3),
        Level("kana but two, or but a third", f"{kana} <= 2 or 3 * {kana} <= length(kana_code_l)", 0.01, 1e-4),
        Level("surname alone", SURNAME, 2e-4, 1e-4,
              fixed=True, held=True),
        Level("no agreement", "ELSE", 0.01, 0.97, held=True),
    )  # fmt: skip


# Years from the same number in one era to the next: Taisho 14, Showa 63, Heisei 30.
ERA_SLIPS = (14, 30, 63, 77, 93)


def birth_date_levels(*, one_off: str = "hamming") -> tuple[Level, ...]:
    """Levels of the date of birth, an ISO string; `one_off` is hamming, or levenshtein where hamming is unknown.

    Whoever was born on a wholly other day is never linked without a person looking, however alike the names are.
    """
    day, swapped = "birth_date_l, birth_date_r", "substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2)"
    swapped += " and substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)"
    month_day = "substr(birth_date_l, 5) = substr(birth_date_r, 5)"
    years = [f"substr(birth_date_{side}, 1, 4)" for side in "lr"]
    apart = "abs(cast({} as int) - cast({} as int))".format(*years)
    return (
        Level("nothing to compare", "birth_date_l is null or birth_date_r is null", null=True),
        Level("same day", "birth_date_l = birth_date_r", 0.96, 1.5e-4),
        Level("one digit, or month and day swapped",
              f"{one_off}({day}) <= 1 or ({' = '.join(years)} and {swapped})", 0.02, 2e-3),
        Level("month and day, years an era apart", f"{month_day} and {apart} in {ERA_SLIPS}", 0.004, 1e-4),
        Level("year and month, or month and day",
              f"substr(birth_date_l, 1, 7) = substr(birth_date_r, 1, 7) or {month_day}", 0.01, 7e-3),
        Level("no agreement", "ELSE", 0.01, 0.99, held=True),
    )  # fmt: skip


SEX = (
    Level("nothing to compare", "sex_l is null or sex_r is null", null=True),
    Level("same", "sex_l = sex_r", 0.99, 0.5),
    Level("no agreement", "ELSE", 0.01, 0.5),
)

ADDRESS = (
    Level("nothing to compare", "town_l is null or town_r is null", null=True),
    Level("town, chome and block", "address_l = address_r", 0.62, 4e-4),
    Level("previous town, chome and block", "previous_l = address_r", 0.06, 1e-4),
    Level("chome", "chome_l = chome_r or previous_chome_l = chome_r", 0.06, 1e-2),
    Level("town", "town_l = town_r or previous_town_l = town_r", 0.07, 4e-2),
    Level("no agreement", "ELSE", 0.20, 0.95),
)

GUARDIAN = (
    Level("nothing to compare", "(guardian_l is null or guardian_r is null)"
          " and (guardian_code_l is null or guardian_code_r is null)", null=True),
    Level("full name", "guardian_l = guardian_r or guardian_code_l = guardian_code_r", 0.60, 1e-5),
    Level("given name", "guardian_given_l = guardian_given_r or guardian_given_code_l = guardian_given_code_r",
          0.05, 2e-3),
    Level("no agreement", "ELSE", 0.35, 0.99),
)  # fmt: skip


def japanese(*, engine: str = "duckdb", term_frequencies: bool = False) -> Specification:
    """The specification for Japanese municipal records; `engine` chooses SQL functions that it knows.

    Term frequencies are off here; `link` turns them on from `TERM_FREQUENCIES_FROM` children on: on 100,000 records
    they lowered F1, on a million they raised it.
    """
    one_off = "levenshtein" if engine == "spark" else "hamming"
    names = ("name", "kana_code", "surname", "given", "surname_code", "given_code", "twin", "frame", "by_sound", "sex")
    guardian = ("guardian", "guardian_code", "guardian_given", "guardian_given_code")
    address = ("address", "chome", "town", "previous", "previous_chome", "previous_town")
    return Specification(
        comparisons=(
            Comparison("full_name", names, name_levels(), _rules("name", "kana_code")),
            Comparison("birth_date", ("birth_date",), birth_date_levels(one_off=one_off)),
            Comparison("sex", ("sex",), SEX),
            Comparison("address", address, ADDRESS, _rules("address", "previous=address")),
            Comparison("guardian", guardian, GUARDIAN, _rules("guardian", "guardian_code")),
        ),
        blocking=_rules(
            "birth_date surname_code", "birth_date given_code", "birth_date given", "birth_date frame",
            "birth_date by_sound=unwritten frame_initial", "birth_date chome", "birth_date guardian_given", "birth_date surname_code=given_code",
            "name birth_year", "name birth_day", "name=undated_name", "kana_code birth_year", "kana_code birth_day",
            "kana_code town", "given_code chome", "given chome",
        ),
        sure=_rules("kana_code birth_date sex", "name birth_date"),
        training=(
            Training(Rule(("birth_date",)), ("full_name", "sex", "address", "guardian")),
            Training(Rule(("surname_code", "given_code", "chome")), ("birth_date", "sex", "guardian")),
        ),
        term_frequencies=term_frequencies,
    )  # fmt: skip


TERM_FREQUENCIES_FROM = 300_000


def _rules(*written: str) -> tuple[Rule, ...]:
    return tuple(Rule(tuple(rule.split())) for rule in written)

"""What municipalities do today, and a careful deterministic rule: the two that a model has to beat.

Both give links in the same shape as `link`, so that one scoring serves all. A rule links only where it finds exactly
one child; it has no probability, so nothing goes to review.
"""

import unicodedata

import pandas as pd

from kosodachi.faults import Fault
from kosodachi.linkage.engines import connect
from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys
from kosodachi.tables.arrow import typed

# Sex counts where both hold it: some lists carry none.
SEX = "(l.sex = r.sex or l.sex is null or r.sex is null)"
BY_KANA = f"l.{{kana}} = r.{{kana}} and l.birth_date = r.birth_date and {SEX}"
AS_DELIVERED, IN_ONE_WIDTH, AFTER_NORMALISATION = (
    BY_KANA.format(kana=kana) for kana in ("kana_raw", "kana_nfkc", "kana_code")
)
FOUR_PASSES = (
    "l.name = r.name and l.kana_code = r.kana_code and l.birth_date = r.birth_date",
    AFTER_NORMALISATION,
    "l.name = r.name and l.birth_date = r.birth_date",
    "l.given_code = r.given_code and l.birth_date = r.birth_date and l.chome = r.chome",
)
READ = ["name", "kana_code", "given_code", "birth_date", "sex", "chome", "kana_raw", "kana_nfkc"]
HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def exact(register: pd.DataFrame, records: pd.DataFrame, *, normalised: bool = False, nfkc: bool = False) -> Links:
    """Links where kana, date of birth and sex are equal: kana as delivered, or in one width and script (`nfkc`), or
    after the whole normalisation (`normalised`)."""
    if nfkc:
        register, records = (rows.assign(kana_nfkc=_one_width(rows["kana_raw"])) for rows in (register, records))
    rule = AFTER_NORMALISATION if normalised else IN_ONE_WIDTH if nfkc else AS_DELIVERED
    return _by_rules(register, records, [rule])


def _one_width(kana: pd.Series) -> pd.Series:
    known = {text: unicodedata.normalize("NFKC", text).translate(HIRAGANA) for text in kana.dropna().unique()}
    return kana.map(known).astype("object").where(kana.notna(), None)


def four_pass(register: pd.DataFrame, records: pd.DataFrame) -> Links:
    """Links by four rules in turn, on normalised records: name and kana, kana, kanji, given name at the same chome.

    Each pass takes persons that no earlier pass linked; a child may be taken by a later pass again if a source holds
    it under two numbers.
    """
    return _by_rules(register, records, FOUR_PASSES)


LINKED = """
create temp table linked as select r.source, r.person, min(l.person) as register_no
from reg l join todo r on {rule} group by r.source, r.person having count(distinct l.person) = 1
"""


def _by_rules(register: pd.DataFrame, records: pd.DataFrame, rules) -> Links:

    if register.empty:
        raise Fault("E-LINK-03")
    found = [pd.DataFrame({"source": [], "person": [], "register_no": []}, dtype="object")]
    with connect() as con:
        con.register("children", _read(register))
        con.register("persons", _read(records))
        con.execute("create temp table reg as select * from children")
        con.execute("create temp table todo as select distinct * from persons")
        for rule in rules:
            con.execute(LINKED.format(rule=rule))
            found.append(con.execute("from linked").df())
            con.execute("delete from todo using linked l where todo.source = l.source and todo.person = l.person")
            con.execute("drop table linked")
    pairs = pd.concat(found, ignore_index=True).sort_values(["source", "person"], ignore_index=True)
    pairs = pairs.assign(match_weight=float("nan"), match_probability=float("nan"), reason="best", band="link")
    return Links(pairs, {"children": len(register), "linked": len(pairs)})


def _read(rows: pd.DataFrame):
    return typed(rows.reindex(columns=["source", *READ]).assign(person=person_keys(rows)))

"""How extracts are read, rule by rule. Each example has a title, what the source wrote, and what is made of it."""

import pandas as pd
import pytest

from kosodachi.ingest.normalise import addresses, dates, kana, names
from kosodachi.ingest.values import read_values
from kosodachi.municipality import Source


def examples(*rows):
    return pytest.mark.parametrize(("written", "read"), [row[1:] for row in rows], ids=[row[0] for row in rows])


def column(value) -> pd.Series:
    return pd.Series([value], dtype=object)


@examples(
    ("blanks of any width part surname and given name", "山田　太郎", ("山田太郎", "山田", "太郎")),
    ("several blanks count as one", " 山田 　 太郎 ", ("山田太郎", "山田", "太郎")),
    ("a middle dot parts a name that has no blank", "山田・太郎", ("山田太郎", "山田", "太郎")),
    ("a middle dot inside a part joins", "サントス マリア・ルイサ", ("サントスマリアルイサ", "サントス", "マリアルイサ")),
    ("a name without separator stays whole", "山田太郎", ("山田太郎", None, None)),
    ("full-width letters become narrow capitals", "Ｎｇｕｙｅｎ　Ｖａｎ　Ａｎ", ("NGUYENVANAN", "NGUYEN", "VANAN")),
    ("half-width kana in a name become wide", "ﾏﾘｱ ﾙｲｻ", ("マリアルイサ", "マリア", "ルイサ")),
    ("a hyphen typed for a long vowel becomes one", "マリ－　ルイサ", ("マリールイサ", "マリー", "ルイサ")),
    ("a second name in brackets is left out", "LI NA（田中　里奈）", ("LINA", "LI", "NA")),
    ("variant kanji fold to one of their class: 髙", "髙橋　花子", ("高橋花子", "高橋", "花子")),
    ("variant kanji fold to one of their class: 邉 and 邊", "渡邉　邊子", ("渡辺辺子", "渡辺", "辺子")),
    ("variant kanji fold to one of their class: 﨑, 濵, 栁, 𠮷", "﨑濵　栁𠮷", ("崎浜柳吉", "崎浜", "柳吉")),
    ("斎 and 斉 stay apart", "斎藤　斉", ("斎藤斉", "斎藤", "斉")),
    ("齋 is 斎 and 齊 is 斉", "齋藤　齊", ("斎藤斉", "斎藤", "斉")),
    ("a variation selector is dropped", "葛\U000e0100城　太郎", ("葛城太郎", "葛城", "太郎")),
    ("々 repeats the kanji before it", "佐々木　奈々", ("佐佐木奈奈", "佐佐木", "奈奈")),
    ("a character of the vendor's own font becomes 〓", "\ue123田　一", ("〓田一", "〓田", "一")),
    ("so does the mark that a conversion left for one", "■田　一", ("〓田一", "〓田", "一")),
    ("blank is missing", "　", (None, None, None)),
    ("missing stays missing", None, (None, None, None)),
)  # fmt: skip
def test_names(written, read):
    found = names.parts(column(written)).loc[0]
    assert (found["name"], found["surname"], found["given"]) == read


@examples(
    ("half-width becomes full-width, dakuten join", "ﾀｶﾊｼ ｼﾞｭﾝｲﾁﾛｳ", ("タカハシジュンイチロウ", "タカハシ", "ジュンイチロウ")),
    ("hiragana becomes katakana", "いとう　はなこ", ("イトウハナコ", "イトウ", "ハナコ")),
    ("a separate dakuten joins its kana", "カ゛ク ハ゜ン", ("ガクパン", "ガク", "パン")),
    ("an ASCII hyphen after a kana is a long vowel", "ｲﾄ- ﾊﾅｺ", ("イトーハナコ", "イトー", "ハナコ")),
    ("so are all its look-alikes", "イト－‐ ハ―ナ", ("イトーハーナ", "イトー", "ハーナ")),
    ("a hyphen between letters is none", "MARY-ANN SMITH", ("MARYANNSMITH", "MARYANN", "SMITH")),
    ("small kana are kept", "ショウコ", ("ショウコ", None, None)),
    ("ゞ repeats with a voice", "いすゞ", ("イスズ", None, None)),
    ("kanji that look like kana are kana in this column", "二ロ卜 タ力", ("ニロトタカ", "ニロト", "タカ")),
    ("blank is missing", "  ", (None, None, None)),
)  # fmt: skip
def test_kana(written, read):
    found = kana.parts(column(written)).loc[0]
    assert (found["kana"], found["surname"], found["given"]) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [("イチロウ", "イチロー"), ("オオノ", "オーノ"), ("ユウキ", "ユーキ"), ("シヨウコ", "ショウコ"), ("ミヤヅ", "ミヤズ"), ("ヂュン", "ジュン"),
     ("セイイチ", "セーイチ"), ("カオル", "カヲル"), ("ヴィクトル", "ブイクトル"), ("キヌエ", "キヌヱ")],
)  # fmt: skip
def test_spellings_of_one_sound_have_one_code(one, other):
    assert kana.coded(column(one))[0] == kana.coded(column(other))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("オノ", "オオノ"),
        ("ユキ", "ユウキ"),
        ("ハタ", "バタ"),
        ("ハタ", "パタ"),
        ("コウジ", "コジ"),
        ("カナ", "カンナ"),
    ],
)
def test_different_sounds_have_different_codes(one, other):
    assert kana.coded(column(one))[0] != kana.coded(column(other))[0]


def test_the_code_has_one_ascii_byte_a_kana():
    every = "".join(chr(code) for code in range(0x30A1, 0x30FB))
    code = kana.coded(pd.Series(list(every), dtype=object))
    assert code.str.len().eq(1).all() and code.map(str.isascii).all()
    assert kana.coded(column("ジュンイチロウ"))[0].isascii() and len(kana.coded(column("ジュンイチロウ"))[0]) == 7
    assert code[[sign in kana.KANA for sign in every]].nunique() == len(kana.KANA) - 1
    assert len(set(kana.CODES[sign] for sign in kana.KANA) | {kana.OTHER}) == len(kana.KANA) + 1


@examples(
    ("era letter, dots", "R4.4.1", "2022-04-01"),
    ("era letter, leading zeros", "R04.04.01", "2022-04-01"),
    ("era letter, blanks in place of zeros", "R 4. 4. 1", "2022-04-01"),
    ("era letter, digits alone", "H280105", "2016-01-05"),
    ("era in kanji", "令和4年4月1日", "2022-04-01"),
    ("first year of an era", "令和元年5月1日", "2019-05-01"),
    ("era in one sign", "㋿5年4月1日", "2023-04-01"),
    ("full-width digits", "平成２８年１月５日", "2016-01-05"),
    ("era in short", "平28.1.5", "2016-01-05"),
    ("a year past the era's end is read: the day is unambiguous", "平成31年5月1日", "2019-05-01"),
    ("seven digits, set 12345: 4 is Heisei", "4280105", "2016-01-05"),
    ("seven digits, set 12345: 5 is Reiwa", "5030401", "2021-04-01"),
    ("era digit apart", "5-03-04-01", "2021-04-01"),
    ("ISO", "2016-01-05", "2016-01-05"),
    ("ISO with a time", "2016-01-05 00:00:00", "2016-01-05"),
    ("slashes", "2016/1/5", "2016-01-05"),
    ("eight digits", "20160105", "2016-01-05"),
    ("Western year in kanji", "2016年1月5日", "2016-01-05"),
    ("a leap day that exists", "R6.2.29", "2024-02-29"),
    ("a leap day that does not", "R5.2.29", "impossible_date"),
    ("a month that does not exist", "4281305", "impossible_date"),
    ("day nought", "R5.4.0", "impossible_date"),
    ("year nought", "R0.4.1", "impossible_date"),
    ("an era digit outside the set", "7280105", "era_code"),
    ("a two-digit year says too little", "16/1/5", "unreadable_date"),
    ("no day is said", "R5.4", "unreadable_date"),
    ("noughts are missing", "0000000", None),
    ("noughts behind an era are missing", "5000000", None),
    ("nines are missing: no end is known", "99999999", None),
    ("unknown by word is missing", "不詳", None),
    ("blank is missing", "", None),
)  # fmt: skip
def test_dates(written, read):
    found = dates.iso(column(written), era_codes="12345").loc[0]
    assert (found["day"] or found["problem"]) == read
    assert found["day"] is None or found["problem"] is None


@examples(
    ("set 13579: 7 is Heisei", "7280105", "2016-01-05"),
    ("set 13579: 9 is Reiwa", "9030401", "2021-04-01"),
    ("set 13579: 5 is Showa, the same digits mean another year", "5030401", "1928-04-01"),
    ("set 13579: 4 is no era", "4280105", "era_code"),
)
def test_dates_of_the_other_set(written, read):
    found = dates.iso(column(written), era_codes="13579").loc[0]
    assert (found["day"] or found["problem"]) == read


@examples(
    ("as registers write it", "青葉市緑町１丁目２番３号　コーポ青葉１０１", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("as others write it", "緑町1-2-3", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("with the prefecture and kanji numerals", "青葉県青葉市緑町一丁目二番三号", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("hyphen look-alikes between digits", "緑町１ー２−３", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("の between digits", "緑町1丁目2の3", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("a room as a fourth number is left off", "緑町1-2-3-101", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("numerals above ten", "緑町二十三番地", ("緑町23", "緑町", None, "23")),
    ("a lot number without chome", "大字山田123番地4", ("山田123-4", "山田", None, "123-4")),
    ("numerals in the name of a town stay", "三条町八番地", ("三条町8", "三条町", None, "8")),
    ("番 in the name of a town stays", "八番町5番6号", ("八番町5-6", "八番町", None, "5-6")),
    ("ヶ, ケ and variant kanji are one", "茅ヶ嵜1-1-1", ("茅ケ崎1-1-1", "茅ケ崎", "茅ケ崎1", "1-1")),
    ("a long vowel in a building's name is no hyphen", "緑町1-2-3 メゾンド・ハーモニー", ("緑町1-2-3", "緑町", "緑町1", "2-3")),
    ("a town alone", "緑町", ("緑町", "緑町", None, None)),
    ("blank is missing", " ", (None, None, None, None)),
)  # fmt: skip
def test_addresses(written, read):
    found = addresses.parts(column(written), municipality="青葉市").loc[0]
    assert (found["address"], found["town"], found["chome"], found["block"]) == read


REGISTER = Source(
    kind="resident_register", label={"ja": "台帳", "en": "Register"}, file="a.csv",
    codes={"sex": {"1": "male", "2": "female"}, "district": {"01": "north"}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "name", "written", "value", "problem"),
    [
        ("a code by the settings' map", "sex", "1", "male", None),
        ("a full-width code is the same code", "sex", "２ ", "female", None),
        ("a standard value needs no map", "sex", "female", "female", None),
        ("a code that is not mapped is missing and told", "sex", "9", None, "unknown_code"),
        ("a blank code is missing and no fault", "sex", " ", None, None),
        ("free codes are kept", "district", "青葉小", "青葉小", None),
        ("free codes may be mapped", "district", "01", "north", None),
        ("a postcode with its sign and hyphen", "postcode", "〒980－0001", "9800001", None),
        ("a short postcode is missing and told", "postcode", "980-01", None, "unreadable_postcode"),
        ("leading noughts of a number are kept", "person_no", "０００１２", "00012", None),
        ("a count with its unit", "birth_weight", "2,850ｇ", 2850.0, None),
        ("nought is a count", "caries", "0本", 0.0, None),
        ("a hyphen is no count and no fault", "caries", "-", None, None),
        ("half a day is told", "absent_04", "1.5", None, "unreadable_count"),
        ("a count that is a word is told", "absent_04", "多数", None, "unreadable_count"),
        ("a fiscal year by its era", "fiscal_year", "令和5年度", 2023.0, None),
        ("a fiscal year by its era in short", "fiscal_year", "R5", 2023.0, None),
        ("a fiscal year as it is", "fiscal_year", "2023", 2023.0, None),
    ],
)  # fmt: skip
def test_other_values(title, name, written, value, problem):
    read = read_values(column(written).where(column(written).str.strip().ne(""), None), name, REGISTER)
    found = read.value[0]
    assert (None if pd.isna(found) else found) == value, title
    assert read.problem[0] == problem, title

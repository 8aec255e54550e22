"""Letters of many scripts as plain English ones, and the marks and look-alikes among them.

Latin, Cyrillic and Greek letters have a table. Hebrew, Arabic, Persian and Urdu are written
without most vowels: common names stand whole in `resources/names/scripts.csv`, other words keep
their consonants. Bengali, Gurmukhi, Devanagari, Gujarati, Tamil and their kin, Georgian,
Ethiopic, kana and Korean are spelt by the names Unicode gives their letters. Chinese characters
used in names stand in `resources/names/han.csv`; any other one stays as it is, as do Thai,
Khmer, Lao and Burmese.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from matching.name_files import HAN, SCRIPTS, rows, shipped_folder

LONGEST = 200

_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "ħ": "h", "ŋ": "n", "ə": "a", "ɛ": "e", "ɔ": "o", "ŧ": "t", "ĸ": "k",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y",
        # Cyrillic and Greek letters by their usual English spelling
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye",
        "ж": "zh", "з": "z", "и": "i", "і": "i", "к": "k", "л": "l", "м": "m", "н": "n",
        "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
        "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
        "ѕ": "dz", "қ": "k", "ғ": "g", "ң": "n", "ү": "u", "ұ": "u", "ө": "o", "һ": "h",
        "ә": "a", "ҳ": "h", "ҷ": "j",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
        "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p",
        "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
        "ω": "o",
        # Hebrew letters, with their final forms
        "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "o", "ז": "z", "ח": "h",
        "ט": "t", "י": "i", "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n",
        "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "p", "צ": "ts", "ץ": "ts", "ק": "k",
        "ר": "r", "ש": "sh", "ת": "t",
        # Arabic, Persian and Urdu letters
        "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ء": "", "ئ": "", "ؤ": "u",
        "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "s", "ج": "j", "چ": "ch", "ح": "h",
        "خ": "kh", "د": "d", "ڈ": "d", "ذ": "z", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "zh",
        "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
        "ف": "f", "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n",
        "ں": "n", "ه": "h", "ہ": "h", "ھ": "h", "ة": "a", "ۃ": "a", "و": "u", "ي": "i",
        "ی": "i", "ى": "a", "ے": "e", "ۓ": "e",
    }
)  # fmt: skip
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʻʼʹ′ʿʾ"), "")
# Cyrillic and Greek letters that look like a Latin one though they sound otherwise; they
# stand for it when the word has Latin letters too.
_LOOK_ALIKE = str.maketrans("рсухнвтмкαερνυχτηο", "pcyxhbtmkaepvyxtno")
_ARABIC_WORD = re.compile("[\u0600-\u06ff\u0750-\u077f]+")
_KOREAN_NAME = re.compile("\\b([\uac00-\ud7a3])([\uac00-\ud7a3]{1,3})\\b")
_MIDDLE_DOTS = dict.fromkeys(map(ord, "·・‧•"), " ")
_HAN_RUN = re.compile("[\u3400-\u9fff\U00020000-\U0002ffff]+")
_OTHER_SCRIPT = re.compile("[\u0370-\u04ff]")
_LATIN = re.compile("[a-z]")


@lru_cache(maxsize=1)
def _whole_words() -> dict[str, str]:
    table = rows(shipped_folder() / SCRIPTS, "written", "latin")
    return {_plain_arabic(row["written"]): row["latin"] for _line, row in table}


@lru_cache(maxsize=1)
def _han() -> dict[str, str]:
    table = rows(shipped_folder() / HAN, "characters", "latin")
    return {char: row["latin"] for _line, row in table for char in row["characters"].split()}


_ARABIC_FORMS = str.maketrans(
    {"ك": "ک", "ي": "ی", "ى": "ی", "ہ": "ه", "ھ": "ه", "ة": "ه", "ۃ": "ه", "ـ": ""}
)


_PERSIAN = re.compile("[یکگپچژٹڈڑںےہ]")


def _plain_arabic(word: str) -> str:
    """Without vowel marks, with one form of each letter that is written in several."""
    spread = unicodedata.normalize("NFKD", word)
    return "".join(c for c in spread if not unicodedata.combining(c)).translate(_ARABIC_FORMS)


def _arabic(found: re.Match[str]) -> str:
    """A common name whole; else "the" put apart, and its letters one by one."""
    word = _plain_arabic(found[0])
    if _PERSIAN.search(found[0]):
        word = word.replace("ض", "ز")
    known = _whole_words().get(word)
    if known is None and word.startswith("ال") and len(word) > 4:
        known = _whole_words().get(word[2:], word[2:])
    return known or word


_TWO_CHARACTER_FAMILIES = frozenset(
    ("欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "皇甫", "令狐")
)


def _chinese(found: re.Match[str]) -> str:
    """Family name, then the given name as one word, in pinyin; as it is if a sign is unknown."""
    run, table = found[0], _han()
    if not all(char in table for char in run):
        return run
    at = 2 if run[:2] in _TWO_CHARACTER_FAMILIES else 1
    return " ".join("".join(table[c] for c in part) for part in (run[:at], run[at:]))


_CONSONANTS = {
    "tt": "t", "tth": "th", "dd": "d", "ddh": "dh", "nn": "n", "nnn": "n", "ss": "sh", "rr": "r",
    "rrh": "rh", "ll": "l", "lll": "zh", "c": "ch", "yy": "y", "khh": "kh", "ghh": "gh",
    "dddh": "r", "v": "v",
}  # fmt: skip
_GEORGIAN = {
    "zhar": "zh", "ghan": "gh", "shin": "sh", "chin": "ch", "can": "ts", "jil": "dz",
    "cil": "ts", "char": "ch", "xan": "kh", "jhan": "j", "phar": "p",
}  # fmt: skip
_INDIC = re.compile(
    r"(devanagari|bengali|gurmukhi|gujarati|oriya|tamil|telugu|kannada|malayalam)"
    r" (letter|vowel sign|sign) (?:candra |short )?([a-z ]+)"
)
_NAMED = re.compile(r"(georgian|hiragana|katakana|ethiopic|hangul)[a-z ]* ([a-z]+)")
_NASAL = frozenset({"anusvara", "bindi", "candrabindu"})
_GURMUKHI_MARKS = {"gurmukhi tippi": "n", "gurmukhi addak": ""}
_INHERENT = "\0"
# In these a final inherent vowel is silent, and one between two open syllables.
_SILENT = re.compile("(?<=[aeiou\0])([^aeiou\0])\0(?=[^aeiou\0]+[aeiou\0])")
_FINAL_A_IS_SILENT = frozenset({"devanagari", "bengali", "gurmukhi", "gujarati"})


def _indic(script: str, kind: str, sound: str, spelt: str) -> str:
    """`spelt` with one more sign; a consonant brings its `a`, which the next sign may take."""
    if kind == "letter" and len(sound) > 1 and sound[-1] == "a" and sound[0] not in "aeiou":
        consonant = _CONSONANTS.get(sound[:-1], sound[:-1])
        return spelt + consonant + _INHERENT
    if sound in _NASAL:
        return spelt + "n"
    bare = spelt.removesuffix(_INHERENT)
    if sound == "virama":
        return bare
    if kind == "sign":
        return spelt + ("h" if sound == "visarga" else "")
    vowel = "ri" if sound.startswith("vocalic") else sound.split(" ")[0]
    if len(vowel) > 1 and vowel[0] == vowel[1]:
        vowel = vowel[0]
    return (bare if kind == "vowel sign" else spelt) + vowel


def _ethiopic(syllable: str) -> str:
    """A syllable by its vowel: of the sixth order, which Unicode ends in e, it is mostly silent."""
    for end, vowel in (("aa", "a"), ("ee", "e"), ("wa", "wa"), ("a", "e"), ("e", "")):
        if syllable.endswith(end):
            return syllable.removesuffix(end) + vowel
    return syllable


def _by_name(word: str) -> str:
    """A word spelt by what Unicode calls its letters; other letters stay."""
    spelt, script = "", ""
    for char in word:
        name = unicodedata.name(char, "").lower() if char > "\u0900" else ""
        if m := _INDIC.fullmatch(name):
            script = m[1]
            spelt = _indic(script, m[2], m[3], spelt)
        elif name in _GURMUKHI_MARKS:
            spelt += _GURMUKHI_MARKS[name]
        elif m := _NAMED.fullmatch(name):
            script, sound = m[1], m[2]
            if script == "georgian":
                sound = _GEORGIAN.get(sound, sound[0])
            elif script == "ethiopic":
                sound = _ethiopic(sound)
            elif "small y" in name:
                spelt = spelt[:-1]
            spelt += sound
        elif name != "katakana-hiragana prolonged sound mark":
            spelt += char
    if script in _FINAL_A_IS_SILENT:
        spelt = _SILENT.sub(r"\1", spelt.removesuffix(_INHERENT))
    return spelt.replace(_INHERENT, "a")


def _look_alikes(word: str) -> str:
    mixed = _LATIN.search(word) and _OTHER_SCRIPT.search(word)
    return word.translate(_LOOK_ALIKE) if mixed else word


def _unmarked(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, accents and invisible marks off, letters of other scripts spelt in English."""
    text = text[:LONGEST].replace("\0", "")
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    # Direction marks and joiners are not letters; "Kasper\u200b" is Kasper.
    text = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    text = _KOREAN_NAME.sub(r"\1 \2", text.translate(_MIDDLE_DOTS))
    text = _HAN_RUN.sub(_chinese, _ARABIC_WORD.sub(_arabic, text))
    plain = text.casefold().translate(_APOSTROPHES)
    plain = "".join(_look_alikes(part) for part in re.split(r"(\s+)", plain))
    plain = plain.translate(_LETTERS)
    if any(c > "\u0900" for c in plain):
        plain = "".join(_by_name(part) for part in re.split(r"([\s\-.,]+)", plain))
    return _unmarked(unicodedata.normalize("NFKD", plain)).translate(_LETTERS)

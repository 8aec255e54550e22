"""Forms of a name by rule rather than by list: one word written or borne in regular ways.

`written_form` is shared by the forms that are one name by the rules of a language (Mac and Mc,
-ski and -ska, Abdul and Abdel, Ó and Ní); `sound_form` by spellings that are read out alike.
Both take a folded word and only serve for comparing; neither is ever shown.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WRITTEN = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        # Abdul Rahman, Abdel-Rahman, Abdurrahman, Abd al-Rahman, Somali Abdirahman
        (r"^abd(?:[aeiou](?:l|([rsdznt])(?=\1))?|al|el)(?=[^aeiou].{2})", "abd-"),
        (r"^abd(?:[aeiu]l)?(?=[aeiou][^aeiou].{2})", "abd-"),
        # Mac and Mc; Irish Mhic of a wife, Nic of a daughter
        (r"^(?:mac|mc|mhic|nic)(?=[^aeiouh].{3}|[aeiou].{4})", "mc"),
        # Irish Ní and Uí lenite what follows: Ó Briain, Ní Bhriain
        (r"^(?:ni|ui)([bcdfgmpst])h(?=.{3})", r"o\1"),
        # Slavic -ski, -ska, -sky, -skyj, -skaya; -cki; -ova beside -ov and bare
        (r"(?<=..[sc])k(?:y+j?|i[iyj]?|a|ay?a|aia|aja)$", "ki"),
        (r"(?<=.{3}[oe])va$", "v"),
        (r"(?<=..)(?:ovitch|ovic|ovych|ovicz|owicz|ovici)$", "ovich"),
        # Greek genitive of daughters and wives
        (r"(?<=.{4}op)oulou$", "oulos"),
        # Lithuanian daughters and wives: -aitė, -ytė, -utė, -ienė beside -as, -is, -ys, -us
        (r"(?<=.{4}[^aeiou])(?:aite|yte|ute|iene|is|ys|us)$", "as"),
        # Nur al-Din, Nureddin, Nuruddin
        (r"(?<=...)[aeiou]{0,2}[ld]?d(?:in|een|ine|yn)$", "-din"),
        # Arabic article written with the name
        (r"^(?:al|el)(?=[^aeiou]..)", ""),
    )
)


FORMED_FIRST = ("abd", "al", "el", "mac", "mc", "mhic", "ni", "nic", "ui")
FORMED_LAST = (
    "aa", "ch", "ci", "cz", "ia", "ic", "ii", "ij", "iy", "ja", "ka", "ki", "ky", "ou", "va", "ya",
    "yj", "yy",
)  # fmt: skip
"""A word that neither begins nor ends so is its own written form."""


@lru_cache(maxsize=65536)
def written_form(word: str) -> str:
    """The form that a folded word shares with its regular variants; often itself."""
    if not word.startswith(FORMED_FIRST) and not word.endswith(FORMED_LAST):
        return word
    for pattern, form in _WRITTEN:
        word = pattern.sub(form, word)
    return word


_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tsch|tch|cz", "ch"), (r"sch|sz", "sh"), (r"shch", "sh"), (r"dzh|zh|dj", "j"),
        (r"ph", "f"), (r"ck|q|c(?![eiyh])", "k"), (r"x", "ks"), (r"w", "v"),
        (r"kh(?=.)", "h"), (r"gh|dh|th|bh|jh", lambda m: m[0][0]),
        (r"^ye|^je", "e"), (r"ou|oo|uu", "u"), (r"ee|ii|iy$|ij$|yj$|yi$", "i"),
        (r"iya", "ia"), (r"aa", "a"), (r"(?<=[aeou])[yj](?![aeiou])", "i"), (r"ei|ai", "ai"),
        (r"(?<=[^aeiou])ie?$|y$", "i"), (r"y(?![aeiou])", "i"), (r"j", "y"),
        (r"(?<=[aeiou])h$", ""),
        (r"(.)\1+", r"\1"),
        # A short vowel before the last consonant: Rashed and Rashid, Naser and Nasir
        (r"(?<=.{3})e(?=[^aeiou]$)", "i"),
    )
)  # fmt: skip


@lru_cache(maxsize=65536)
def sound_form(word: str) -> str:
    """Spellings that are read out alike share this: Yevgeny and Evgeni, Hamzah and Hamza."""
    word = written_form(word)
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


_PREFIXED = re.compile(
    # Yoruba: God, chief, wealth, crown, joy, child, glory; Igbo: God, spirit, his, who, good
    r"(?:oluwa|olu|ola|ade|ayo|omo|ogo|chukwu|chidi|chi|nke|onye|ife)(?P<rest>.{3,})"
)


def shortened(long: str, short: str) -> bool:
    """True where the bearer of `long` is called by what follows its first part: Oluwakemi is
    Kemi, Chiamaka is Amaka."""
    found = _PREFIXED.fullmatch(long)
    return found is not None and found["rest"] == short


_VOWELS = re.compile(r"[aeiouyhw]")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of a folded word, for what was written in letters without vowels."""
    bare = _VOWELS.sub("", written_form(word).replace("q", "k").replace("c", "k"))
    return re.sub(r"(.)\1+", r"\1", bare)

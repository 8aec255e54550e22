"""Forms of a name by rule rather than by list: one word written or borne in regular ways.

`written_form` is shared by the forms that are one name by the rules of a language (Mac and Mc,
-ski and -ska, Abdul and Abdel, Ó and Ní); `sound_form` by spellings that are read out alike.
Both take a folded word and only serve for comparing; neither is ever shown.
"""

from __future__ import annotations

import re
from functools import lru_cache

# How a word has to begin or end for the rule to apply, the rule, and the form. Most words begin
# and end in none of these, and are then not looked at any further.
_WRITTEN = tuple(
    (tuple(first.split()), tuple(last.split()), re.compile(pattern), form)
    for first, last, pattern, form in (
        # Abdul Rahman, Abdel-Rahman, Abdurrahman, Abd al-Rahman, Somali Abdirahman
        ("abd", "", r"^abd(?:[aeiou](?:l|([rsdznt])(?=\1))?|al|el)(?=[^aeiou].{2})", "abd-"),
        ("abd", "", r"^abd(?:[aeiu]l)?(?=[aeiou][^aeiou].{2})", "abd-"),
        # Mac and Mc; Irish Mhic of a wife, Nic of a daughter
        ("mac mc mhic nic", "", r"^(?:mac|mc|mhic|nic)(?=[^aeiouh].{3}|[aeiou].{4})", "mc"),
        # Irish Ní and Uí lenite what follows: Ó Briain, Ní Bhriain
        ("ni ui", "", r"^(?:ni|ui)([bcdfgmpst])h(?=.{3})", r"o\1"),
        # Slavic -ski, -ska, -sky, -skyj, -skaya; -cki; -ova beside -ov and bare
        (
            "",
            "ky kyy yj ki kii kiy kij ka aa aya aia aja",
            r"(?<=..[sc])k(?:y+j?|i[iyj]?|a|ay?a|aia|aja)$",
            "ki",
        ),
        ("", "ova eva", r"(?<=.{3}[oe])va$", "v"),
        (
            "",
            "ovitch ovic ovych ovicz owicz ovici",
            r"(?<=..)(?:ovitch|ovic|ovych|ovicz|owicz|ovici)$",
            "ovich",
        ),
        # Greek genitive of daughters and wives
        ("", "oulou", r"(?<=.{4}op)oulou$", "oulos"),
        # Lithuanian daughters and wives: -aitė, -ytė, -utė, -ienė beside -as, -is, -ys, -us
        (
            "",
            "aite yte ute iene is ys us",
            r"(?<=.{4}[^aeiou])(?:aite|yte|ute|iene|is|ys|us)$",
            "as",
        ),
        # Nur al-Din, Nureddin, Nuruddin
        ("", "din deen dine dyn", r"(?<=...)[aeiou]{0,2}[ld]?d(?:in|een|ine|yn)$", "-din"),
        # Arabic article written with the name
        ("al el", "", r"^(?:al|el)(?=[^aeiou]..)", ""),
    )
)
FORMED_FIRST = tuple(sorted({start for first, *_ in _WRITTEN for start in first}))
FORMED_LAST = tuple(sorted({end for _, last, *_ in _WRITTEN for end in last}))
"""A word that neither begins nor ends in one of these is its own written form."""


@lru_cache(maxsize=65536)
def written_form(word: str) -> str:
    """The form that a folded word shares with its regular variants; often itself."""
    if not word.startswith(FORMED_FIRST) and not word.endswith(FORMED_LAST):
        return word
    for first, last, pattern, form in _WRITTEN:
        if word.startswith(first) or word.endswith(last):
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

"""What would settle which record is the person: matching's facts, said to people."""

from collections.abc import Iterable, Mapping

from triage.domain.lookup import LookupResult, Verdict, VerdictKind

_FACTS = {
    "nhs_number": "an NHS number",
    "given": "a first name",
    "dob": "a birth date",
    "mother": "the mother's name",
    "postcode": "a postcode",
    "address": "an address",
    "phone": "a phone number",
    "school": "a school",
    "gp": "a GP surgery",
}
_NAMED_AT_MOST = 2
_COUNTED = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def settled_by(near: int, facts: Iterable[str]) -> str:
    """One sentence, such as "Two near; the mother's name or a postcode would separate them."

    "" where one record stands alone and no single fact would make it certain.
    """
    words = " or ".join([_FACTS[f] for f in facts if f in _FACTS][:_NAMED_AT_MOST])
    if near > 1:
        many = _COUNTED.get(near, str(near))
        if not words:
            return f"{many} near, and nothing more that they hold separates them."
        return f"{many} near; {words} would separate them."
    return f"{words[0].upper()}{words[1:]} would settle it." if words else ""


def left_open(result: LookupResult, verdicts: Iterable[Verdict]) -> str:
    """What would settle a partner's answer; "" once a person has said of any of its records that
    it is the person, or is not. `verdicts` are the standing ones."""
    held = {c.record.record_id for c in result.candidates}
    said = any(
        v.subject.person == result.subject.person
        and v.partner == result.partner
        and v.record_id in held
        and v.kind is not VerdictKind.UNSURE
        for v in verdicts
    )
    return "" if said else settled_by(result.near, result.settle)


def all_left_open(
    results: Iterable[LookupResult], verdicts: Iterable[Verdict], names: Mapping[str, str]
) -> tuple[str, ...]:
    """What is open of a person's answers, a sentence each; partners are called by their `names`.

    `verdicts` are the standing ones.
    """
    judged = tuple(verdicts)
    said = [(names.get(r.partner, r.partner), left_open(r, judged)) for r in results]
    return tuple(f"{name}: {words[0].lower()}{words[1:]}" for name, words in said if words)

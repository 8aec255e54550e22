"""Whether a signed decision is what its author proposed, but for the changes it lists.

The leader's signature covers the whole document and the author's covers the proposal within it.
So everything the leader could have altered without saying so is compared here, member by member:
an answer may differ only where a change names it, and what the document makes from answers may
differ only where one of those answers did.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

ADDED = frozenset({"signOff", "proposal"})
"""Members that signing adds."""

MADE_FROM: Mapping[str, frozenset[str]] = {
    "rating": frozenset({"rating"}),
    "levelOfNeed": frozenset({"level"}),
    "factors": frozenset({"raises", "lowers", "cin_factors"}),
    "sharing": frozenset({"lawful_basis", "special_condition", "necessity", "proportionality"}),
    "consent": frozenset({"consent", "consent_words"}),
    "familyTold": frozenset({"family_told", "not_told_why", "not_told_words"}),
    "history": frozenset({"history", "history_words", "repeat_words"}),
    "replies": frozenset({"replies", "replies_words"}),
    "analysis": frozenset({"analysis"}),
    "rationale": frozenset({"outcome_why"}),
    "team": frozenset({"team"}),
    "services": frozenset({"services"}),
    "advice": frozenset({"advice"}),
    "feedback": frozenset({"feedback"}),
    "dissent": frozenset({"dissent", "dissent_words"}),
}
"""The questions that `document.build` makes each member of."""

MADE_FROM_OF_PERSON: Mapping[str, frozenset[str]] = {
    "voice": frozenset({"heard", "voice", "voice_why_not"}),
    "outcomes": frozenset({"outcome"}),
    "contactOutcomes": frozenset({"outcome"}),
    "referralOutcomes": frozenset({"outcome"}),
    "referralNfa": frozenset({"outcome"}),
    "primaryNeed": frozenset({"primary_need"}),
    "harmCategory": frozenset({"harm_category"}),
    "view": frozenset({"parent_heard", "parent_view", "parent_why_not"}),
}
"""The same for each child and adult, by the answers about that person."""

Where = tuple[str, str]
"""A question and the key of the person it is about, or ""."""


def agrees(proposed: Mapping[str, Any], final: Mapping[str, Any]) -> bool:
    """Whether the final document is the proposed one but for the changes in its `signOff`.

    Raises KeyError, TypeError or AttributeError for a document that is not in the agreed form.
    """
    changes = final["signOff"].get("changes", [])
    listed = {_where(one): one for one in changes}
    before, now = _answers(proposed), _answers(final)
    if before is None or now is None or len(listed) != len(changes):
        return False
    for where in before.keys() | now.keys() | listed.keys():
        was, is_now = before.get(where, {}), now.get(where, {})
        if where not in listed:
            if not _alike(was, is_now):
                return False
            continue
        told = listed[where]
        if not _alike([was.get("value"), is_now.get("value")], [told["before"], told["now"]]):
            return False
    changed = frozenset(listed)
    rest = (proposed.keys() | final.keys()) - ADDED - {"answers", "children", "adults"}
    return (
        all(_same(name, proposed, final, MADE_FROM, "", changed) for name in rest)
        and _same_people(proposed["children"], final["children"], changed)
        and _same_people(proposed["adults"], final["adults"], changed)
    )


def _same_people(
    proposed: Sequence[Mapping[str, Any]],
    final: Sequence[Mapping[str, Any]],
    changed: frozenset[Where],
) -> bool:
    return len(proposed) == len(final) and all(
        _same(name, was, now, MADE_FROM_OF_PERSON, was["key"], changed)
        for was, now in zip(proposed, final, strict=True)
        for name in was.keys() | now.keys()
    )


def _same(
    name: str,
    was: Mapping[str, Any],
    now: Mapping[str, Any],
    made_from: Mapping[str, frozenset[str]],
    person: str,
    changed: frozenset[Where],
) -> bool:
    """Whether a member is as it was, or made from an answer that was changed."""
    if name in was and name in now and _alike(was[name], now[name]):
        return True
    return any((question, person) in changed for question in made_from.get(name, ()))


def _alike(one: object, other: object) -> bool:
    """Whether both are the same JSON: Python takes `true` for `1`, other readers don't."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _answers(document: Mapping[str, Any]) -> dict[Where, Mapping[str, Any]] | None:
    """The answers by question and person; None where one is given twice."""
    given = document.get("answers", [])
    found = {_where(one): one for one in given}
    return found if len(found) == len(given) else None


def _where(one: Mapping[str, Any]) -> Where:
    return one["question"], one.get("person", "")

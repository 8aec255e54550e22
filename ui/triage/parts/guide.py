"""Guidance for a field: the note's heading, its first words, and prompts with readable rules."""

from __future__ import annotations

from dataclasses import dataclass

from triage.domain.completeness import Asked, codes_of
from triage.domain.decision import Answer
from triage.domain.profile import Profile, QuestionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What stands under the field. A prompt is (words, met): presence, never quality."""

    title: str
    words: str
    prompts: tuple[tuple[str, bool], ...] = ()


def guide_for(
    profile: Profile, asked: Asked, children: tuple[str, ...], value: Answer
) -> Guide | None:
    """The guide for a question as answered so far; None where the profile has no note for it.

    A prompt with {child} stands once for each child, and is met once the answer has the name;
    words after "~" meet it, any one of them; any other prompt is met once something is written.
    """
    note = profile.guidance.get(asked.question.guidance)
    if note is None:
        return None
    lines = [line.strip() for line in note.splitlines()]
    title = next((line[2:] for line in lines if line.startswith("# ")), "")
    words = next((line for line in lines if line and not line.startswith("#")), "")
    said = " ".join(codes_of(value)).casefold()
    judged = asked.question.kind in (QuestionKind.TEXT, QuestionKind.LINE)
    prompts: list[tuple[str, bool]] = []
    for prompt in asked.question.prompts if judged else ():
        text, _, rule = (p.strip() for p in prompt.partition("~"))
        if "{child}" in text:
            names = (asked.name,) if asked.name else children
            prompts += [(text.replace("{child}", n), n.casefold() in said) for n in names]
        elif rule:
            found = any(w.strip().casefold() in said for w in rule.split(","))
            prompts.append((text, found))
        else:
            prompts.append((text, bool(said)))
    return Guide(title=title, words=words, prompts=tuple(prompts))

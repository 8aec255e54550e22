"""A form of one card a person: "Role in this contact: Adult" begins the next."""

from __future__ import annotations

import re

from triage.intake.choices import yes_or_no
from triage.intake.labels import Subject, classify
from triage.intake.pieces import Entry, Item, Passage

_HEAD = re.compile(r"(?i)\b(?:role|type|category|status|who|person)\b")
_OF = re.compile(
    r"(?i)\W*(?:subject|main |index )?(?:victim|suspect|witness|perpetrator|offender|child"
    r"|young person|sibling|unborn|adult|parent|carer|mother|father|professional|worker"
    r"|referrer)\b[^.\n]{0,30}$"
)
_OF_ALL = frozenset({"concern", "consent", "informed", "urgent", "risk"})


def part_cards(items: list[Item]) -> dict[tuple[object, ...], Subject]:
    """Give the labels of each card a record of their own, where there are two cards or more.

    Returns whom a card is of where it says so and is neither a child nor an adult.
    """
    heads = [
        one
        for one in items
        if isinstance(one, Entry)
        and not one.group
        and _HEAD.search(one.labels[0])
        and _OF.match(one.value.text)
    ]
    told: dict[tuple[object, ...], Subject] = {}
    if len(heads) < 2:
        return told
    number = 0
    within = False
    for item in items:
        if isinstance(item, Passage) or item.path != heads[0].path:
            within = False
            continue
        begins = item in heads
        if not begins and classify(item.labels[0]).attribute in _OF_ALL:
            within = False
        within = within or begins
        number += begins
        if not within or item.group:
            continue
        item.group = ("card", number)
        if begins and re.match(r"(?i)\W*(?:professional|worker)", item.value.text):
            told[item.group] = Subject.OTHER
        referrer = re.search(r"(?i)\breferrer\b", item.labels[0])
        if referrer and yes_or_no(item.value.text.split("\n")[0]) == "yes":
            told[item.group] = Subject.REFERRER
    return told

"""The people who work at the hub, and what their role lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from triage.domain.errors import NotAllowedError


class Role(StrEnum):
    """Roles of a front door. A person's job is called as the hub calls it; the role decides what
    they may."""

    BUSINESS_SUPPORT = "business_support"
    CONTACT_OFFICER = "contact_officer"
    SOCIAL_WORKER = "social_worker"
    TEAM_LEADER = "team_leader"
    NAVIGATOR = "navigator"
    NIGHT_TEAM = "night_team"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class RevokedFor(StrEnum):
    """Why a key is trusted no more."""

    LOST = "lost"
    LEFT = "left"
    REPLACED = "replaced"


class May(StrEnum):
    """One act a role may be allowed."""

    RECEIVE = "receive"
    READ = "read"
    SCREEN = "screen"
    RATE = "rate"
    LINK = "link"
    PROPOSE = "propose"
    SIGN = "sign"
    PRINT = "print"
    OPEN_RESTRICTED = "open restricted"
    BREAK_GLASS = "break glass"
    AUDIT = "audit"
    CONFIGURE = "configure"


_SCREENING = frozenset(
    {May.RECEIVE, May.READ, May.SCREEN, May.RATE, May.LINK, May.PROPOSE, May.PRINT}
)
Roles = Mapping[Role, frozenset[May]]
"""What each role may do."""

ALLOWED: Roles = {
    Role.BUSINESS_SUPPORT: frozenset({May.RECEIVE, May.READ}),
    Role.CONTACT_OFFICER: _SCREENING | {May.BREAK_GLASS},
    Role.SOCIAL_WORKER: _SCREENING | {May.BREAK_GLASS},
    Role.TEAM_LEADER: _SCREENING | {May.SIGN, May.OPEN_RESTRICTED, May.AUDIT},
    Role.NAVIGATOR: frozenset(),
    Role.NIGHT_TEAM: _SCREENING | {May.OPEN_RESTRICTED},
    Role.AUDITOR: frozenset({May.READ, May.AUDIT}),
    Role.ADMINISTRATOR: frozenset({May.CONFIGURE}),
}
"""Where the hub's profile says nothing else."""

MOST: Roles = {
    **ALLOWED,
    Role.BUSINESS_SUPPORT: frozenset({May.RECEIVE, May.READ, May.PRINT}),
    Role.NIGHT_TEAM: ALLOWED[Role.NIGHT_TEAM] | {May.BREAK_GLASS},
}
"""The most that a hub may let each role do: administrators and navigators read no records, auditors
change none, leaders alone sign, and whoever may not open what is restricted needs a reason."""

LEAST: Roles = {
    Role.TEAM_LEADER: frozenset({May.READ, May.SIGN, May.AUDIT, May.OPEN_RESTRICTED}),
    Role.AUDITOR: frozenset({May.READ, May.AUDIT}),
    Role.ADMINISTRATOR: frozenset({May.CONFIGURE}),
}
"""What a hub can't take from a role, since nobody else could do it."""


def against_role(role: Role, acts: frozenset[May]) -> tuple[str, ...]:
    """What is wrong with a role that may do just these acts, a sentence each; none where a hub may
    have it so."""
    whose = role.value.replace("_", " ")
    return (
        *(f"A {whose} may never {a.value}." for a in sorted(acts - MOST[role])),
        *(f"A {whose} must {a.value}." for a in sorted(LEAST.get(role, frozenset()) - acts)),
        *(
            (f"A {whose} who may not read can do nothing else either.",)
            if acts - {May.CONFIGURE} and May.READ not in acts
            else ()
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Someone at the hub. `id` is short and lasting; `registration` is Social Work England's.
    `roles` is what each role may do at this hub, `ALLOWED` where None."""

    id: str
    name: str
    role: Role
    job: str
    team: str = ""
    registration: str = ""
    roles: Roles | None = field(default=None, compare=False, repr=False)

    @property
    def initials(self) -> str:
        """First letters of the first and last name."""
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"

    def may(self, act: May) -> bool:
        """Whether the role allows the act."""
        return act in (self.roles or ALLOWED)[self.role]

    def must(self, act: May) -> None:
        """Raise NotAllowedError, saying who can, unless the role allows the act."""
        if not self.may(act):
            able = sorted(
                r.value.replace("_", " ")
                for r, may in (self.roles or ALLOWED).items()
                if act in may
            )
            raise NotAllowedError(
                f"Your role, {self.job}, does not let you {act.value} here. Nothing was changed. "
                f"Ask {' or '.join(map(_one, able)) if able else 'who looks after the profile'}."
            )


def _one(role: str) -> str:
    return f"{'an' if role[0] == 'a' else 'a'} {role}"

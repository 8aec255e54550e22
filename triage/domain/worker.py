"""The people who work at the hub, and what their role lets them do."""

from dataclasses import dataclass
from enum import StrEnum

from triage.domain.errors import NotAllowedError


class Role(StrEnum):
    """Roles of a front door. The profile names them for the people; these decide what they may."""

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
ALLOWED: dict[Role, frozenset[May]] = {
    Role.BUSINESS_SUPPORT: frozenset({May.RECEIVE, May.READ}),
    Role.CONTACT_OFFICER: _SCREENING | {May.BREAK_GLASS},
    Role.SOCIAL_WORKER: _SCREENING | {May.BREAK_GLASS},
    Role.TEAM_LEADER: _SCREENING | {May.SIGN, May.OPEN_RESTRICTED, May.AUDIT},
    Role.NAVIGATOR: frozenset(),
    Role.NIGHT_TEAM: _SCREENING | {May.OPEN_RESTRICTED},
    Role.AUDITOR: frozenset({May.READ, May.AUDIT}),
    Role.ADMINISTRATOR: frozenset({May.CONFIGURE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Someone at the hub. `id` is short and lasting; `registration` is Social Work England's."""

    id: str
    name: str
    role: Role
    job: str
    team: str = ""
    registration: str = ""

    @property
    def initials(self) -> str:
        """First letters of the first and last name."""
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"

    def may(self, act: May) -> bool:
        """Whether the role allows the act."""
        return act in ALLOWED[self.role]

    def must(self, act: May) -> None:
        """Raise NotAllowedError, saying who can, unless the role allows the act."""
        if not self.may(act):
            able = sorted(r.value.replace("_", " ") for r in Role if act in ALLOWED[r])
            raise NotAllowedError(
                f"Your role, {self.job}, does not let you {act.value} here. "
                f"Nothing was changed. Ask a {able[0] if len(able) == 1 else ' or a '.join(able)}."
            )

"""roles.toml: what each role may do at this hub. Without it all is as usual."""

from triage.domain.worker import ALLOWED, May, Role, Roles, against_role
from triage.workflow.profile_entries import Entry
from triage.workflow.profile_files import Reading, toml_file

FILE = "roles.toml"


class RoleEntry(Entry):
    """All that one role may do."""

    may: tuple[May, ...]


class RolesFile(Entry):
    """roles.toml. A role that is not named may do what is usual."""

    business_support: RoleEntry | None = None
    contact_officer: RoleEntry | None = None
    social_worker: RoleEntry | None = None
    team_leader: RoleEntry | None = None
    night_team: RoleEntry | None = None


def roles_of(reading: Reading) -> Roles:
    """What every role may do; every fault is noted with its line."""
    if not (reading.folder / FILE).exists():
        return ALLOWED
    said, source = toml_file(reading, FILE, RolesFile)
    if said is None:
        return ALLOWED
    found = dict(ALLOWED)
    for name in RolesFile.model_fields:
        entry: RoleEntry | None = getattr(said, name)
        if entry is not None:
            role = Role(name)
            found[role] = frozenset(entry.may)
            for sentence in against_role(role, found[role]):
                reading.fault(source, (name, "may"), sentence)
    return found

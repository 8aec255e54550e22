"""The people of the practice hub, and the PINs they practise with."""

from triage.domain.worker import Role, Worker

WORKERS: tuple[tuple[Worker, str], ...] = (
    (
        Worker(
            id="rosei",
            name="Ruth Osei",
            role=Role.CONTACT_OFFICER,
            job="Contact officer",
            team="Front door, days",
        ),
        "1111",
    ),
    (
        Worker(
            id="pnandra",
            name="Priya Nandra",
            role=Role.TEAM_LEADER,
            job="Team leader",
            team="Front door, days",
            registration="SW000000",
        ),
        "2222",
    ),
    (
        Worker(
            id="tbell",
            name="Tom Bell",
            role=Role.CONTACT_OFFICER,
            job="Contact officer",
            team="Front door, days",
        ),
        "3333",
    ),
    (
        Worker(
            id="siqbal",
            name="Sana Iqbal",
            role=Role.SOCIAL_WORKER,
            job="Social worker",
            team="Front door, days",
            registration="SW000001",
        ),
        "4444",
    ),
    (
        Worker(
            id="mgreig",
            name="Moira Greig",
            role=Role.AUDITOR,
            job="Information governance",
        ),
        "5555",
    ),
)

"""The tables, for both engines. A value is kept whole in `body` as JSON, beside what is asked for.

Times are UTC, ids UUID. Foreign keys are checked at commit, so the order of writing within a
transaction is free. Events have none: the chain stands whatever becomes of the rest.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TableClause,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    table,
)

from triage.storage.columns import UtcDateTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _to(column: str) -> ForeignKey:
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


contact = Table(
    "contact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Words, nullable=False, unique=True),
    Column("state", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("assigned_to", Words),
    Column("postcode", Words),  # without space, upper case; of none that is restricted
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "state", "received_at"),
    Index(None, "assigned_to", "received_at"),
    Index(None, "postcode", "received_at"),
    Index(None, "received_at", "id"),
)


def _children(name: str) -> Table:
    """Names are casefolded, without accents and signs; see triage.storage.contacts."""
    return Table(
        name,
        metadata,
        Column("contact_id", Uuid, _to("contact.id"), primary_key=True),
        Column("child", Words, primary_key=True),
        Column("identity", Words, index=True),  # family|given|dob, where all three are known
        Column("family", Words, index=True),
        Column("given", Words),
        Column("full_name", Words, index=True),
        Column("dob", Words, index=True),
        Column("nhs_number", Words, index=True),
    )


def shown(kept: Table) -> TableClause:
    """The view through which a table is read."""
    return table(f"{kept.name}_shown", *(column(c.name, c.type) for c in kept.c))


contact_child = _children("contact_child")

# What a restricted contact is found by stands apart, and nowhere else: an index tells how long it
# looked, whatever may be seen of what it found. It is read through a view, which a hub's server
# shuts before it looks for anything.
restricted_child = _children("restricted_child")
restricted_place = Table(
    "restricted_place",
    metadata,
    Column("contact_id", Uuid, _to("contact.id"), primary_key=True),
    Column("postcode", Words, nullable=False, index=True),
)
restricted_child_shown, restricted_place_shown = map(shown, (restricted_child, restricted_place))

# Contacts that only some may know of. Apart from the contact, so that a hub's database can tell
# without reading it.
restriction = Table(
    "restriction",
    metadata,
    Column("contact_id", Uuid, _to("contact.id"), primary_key=True),
)

# Who opened a restricted contact with a reason. On a hub's server this row is what opens it, and
# the server fills in which contact, whose and when.
access_grant = Table(
    "access_grant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Words, nullable=False),
    Column("contact_id", Uuid, _to("contact.id")),
    Column("worker", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    Column("seen_by", Words),
    Column("seen_at", UtcDateTime),
    Index(None, "worker", "contact_id", "until_at"),
    Index(None, "seen_at", "granted_at"),
)

reference_counter = Table(
    "reference_counter", metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)  # fmt: skip

original = Table(
    "original",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id")),
    Column("name", Words, nullable=False),
    Column("sha256", String(64), _to("original_bytes.sha256"), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("message_id", Words, nullable=False, index=True),
    Column("path_note", Words, nullable=False),
    Index(None, "contact_id", "received_at"),
)

# Kept once however many contacts or arrivals share them.
original_bytes = Table(
    "original_bytes",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# What is told of families leaves the store sealed: see storage.content_keys. A contact's key stands
# in shares of it alone, under its children's (see storage.child_keys); keys come back before it.
content_key = Table(
    "content_key", metadata,
    Column("id", Words, primary_key=True), Column("key", LargeBinary, nullable=False),
)  # fmt: skip

child_key = Table(
    "child_key", metadata,
    Column("id", Uuid, primary_key=True), Column("key", LargeBinary, nullable=False),
)  # fmt: skip

content_share = Table(
    "content_share", metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("child", Words, primary_key=True),  # "" where it is no child's: see child_keys.NOBODY
    Column("key_id", Uuid, _to("child_key.id"), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
)  # fmt: skip

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False, index=True),
    Column("why", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("lifted_by", Words),
    Column("lifted_at", UtcDateTime),
    Column("lifted_why", Words),
)

correction = Table(
    "correction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False, index=True),
    Column("path", Words, nullable=False),
    Column("who", Words, nullable=False),
    Column("says", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Words, nullable=False),
    Column("standing", String(24), nullable=False),
    Column("answer", Words),
    Column("answered_by", Words),
    Column("answered_at", UtcDateTime),
    Index(None, "standing", "at"),
)

# What became of a record that fell due. It stays, so `about` leads to no contact and nothing here
# tells of a family.
destruction = Table(
    "destruction",
    metadata,
    Column("about", Uuid, primary_key=True),
    Column("reference", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("fate", String(24), nullable=False, index=True),
    Column("proposed_by", Words, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("decided_by", Words),
    Column("decided_at", UtcDateTime),
    Column("keep_until", String(10)),
)

# How long a hub's own database keeps what ended so: its owner's to say. A desk with a file of its
# own goes by the profile.
retention_rule = Table(
    "retention_rule",
    metadata,
    Column("outcome", Words, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("years", Integer, nullable=False),
    Column("counted_from", String(24), nullable=False),
)

reader_draft = Table(
    "reader_draft",
    metadata,
    Column("contact_id", Uuid, _to("contact.id"), primary_key=True),
    Column("body", Text, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    Column("contact_id", Uuid, _to("contact.id"), primary_key=True),
    Column("key", Words, primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

decision_version = Table(
    "decision_version",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(24), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Column("proposal", LargeBinary),  # the author's signature over the proposed payload
    UniqueConstraint("contact_id", "number"),
    Index(None, "state", "proposed_at"),
)

version_opened = Table(
    "version_opened",
    metadata,
    Column("version_id", Uuid, _to("decision_version.id"), primary_key=True),
    Column("by", Words, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

lookup_result = Table(
    "lookup_result",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("person", Words, nullable=False),
    Column("partner", Words, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "contact_id", "person", "partner", "asked_at"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("partner", Words, nullable=False),
    Column("record_id", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("body", Text, nullable=False),
    Index(None, "contact_id", "at"),
    Index(None, "partner", "record_id", "at"),
)

# One row a pair, whichever of the two it was seen from: `low` is the smaller id.
suggestion = Table(
    "suggestion",
    metadata,
    Column("low", Uuid, _to("contact.id"), primary_key=True),
    Column("high", Uuid, _to("contact.id"), primary_key=True, index=True),
    Column("this", Uuid, nullable=False),
    Column("kinship", String(24), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("why", Words, nullable=False),
)

# Plain text, never mended on the way in: what is hashed must be what is kept.
event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("contact_id", Uuid),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "contact_id", "seq"),
    Index(None, "by", "seq"),
    Index(None, "kind", "seq"),
    Index(None, "at", "by", "kind", "seq"),
)

# One row, number 1: where the chain ends. Whoever writes holds it until they commit.
event_head = Table(
    "event_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

# A checkpoint of the chain that goes out by e-mail, as it was signed.
checkpoint_mail = Table(
    "checkpoint_mail",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", Integer, nullable=False, index=True),
    Column("to", Words, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("state", String(24), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("words", Words, nullable=False),
    Column("told", Integer, nullable=False, index=True),
    Column("claimed_by", Words),
    Column("claimed_until", UtcDateTime),
    Index(None, "state", "next_attempt_at"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, _to("decision_version.id"), nullable=False, index=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False, index=True),
    Column("idempotency_key", Words, nullable=False, unique=True),
    Column("payload_sha256", String(64), nullable=False),
    Column("state", String(24), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("case_number", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_until", UtcDateTime),
    Column("document", LargeBinary, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("time_stamp", LargeBinary),  # RFC 3161, over the signer's signature
    Column("stamped_at", UtcDateTime),
    Column("not_stamped", Words, index=True),  # why there is none yet
    Index(None, "state", "next_attempt_at"),
)

worker = Table(
    "worker",
    metadata,
    Column("id", Words, primary_key=True),
    Column("body", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
)

# Every public key anybody ever signed with: what it signed stays to be checked.
signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Words, primary_key=True),
    Column("worker_id", Words, nullable=False, index=True),
    Column("jwk", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", Words),
    Column("revoked_why", Words),
    Column("certificate", LargeBinary),  # X.509, by the hub's authority
    Column("revoked_for", Words),
)

pack_copy = Table(
    "pack_copy",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, _to("decision_version.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("how", Words, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "decision_id", "at"),
)

setting = Table(
    "setting", metadata,
    Column("name", Words, primary_key=True), Column("value", Text, nullable=False),
)  # fmt: skip

# A request for information to a partner.
request = Table(
    "request",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Words, nullable=False, unique=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False, index=True),
    Column("agency", Words, nullable=False),
    Column("state", String(24), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("remind_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "state", "due_at"),
    Index(None, "state", "remind_at"),
    Index(None, "agency", "sent_at"),
    Index(None, "answered_at"),
)

request_counter = Table(
    "request_counter", metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)  # fmt: skip

# What goes out for a request, with the exact bytes; `message_id` is how a reply names it.
request_message = Table(
    "request_message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, _to("request.id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("via", String(24), nullable=False),
    Column("to", Words, nullable=False),
    Column("local_id", Words, nullable=False, unique=True),
    Column("channel_id", Words, nullable=False, index=True),
    Column("state", String(24), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("words", Words, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_until", UtcDateTime),
    Column("document", LargeBinary, nullable=False),
    Index(None, "state", "next_attempt_at"),
)

partner_answer = Table(
    "partner_answer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, _to("request.id"), index=True),
    Column("place", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "place", "received_at"),
)

# One row a mailbox: who reads it now, and when it was last read.
mailbox = Table(
    "mailbox",
    metadata,
    Column("name", Words, primary_key=True),
    Column("held_by", Words, nullable=False),
    Column("held_until", UtcDateTime),
    Column("uidvalidity", Words, nullable=False),
    Column("looked_at", UtcDateTime),
    Column("words", Words, nullable=False),
)

# Each message of a mailbox that was taken in, whatever became of it; written with what it became.
mailbox_message = Table(
    "mailbox_message",
    metadata,
    Column("mailbox", Words, primary_key=True),
    Column("uidvalidity", Words, primary_key=True),
    Column("uid", Words, primary_key=True),
    Column("message_id", Words, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("became", String(24), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# How the copy of each directory stands, and which desk is copying it now.
directory_copy = Table(
    "directory_copy",
    metadata,
    Column("directory", Words, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_until", UtcDateTime),
)

service = Table(
    "service",
    metadata,
    Column("directory", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

service_referral = Table(
    "service_referral",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Words, nullable=False, unique=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("directory", Words, nullable=False),
    Column("service_id", Words, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "contact_id", "made_at"),
    Index(None, "directory", "service_id", "made_at"),
)

# Saves out of desks' own journals, so that one whose answer was lost is not taken twice.
desk_save = Table(
    "desk_save",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# A contact on its way from one person to another; with the giver until it is accepted.
handover_offer = Table(
    "handover_offer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("by", Words, nullable=False),
    Column("to", Words, nullable=False),
    Column("state", String(24), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "contact_id", "at"),
    Index(None, "by", "at"),
    Index(None, "to", "state"),
)

# A person's own, for nobody else to see.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("by", Words, nullable=False),
    Column("contact_id", Uuid, _to("contact.id"), index=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "by", "due_at"),
)

# What somebody decided of a copy of what is held, until it is made: their own, for nobody else.
access_draft = Table(
    "access_draft",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, _to("contact.id"), nullable=False),
    Column("child", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "contact_id", "by", "child", unique=True),
)

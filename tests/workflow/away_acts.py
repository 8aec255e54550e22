"""Every act that writes, and what becomes of it while the hub's server is away."""

KEPT = {
    "audit.ask_why": "unsent_words.ask_why",
    "audit.keep_note": "unsent_words.keep_note",
    "audit.record_reply": "unsent_words.record_reply",
    "comments.keep": "unsent.keep_comment",
    "corrections.ask": "unsent_facts.ask_correction",
    "decide.save_answer": "unsent.save_answer",
    "handover.keep": "unsent_words.pass_on",
    "partner_answers.record_by_hand": "unsent_words.record_by_hand",
    "reading.accept_clear": "unsent_facts.accept_clear",
    "reading.choose": "unsent_facts.choose",
    "reading.mark": "unsent_facts.mark",
    "receive.begin_call": "unsent_calls.start_call",
    "receive.keep_call": "unsent_calls.keep_call",
    "receive.put_in_queue": "unsent_calls.put_in_queue",
    "receive.start_call": "unsent_calls.start_call",
    "receive.throw_away": "unsent_calls.throw_away",
    "requests.keep_draft": "unsent.keep_draft",
    "requests.rang": "unsent_words.rang",
    "schedule.remind": "unsent_words.remind",
    "schedule.snooze": "unsent_words.snooze",
    "screen.add_adult": "unsent_facts.add_person",
    "screen.add_child": "unsent_facts.add_person",
    "screen.change_fact": "unsent_facts.change_fact",
    "screen.rate": "unsent.save_answer",
    "service_referrals.record": "unsent_words.record_step",
    "subject_access.keep": "unsent_words.keep_copy",
}
"""What is kept on the desk, sealed, and sent once the server answers, and by which function."""

KEEPING = set(KEPT.values())
"""The functions that keep it."""

_SHOWN = "nothing is shown that the hub does not write down at the same moment"
_BINDS = "it binds the hub, on what it holds at this moment"
_WHOSE = "two people must never both have a contact"
_PAIR = "it is said of records as they are at the hub, which others may have judged since"
_GOES_OUT = "nothing leaves the hub that it has not written down"
_WAITS = "what waits to go out or come in stays where it is, and is gone on with by itself"
_FILE = "the file stays where it was, and is taken in afterwards"
_GUARDS = "who may know, and whose key counts, is decided by the hub's database alone"
_LIST = "it is one press, on a state that others may have changed since"

REFUSED = {
    _SHOWN: (
        "access.break_glass aside.read_words audit.check_chain audit.open_trail audit.search "
        "decide.decision export.document opening.open_whole pack.look pack.preview "
        "partner_answers.original_bytes reading.original_bytes reading.part_bytes reading.reading "
        "request_open.open_request screen.open_contact sign.look subject_access.gather"
    ),
    _BINDS: (
        "corrections.answer decide.propose sign.approve sign.send_back sign.sign_together "
        "reading.make_contact reading.not_for_us screen.set_aside screen.reopen screen.pause "
        "screen.resume retention.approve retention.hold retention.keep retention.lift "
        "retention.propose weights.adopt weights.refit weights.take_back access.acknowledge "
        "export.give_case_number vouching.certify vouching.renew_key vouching.revocation_list"
    ),
    _WHOSE: (
        "claims.claim claims.free_idle claims.hand_over claims.release claims.take_over "
        "handover.accept handover.decline handover.offer_all handover.withdraw"
    ),
    _PAIR: (
        "join.join join.keep_apart join.take_apart match.link match.look_up match.not_same "
        "match.try_now match.undo match.unsure partner_answers.cite partner_answers.not_an_answer "
        "partner_answers.place_answer partner_answers.sort_answer"
    ),
    _GOES_OUT: (
        "audit_export.export_trail export.export_by_hand handover.print_list pack.issue "
        "requests.send requests.send_again requests.send_together requests.chase "
        "requests.withdraw service_referrals.send subject_access.export checkpoints.lodge "
        "checkpoints.on_paper"
    ),
    _WAITS: (
        "checkpoints.send_due directories.copy_due directories.copy_now export.deliver_due "
        "export.reconcile "
        "mailbox.look_into_mailboxes partner_answers.place_known sending.go_round "
        "sending.note_reached sending.remind_due sending.send_due stamping.stamp_due"
    ),
    _FILE: ("receive.bring_back receive.receive_file receive.receive_path receive.receive_read"),
    _GUARDS: (
        "concerns.open_up concerns.restrict people.change_pin people.enrol people.lock "
        "people.revoke_key people.switch restrictions.keep_restricted"
    ),
    _LIST: (
        "concerns.name_concerns happened.seen night.seen requests.ask_another requests.start "
        "requests.start_called_for schedule.done schedule.put_off service_referrals.refer "
        "services.add_to_decision services.take_out_of_decision"
    ),
}
"""What is refused in a sentence, by why it must not, or need not, be done meanwhile."""

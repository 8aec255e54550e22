"""Nothing is lost and nothing done twice, whatever fails; and who attacks gets no further.

What that promise names, and where each part of it is tried at every change. Longer runs:
`python -m tests.faults 3000`, also with `--hub`, and `python -m tests.faults fuzz 5000`.
"""

TRIED = {
    "kill -9 at 300 moments of the main job": "faults/test_main_job_killed.py: killed_in_any_act",
    "60 of it at a hub, or of its server": "faults/test_hub_killed.py: killed_in_any_act_at_a_hub",
    "of reading the mailbox": "faults/test_mail_killed.py: killed_at_any_step",
    "of a window that is typed in": "faults/test_window_killed.py: window_killed_while_typing",
    "disk full": "faults/test_disk.py: disk_that_fills_up",
    "disk read-only": "faults/test_disk.py: disk_that_turns_read_only",
    "corrupted page": "faults/test_disk.py: any_page_that_comes_back_otherwise",
    "server restarted in mid-transaction": "faults/test_server_replaced.py: server_started_again",
    "failover in mid-transaction": "faults/test_server_replaced.py: standby_takes_over",
    "only a standby answers": "storage/test_hub_standby.py: nothing_is_written_at_the_standby",
    "reset between commit and answer": "faults/test_line_cut.py: line_cut_at_any_commit",
    "clock jumping": "faults/test_midway.py: clock_that_jumps_between_any_two_acts",
    "two desks, one clock wrong": "faults/test_midway.py: two_desks_one_a_day_out",
    "keyring locked midway": "faults/test_midway.py: keyring_locked_midway",
    "half-written outbox": "faults/test_midway.py: signing_that_fails_at_any_statement",
    "half-sent outbox": "faults/test_midway.py: delivery_that_fails_at_any_statement",
    "SQL injection, what is kept": "workflow/test_hostile_words.py: hostile_words_in_every_fact",
    "SQL injection, what is searched": "faults/test_search_boxes.py: no_sign_of_a_query_language",
    "TOML injection": "faults/test_hostile_profile.py: name_given_on_the_command_line",
    "hostile TOML": "faults/test_hostile_profile.py: whatever_stands_in_a_file",
    "paths in names": "workflow/test_hostile_words.py: no_name_of_an_attachment_leads_anywhere",
    "paths in names of dropped files": "workflow/test_drop.py: a_name_made_to_mislead",
    "JWS with no or another algorithm": "export/test_forged.py: no_header_but_the_agreed_one",
    "JWS with a wrong key": "export/test_signing.py: key_that_is_not_trusted",
    "JWS with a swapped payload": "export/test_forged.py: payload_of_one_decision_under",
    "a decision sent again": "practice/test_council.py: same_decision_under_another_key",
    "a receipt sent again": "export/test_forged.py: receipt_of_an_earlier_send",
    "forged receipts": "export/test_forged.py: receipt_that_says_anything_else",
    "oversized files": "intake/test_reader.py: five_megabytes_of_anything",
    "oversized decisions": "export/test_forged.py: file_larger_than_any_decision",
    "hostile desk with a low role": "storage/test_hub_rules.py: nobody_but_a_team_leader_signs",
    "fuzzed readers": "intake/test_reader.py: no_bytes_make_the_reader_raise",
    "fuzzed verifier": "export/test_forged.py: no_envelope_of_any_shape",
}

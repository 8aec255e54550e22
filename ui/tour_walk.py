"""The steps of the tour, in order."""

from __future__ import annotations

from ui import tour_arrive, tour_call, tour_decide, tour_requests, tour_services, tour_sign
from ui.tour_stage import Act

STEPS: tuple[tuple[str, Act], ...] = (
    ("Welcome", tour_arrive.welcome),
    ("Queue", tour_arrive.queue_opens),
    ("Files dropped", tour_arrive.files_dropped),
    ("New ones shown", tour_arrive.new_ones_shown),
    ("Watched folder", tour_arrive.drop_folder),
    ("Phone call", tour_call.call_typed),
    ("Partial kept", tour_call.call_kept),
    ("Call in the queue", tour_call.call_queued),
    ("Reading a form", tour_call.form_beside),
    ("Marked by hand", tour_call.marked_by_hand),
    ("Contact made", tour_call.made_contact),
    ("Contact opened", tour_arrive.maya_opened),
    ("Compare", tour_arrive.compared),
    ("Linked", tour_arrive.linked),
    ("Partner asked", tour_requests.partner_asked),
    ("Autosave", tour_decide.autosaved),
    ("Decision form", tour_decide.form_filled),
    ("Service added", tour_services.service_added),
    ("Back to the decision", tour_services.back_to_the_decision),
    ("Sent for sign-off", tour_decide.sent_for_sign_off),
    ("Another person", tour_sign.priya_sits_down),
    ("Sign-off", tour_sign.leader_reads),
    ("Returned", tour_sign.returned),
    ("Changed and sent again", tour_sign.changed_and_resent),
    ("What changed", tour_sign.what_changed),
    ("Signed", tour_sign.signed),
    ("Accepted by the council", tour_sign.accepted),
    ("Signed together", tour_sign.signed_together),
    ("Genuine", tour_sign.genuine),
    ("Print preview", tour_sign.previewed),
    ("Pack saved", tour_sign.pack_saved),
    ("Partner answered", tour_requests.partner_answered),
    ("All is kept", tour_sign.all_is_kept),
)

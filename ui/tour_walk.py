"""The steps of the tour, in order."""

from __future__ import annotations

from ui import tour_arrive, tour_decide
from ui.tour_stage import Act

STEPS: tuple[tuple[str, Act], ...] = (
    ("Welcome", tour_arrive.welcome),
    ("Queue", tour_arrive.queue_opens),
    ("Files dropped", tour_arrive.files_dropped),
    ("New ones shown", tour_arrive.new_ones_shown),
    ("Watched folder", tour_arrive.drop_folder),
    ("Contact opened", tour_arrive.maya_opened),
    ("Compare", tour_arrive.compared),
    ("Linked", tour_arrive.linked),
    ("Autosave", tour_decide.autosaved),
    ("Decision form", tour_decide.form_filled),
    ("Sent for sign-off", tour_decide.sent_for_sign_off),
)

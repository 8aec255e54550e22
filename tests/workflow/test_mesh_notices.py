"""What comes by MESH and answers no request."""

from tests.partners.test_post import _answer_by_mesh
from tests.workflow.conftest import Front
from tests.workflow.mailing import mesh
from triage.practice.post_servers import PostServers
from triage.storage import originals, requests


def test_cpis_which_a_hub_can_not_ask_has_its_access_notice_kept_for_a_person(
    front: Front, servers: PostServers
) -> None:
    notice = b"CP-IS access notice: Maya Rowe was seen at Northmere General, emergency department."
    _answer_by_mesh(servers, notice, subject="CP-IS notice", local_id="cpis-1")
    looked = mesh(front, servers)
    assert (looked.answers, looked.to_place, looked.contacts) == (0, 1, ())
    with front.store.read() as tx:
        [waiting] = requests.answers_to_place(tx)
        assert waiting.original_id is not None
        assert originals.bytes_of(tx, waiting.original_id) == notice

"""The directory of services that the practice council publishes, over real HTTPS on loopback.

It listens only while its list is fetched. It lies as feeds do: its total is wrong, one service
comes twice, and some rows are dirty; Fanlight has to live with that every night.
"""

import json
import ssl
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from triage.domain.service import DirectorySource, ServicesGuide
from triage.practice.council_certificates import certificates_in
from triage.practice.families import RESOURCES

if TYPE_CHECKING:
    from triage.partners.directory import Listing

SAID_TOTAL = 31
"""What it says it has."""
PER_PAGE = 25


class PracticeDirectory:
    """The practice council's directory as a hub reads it: started, read over HTTPS, stopped."""

    def __init__(self, folder: Path, source: DirectorySource, guide: ServicesGuide) -> None:
        self._folder, self._source, self._guide = folder, source, guide

    def read(self, today: date) -> "Listing":
        """Its whole list, as of `today`."""
        from triage.partners.directory import DirectoryLink  # a start needs none of it

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # By the machine's own clock, as the other side of the line looks at that too.
        certificates = certificates_in(self._folder, at=datetime.now(UTC))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificates.server, certificates.server_key)
        server = _Server(("127.0.0.1", 0), rows(today), context)
        thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name="practice-directory", daemon=True
        )
        thread.start()
        try:
            source = replace(self._source, url=f"https://127.0.0.1:{server.server_address[1]}")
            return DirectoryLink(source, self._guide, ca=certificates.ca).read(today)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def rows(today: date) -> list[dict[str, Any]]:
    """Every row of the feed in version 3 of the standard, days counted back from `today`."""
    told = tomllib.loads((RESOURCES / "services.toml").read_text(encoding="utf-8"))
    venues = {v["key"]: v for v in told["venue"]}
    good = [_row(each, venues, today) for each in told["service"]]
    return [*good[:20], good[3], *good[20:], *(_dirty(d) for d in told["dirty"])]


def _row(told: Mapping[str, Any], venues: Mapping[str, Any], today: date) -> dict[str, Any]:
    low, high = told.get("ages", [0, 0])
    left, of = told.get("places", [None, None])
    row: dict[str, Any] = {
        "id": told["id"],
        "name": told["name"],
        "description": told["words"],
        "status": "active",
        "email": f"{told['id']}@northmere.example",
        "minimum_age": low or None,
        "maximum_age": high or None,
        "organization": {"id": told["provider"].lower(), "name": told["provider"]},
        "attributes": [
            {"id": f"{told['id']}-{n}", "taxonomy_term": {"id": f"t-{n}", "name": term}}
            for n, term in enumerate(told["terms"])
        ],
        "phones": [
            {"number": told[name], "description": told.get("phone_words", "")}
            for name in ("phone",)
            if name in told
        ],
        "languages": [{"name": name} for name in told.get("languages", ["English"])],
        "schedules": _schedules(told),
        "wait_time": told.get("wait"),
        "alert": told.get("note"),
        "application_process": told.get("who"),
        "interpretation_services": "Interpreters are booked" if told.get("interpreter") else None,
        "required_documents": [{"document": words} for words in told.get("needs", ())],
        "cost_options": [
            {"amount": told.get("cost", 0), "amount_description": told.get("cost_words", "")}
        ],
        "capacities": [] if left is None else [{"available": left, "maximum": of}],
        "service_at_locations": _locations(venues.get(told.get("venue", ""))),
    }
    if "assured" in told:
        row["assured_date"] = (today - timedelta(days=told["assured"])).isoformat()
    if "safe" in told:
        row["attributes"].append({"label": "Safe contact", "value": told["safe"]})
    return row


def _schedules(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    ways = told.get("ways", ["in person"])
    schedule = {
        "byday": told.get("days", ""),
        "opens_at": told.get("opens", ""),
        "closes_at": told.get("closes", ""),
        "attending_type": ", ".join(ways),
    }
    return [schedule]


def _locations(venue: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if venue is None:
        return []
    lat, lon = venue["at"]
    steps = "Step-free, wheelchair" if venue["step_free"] else "Not step-free"
    location = {
        "name": venue["name"],
        "location_type": "physical",
        "latitude": lat,
        "longitude": lon,
        "addresses": [
            {
                "address_1": venue["address"],
                "city": "Northmere",
                "postal_code": venue["postcode"],
            }
        ],
        "accessibility": [{"description": steps}],
        "transportation": venue["bus"],
    }
    return [{"location": location}]


def _dirty(told: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(told)
    latitude = row.pop("latitude_is", None)
    if latitude is not None:
        place = {"name": "Nowhere", "latitude": latitude, "longitude": latitude}
        row["service_at_locations"] = [{"location": place}]
    return row


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(
        self, address: tuple[str, int], rows: list[dict[str, Any]], context: ssl.SSLContext
    ) -> None:
        self.rows = rows
        super().__init__(address, _Handler)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that breaks is no fault of the directory."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        """GET /services?page=n, as the standard has it."""
        url = urlsplit(self.path)
        if url.path != "/services":
            self._answer(404, {"message": "There is only /services here."})
            return
        asked = parse_qs(url.query).get("page", ["1"])[0]
        page = int(asked) if asked.isdigit() else 1
        part = self.server.rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        pages = -(-len(self.server.rows) // PER_PAGE)
        self._answer(
            200,
            {
                "total_items": SAID_TOTAL,
                "total_pages": pages,
                "page_number": page,
                "size": len(part),
                "first_page": page == 1,
                "last_page": page >= pages,
                "empty": not part,
                "contents": part,
            },
        )

    def _answer(self, status: int, told: Mapping[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written of who asked."""

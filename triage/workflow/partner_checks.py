"""What does not hold in a hub's partners.toml, each fault with its line."""

import re
from collections.abc import Iterable

from triage.domain.live_partner import (
    HELD,
    WIDENING,
    PartnerKind,
    PdsStep,
    SignInKind,
    blanks_of,
)
from triage.partners.json_paths import is_field, is_path
from triage.partners.state import OWN
from triage.workflow.partner_entries import PartnerEntry, PartnersFile
from triage.workflow.profile_files import Reading, Source, Where

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s?#]*)?")
_PROXY = re.compile(r"https?://[A-Za-z0-9.-]+:[0-9]{1,5}/?")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_VIEW = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")
_SECRET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_INVOLVED = frozenset({"contact", "plan", "incident", "visit", "attendance", "note"})
_OF_KIND: dict[PartnerKind, frozenset[str]] = {
    PartnerKind.PDS_FHIR: frozenset(
        {
            "steps",
            "ods",
            "worker_access",
            "exact_match",
            "related",
            "months_near",
            "wider_reasons",
        }
    ),
    PartnerKind.FHIR: frozenset({"number_system", "most_pages"}),
    PartnerKind.REST_MAP: frozenset(
        {"search", "items", "fields", "page", "none_statuses", "history", "date_formats", "lane"}
    ),
    PartnerKind.SQL_VIEW: frozenset({"dsn_secret", "view", "columns", "most_rows", "date_formats"}),
}
_OVER_HTTP = frozenset(
    {"url", "proxy", "ca", "client_certificate", "client_key", "sign_in", "headers", "user_header"}
)


def check_partners(
    reading: Reading, partners: PartnersFile, at: Source, lists: Iterable[str]
) -> None:
    """Note what does not hold in partners.toml. `lists` are the keys of extracts.toml."""
    taken = {OWN: "the hub's own contacts", **dict.fromkeys(lists, "a list in extracts.toml")}
    for i, partner in enumerate(partners.partner):
        check = _Check(reading, at, ("partner", i), partner)
        if partner.partner in taken:
            check.fault("partner", f"“{partner.partner}” stands for {taken[partner.partner]}.")
        taken[partner.partner] = "another partner of this file"
        for reason in ("purpose", "lawful_basis"):
            if not (getattr(partner, reason) or getattr(partners, reason)):
                check.fault(
                    "partner",
                    f"“{partner.partner}” has no {reason}, and the file names none for all. It is "
                    "recorded with every question.",
                )
        check.all()


class _Check:
    """One partner's entry, looked through."""

    def __init__(self, reading: Reading, at: Source, where: Where, partner: PartnerEntry) -> None:
        self._reading, self._at, self._where, self._p = reading, at, where, partner

    def fault(self, key: str, sentence: str, *deeper: str | int) -> None:
        self._reading.fault(self._at, (*self._where, key, *deeper), sentence)

    def all(self) -> None:
        self._strangers()
        if self._p.kind is not PartnerKind.SQL_VIEW:
            self._way()
            self._sign_in()
        self._values()
        match self._p.kind:
            case PartnerKind.PDS_FHIR:
                self._pds()
            case PartnerKind.REST_MAP:
                self._rest()
            case PartnerKind.SQL_VIEW:
                self._view()
            case PartnerKind.FHIR:
                pass

    def _strangers(self) -> None:
        """Settings of another kind would be left aside silently."""
        allowed = _OF_KIND[self._p.kind]
        for kind, names in _OF_KIND.items():
            for name in sorted(names - allowed if kind is not self._p.kind else ()):
                if name in self._p.model_fields_set:
                    self.fault(name, f"“{name}” is not a setting of {self._p.kind.value}.")
        if self._p.kind is PartnerKind.SQL_VIEW:
            for name in sorted(_OVER_HTTP & self._p.model_fields_set):
                self.fault(name, f"“{name}” is not a setting of sql_view.")

    def _way(self) -> None:
        p = self._p
        if not _HTTPS.fullmatch(p.url):
            key = "url" if p.url else "partner"
            self.fault(
                key, f'“{p.partner}” is reached over https, as in url = "https://name.example".'
            )
        if p.proxy and not _PROXY.fullmatch(p.proxy):
            self.fault("proxy", "A proxy is named like http://proxy.example:8080.")
        for name in ("ca", "client_certificate", "client_key"):
            path = getattr(p, name)
            if path and ({"..", ""} & set(re.split(r"[/\\]", path)) or ":" in path):
                self.fault(name, f"“{path}” does not lie below the hub's data folder.")
        if p.client_key and not p.client_certificate:
            self.fault("client_key", "There is a client_key and no client_certificate.")
        for header in (*p.headers, *((p.user_header,) if p.user_header else ())):
            if not _HEADER.fullmatch(header) or header.casefold() in ("authorization", "host"):
                self.fault("headers", f"“{header}” can't be a header here.")

    def _sign_in(self) -> None:
        how = self._p.sign_in
        needed: dict[SignInKind, tuple[str, ...]] = {
            SignInKind.NONE: (),
            SignInKind.BEARER: ("secret",),
            SignInKind.BASIC: ("secret", "user"),
            SignInKind.HEADER: ("secret", "header"),
            SignInKind.CLIENT_SECRET: ("secret", "token_url", "client"),
            SignInKind.SIGNED_JWT: ("secret", "token_url", "key_id", "client"),
        }
        for name in needed[how.kind]:
            if not getattr(how, name):
                self.fault("sign_in", f"To sign in by {how.kind.value}, “{name}” is needed.")
        may = {"scope"} if how.kind is SignInKind.CLIENT_SECRET else set[str]()
        for name in sorted(how.model_fields_set - {"kind", *needed[how.kind], *may}):
            self.fault("sign_in", f"“{name}” plays no part in {how.kind.value}.", name)
        if how.secret and not _SECRET.fullmatch(how.secret):
            self.fault(
                "sign_in",
                "“secret” is the name under which the keyring holds it: letters, figures, dots, "
                "dashes and underscores. The secret itself never stands in this file.",
                "secret",
            )
        if how.token_url and not _HTTPS.fullmatch(how.token_url):
            self.fault("sign_in", "A token is fetched over https.", "token_url")

    def _values(self) -> None:
        for word, meaning in self._p.values.get("restricted", {}).items():
            if meaning not in ("yes", "no"):
                self.fault(
                    "values", f"“{word}” means yes or no, not “{meaning}”.", "restricted", word
                )
        for kind in sorted(set(self._p.values.get("kind", {}).values()) - _INVOLVED):
            self.fault("values", f"“{kind}” is not a kind of involvement.", "kind")

    def _pds(self) -> None:
        steps = self._p.steps
        first = next((s for s in steps if s is not PdsStep.NUMBER), None)
        if len(set(steps)) != len(steps):
            self.fault("steps", "A step is there twice.")
        if first is None:
            self.fault(
                "steps", "There is no search: a number that is not known there says nothing."
            )
        elif first is PdsStep.NAME_BORN_POSTCODE:
            self.fault(
                "steps",
                "A search with a postcode leaves restricted people out, so it can't come first.",
            )
        elif first in WIDENING:
            self.fault("steps", "A wider search comes only after one that is exact.")
        widening = [step in WIDENING for step in steps]
        if widening != sorted(widening):
            self.fault("steps", "The wider searches come last.")

    def _rest(self) -> None:
        p = self._p
        if not p.search:
            self.fault("partner", f"“{p.partner}” has no [[partner.search]], so it asks nothing.")
        for i, search in enumerate(p.search):
            said = [v for v in search.body.values() if isinstance(v, str)]
            for text in (*search.query.values(), *said, search.path):
                self._blanks(text, i)
            for name in search.body:
                if any(other.startswith(f"{name}.") for other in search.body):
                    self.fault("search", f"“{name}” is a value and holds others too.", i)
            if search.query and search.body:
                self.fault("search", "A search has a query or a body, not both.", i)
        if p.items and not is_path(p.items):
            self.fault("items", f"“{p.items}” is no path like data.people.")
        self._held(p.fields, "fields")
        for ours, theirs in p.fields.items():
            if not is_field(theirs):
                self.fault("fields", f"“{theirs}” is no path like address.lines[*].", ours)
        if p.page:
            needed = {
                "cursor": ("param", "next"), "number": ("param",), "offset": ("param",),
                "link": ("next",),
            }  # fmt: skip
            for name in needed[p.page.style]:
                if not getattr(p.page, name):
                    self.fault("page", f"To page by {p.page.style}, “{name}” is needed.")
            for name in ("next", "more"):
                path = getattr(p.page, name)
                if path and not is_path(path):
                    self.fault("page", f"“{path}” is no path like meta.next.", name)
        if 200 in p.none_statuses:
            self.fault("none_statuses", "Code 200 is an answer, not that nobody is there.")

    def _blanks(self, text: str, search: int) -> None:
        from triage.domain.live_partner import ASKABLE

        try:
            names = blanks_of(text)
            "".join(text.format_map(dict.fromkeys(ASKABLE, _Anything())))
        except (ValueError, KeyError, IndexError, AttributeError):
            names = None
        if names is None or any(name not in ASKABLE for name in names):
            self.fault(
                "search",
                f"“{text}” has a blank that is not filled. There are {', '.join(ASKABLE)}.",
                search,
            )

    def _view(self) -> None:
        p = self._p
        if not _VIEW.fullmatch(p.view):
            self.fault("view" if p.view else "partner", "A view is named like schema.view.")
        if not _SECRET.fullmatch(p.dsn_secret):
            self.fault(
                "dsn_secret" if p.dsn_secret else "partner",
                "“dsn_secret” is the name under which the keyring holds the connection.",
            )
        self._held(p.columns, "columns")

    def _held(self, names: dict[str, str], key: str) -> None:
        for needed in ("record_id", "family"):
            if needed not in names:
                self.fault(
                    key if names else "partner",
                    f"“{self._p.partner}” has no field for {needed}.",
                )
        for name in names:
            if name not in HELD:
                self.fault(key, f"“{name}” is not a field of a partner's record.", name)


class _Anything:
    """Stands for any fact while a question's text is tried."""

    def __format__(self, form: str) -> str:
        return "x"

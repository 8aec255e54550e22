"""The encrypted line to a partner or mail server: certificates are checked, names too."""

from __future__ import annotations

import ssl
from pathlib import Path

from triage.domain.errors import DeliveryError


def tls_context(
    name: str, ca: Path | None = None, certificate: Path | None = None, password: str = ""
) -> ssl.SSLContext:
    """A context that trusts `ca`, or the system's certificate store where there is none.

    `certificate` is a PEM file with our certificate and its key, `password` that key's. Raises
    DeliveryError, with `name` in it, where a file can't be used.
    """
    try:
        if ca is not None:
            context = ssl.create_default_context(cafile=str(ca))
        else:
            import truststore

            context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, password=password or None)
    except OSError as fault:
        raise DeliveryError(
            f"The certificates for {name} can't be read. Nothing was sent. "
            "Ask whoever looks after this desk to check the files named in requests.toml."
        ) from fault
    return context

"""How long sign-off takes: `python -m tests.bench.signoff` in milliseconds."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests import factory
from tests.bench.measure import in_words, load, measured
from tests.conftest import KEY
from tests.workflow.conftest import Front
from triage.domain.decision import DecisionVersion
from triage.export import document, signing
from triage.export.delivery import CouncilLink
from triage.practice.council import Council
from triage.storage import outbox, workers
from triage.storage.engine import open_file
from triage.workflow import decide, sign

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def told(name: str, act: Callable[[], object]) -> None:
    """One line: what an act takes."""
    print(f"{name}: {in_words(measured(act))}")


def a_front(folder: Path) -> Front:
    """A hub with two people, on an encrypted file."""
    watch = factory.Watch()
    store = open_file(folder / "fanlight.db", KEY)
    both = (factory.RUTH, factory.PRIYA)
    signer = factory.keys(folder / "keys", watch, *both)
    with store.write() as tx:
        for worker in both:
            workers.put(tx, worker, public_jwk=signer.public(worker.id))
    people = factory.People(folder)
    desk = factory.desk(store, folder, watch=watch, signer=signer, people=people)
    return Front(store=store, desk=desk, watch=watch, people=people, folder=folder)


def sent_twice(front: Front) -> DecisionVersion:
    """A decision on two children, returned once, with its analysis written anew."""
    contact = front.bring(
        factory.contact(
            factory.child(),
            factory.child("c2", "Theo", family="Rowe", dob="2023-02-01"),
            rating="red",
        )
    )
    before = "Maya took charge of her brother's safety. Mr Hartley has not been found. " * 20
    first = front.proposed(contact, rating="red", analysis=before)
    sign.look(front.priya, first.id)
    sign.send_back(front.priya, first.id, "Say what this means for Theo.")
    held = decide.decision(front.ruth, contact.id).answers["analysis"]
    now = before.replace("has not been found", "was found at his brother's") + "Theo is three."
    decide.save_answer(front.ruth, contact.id, "analysis", now, held.version)
    return decide.propose(front.ruth, contact.id, urgent_despite_gaps=True, why="Now")


def screen_figures(front: Front, version: DecisionVersion) -> None:
    """From the view in hand to pixels, at 1920 x 1080."""
    from PySide6.QtWidgets import QApplication

    from ui.desk import DeskHolder
    from ui.jobs import Jobs
    from ui.signoff.screen import SignOffScreen, read_version
    from ui.style import install_style
    from ui.theme import install

    app = QApplication([])
    install(app)
    install_style(app)
    jobs = Jobs(app)
    screen = SignOffScreen(DeskHolder(front.priya), jobs)
    screen.resize(1920, 1000)
    screen.show()
    app.processEvents()
    desk = front.priya
    told("decision opened and compared", lambda: read_version(desk, version.id))
    read = read_version(desk, version.id)

    def show() -> None:
        screen.show_read(read)
        app.processEvents()

    told("comparison shown, to pixels", show)
    screen.close()
    jobs.close()


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        front = a_front(folder)
        version = sent_twice(front)
        screen_figures(front, version)
        author, leader = (
            front.desk.signer.signer("rosei", "1111"),
            front.priya.signer.held("pnandra"),
        )
        built = document.build(version, front.desk.profile)
        told("document built", lambda: document.build(version, front.desk.profile))
        told("document checked by its schema", lambda: document.validate(built))
        told("proposal signed", lambda: signing.propose(built, author))
        signed = sign.approve(front.priya, version.id, pin="2222", comment="Agreed.")
        final = document.build(signed, front.desk.profile)
        told("decision signed", lambda: signing.sign(final, leader))
        with front.store.read() as tx:
            delivery = outbox.of_decision(tx, signed.id)[-1]
        jwks = front.desk.signer.jwks()
        told("decision verified", lambda: signing.verify(delivery.document, jwks))
        with Council(folder / "council", hub_jwks=lambda: jwks) as council:
            link = CouncilLink(council.url, receipt_jwks=council.receipt_jwks(), ca=council.ca)
            again = replace(delivery)
            told("one exchange with the council", lambda: link.deliver(again))
        front.store.close()
    print(f"load of the machine: {load()}")


if __name__ == "__main__":
    main()

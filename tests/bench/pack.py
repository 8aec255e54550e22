"""How long a pack takes: `python -m tests.bench.pack` in milliseconds."""

import time
from dataclasses import replace
from itertools import pairwise

from tests.bench.measure import in_words, load, measured
from tests.export.pack_family import COPIES, rowe_decision, rowe_pack
from triage.domain.decision import FrozenPerson


def page_one(pdf: bytes) -> object:
    """Page 1 as the preview shows it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=1.5).to_pil().size
    finally:
        document.close()


def longest_wait(times: int = 10) -> float:
    """The longest the window's loop waited, in milliseconds, while packs were drawn and shown."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from ui.jobs import Jobs
    from ui.printing.page_view import PageView
    from ui.printing.sheets import Sheet, sheets
    from ui.theme import install

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    install(app)
    jobs, view, loop, timer = Jobs(), PageView(), QEventLoop(), QTimer()
    view.resize(1220, 880)
    view.show()
    beats: list[float] = []
    left = times

    def draw() -> tuple[Sheet, ...]:
        return sheets(rowe_pack(COPIES[left % 3]).pdf, view.wanted_width())

    def drawn(pages: tuple[Sheet, ...]) -> None:
        nonlocal left
        view.show_sheets(pages, len(pages))
        left -= 1
        if left:
            jobs.run(draw, drawn)
        else:
            loop.quit()

    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start(1)
    jobs.run(draw, drawn)
    loop.exec()
    timer.stop()
    view.close()
    jobs.close()
    return max(later - earlier for earlier, later in pairwise(beats)) * 1000


def main() -> None:
    """Print the figures."""
    rowe = rowe_decision()
    children = tuple(FrozenPerson(key=f"c{n}", name=f"Child {n}", is_child=True) for n in range(12))
    events = tuple(("2026-01-02", "Police", f"Event {n} " * 12, "Extract") for n in range(40))
    large_family = replace(rowe, people=children, chronology=events, concern=rowe.concern * 12)
    began = time.perf_counter()
    page_one(rowe_pack(COPIES[1]).pdf)
    print(f"first pack, libraries included: {(time.perf_counter() - began) * 1000:.0f} ms")
    for name, act in {
        "4 pages drawn": lambda: rowe_pack(COPIES[1]),
        "4 pages drawn, page 1 shown": lambda: page_one(rowe_pack(COPIES[1]).pdf),
        "12 children, 40 events, page 1 shown": lambda: page_one(
            rowe_pack(COPIES[1], large_family).pdf
        ),
    }.items():
        print(f"{name}: {in_words(measured(act))}")
    print(f"longest wait of the window's loop meanwhile: {longest_wait():.0f} ms")
    print(f"load of the machine: {load()}")


if __name__ == "__main__":
    main()

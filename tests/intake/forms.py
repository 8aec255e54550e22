"""Forms made of a few words, and what is understood of them."""

from triage.domain.contact import Content
from triage.intake.reader import read


def page(html: str) -> Content:
    """What is understood of a page."""
    return read(f"<html><body>{html}</body></html>".encode(), "form.html")[0].content


def table(*rows: str) -> str:
    """A table, its cells parted by bars."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in row.split("|")) + "</tr>"
        for row in rows
    )
    return f"<table>{cells}</table>"


def text(words: str) -> Content:
    """What is understood of a text file."""
    return read(words.encode(), "form.txt")[0].content

"""The answer form as a Word file: the same lines as the message, with room to write."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from triage.domain.request_letter import (
    ANSWER,
    ANSWERED_BY,
    CONDITIONS,
    FORM_BEGINS,
    FORM_ENDS,
    HOW_TO,
    PASS_ON,
    TITLE,
    Letter,
)

if TYPE_CHECKING:
    from docx.document import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_form(letter: Letter) -> bytes:
    """The form for this letter as .docx: real headings and tables, no macro, nothing hidden."""
    import docx  # slow to import, and needed only when something is sent

    made = docx.Document()
    made.core_properties.title = letter.subject
    made.core_properties.author = letter.hub
    # The same letter gives the same bytes: no moment of this computer gets into it.
    made.core_properties.created = made.core_properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    _line(made, letter.marking, bold=True)
    made.add_heading(TITLE, level=1)
    by = f", reply by {letter.reply_by}" if letter.reply_by else ""
    made.add_paragraph(f"{letter.hub}, {letter.reference}{by}")
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for row in letter.lines:
        cells = table.add_row().cells
        cells[0].text = row.label
        cells[1].text = "\n".join(row.values)
    made.add_heading(f"{FORM_BEGINS} {letter.reference}", level=2)
    made.add_paragraph(HOW_TO)
    for number, words in enumerate(letter.questions, 1):
        _line(made, f"{number}. {words}", bold=True)
        made.add_paragraph(f"{ANSWER} {number}: ")
        made.add_paragraph("")
    for label in (ANSWERED_BY, PASS_ON, CONDITIONS):
        made.add_paragraph(f"{label}: ")
    made.add_paragraph(FORM_ENDS)
    _line(made, letter.marking, bold=True)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _line(made: Document, words: str, *, bold: bool) -> None:
    made.add_paragraph().add_run(words).bold = bold

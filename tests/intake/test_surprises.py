"""What was a surprise when real mail and real forms were read, each claimed once."""

from triage.domain.draft import Draft, DraftKind
from triage.intake.sandbox import read_safely

HEAD = (
    b"From: Colette Hughes <c.hughes@stbrannocs.example>\r\nSubject: Referral about a pupil\r\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@stbrannocs.example>\r\n"
)
WORDS = "Child's name: Zoë Lane\r\nDate of birth: 04/05/2018\r\nReason for referral: A bruise.\r\n"


def _one(untrusted: bytes, name: str) -> Draft:
    (draft,) = read_safely(untrusted, name)
    return draft


def test_a_letter_in_an_alphabet_that_does_not_exist_is_read_all_the_same() -> None:
    for named in ("x-nobody-knows", "utf-8-ish", "unknown-8bit"):
        body = f'Content-Type: text/plain; charset="{named}"\r\n\r\n'.encode()
        draft = _one(HEAD + body + WORDS.encode("cp1252"), "letter.eml")
        assert draft.kind is DraftKind.CONTACT
        [child] = draft.content.children
        assert child.name == "Zoë Lane"


def _form(fields: dict[str, str], ticked: str) -> bytes:
    """A PDF with a form: its answers are values of fields, and no text of the page."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [FIELDS] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [FIELDS] >>",
    ]
    first = len(objects) + 1
    for at, (label, value) in enumerate(fields.items()):
        high = 780 - 40 * at
        kind = f"/FT /Tx /V ({value})"
        if label == ticked:
            kind = f"/FT /Btn /V /{value} /AS /{value}"
        objects.append(
            f"<< /Type /Annot /Subtype /Widget {kind} /T ({label}) /TU ({label}) "
            f"/Rect [200 {high} 500 {high + 20}] /F 4 >>".encode()
        )
    named = b" ".join(b"%d 0 R" % n for n in range(first, len(objects) + 1))
    data, offsets = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one.replace(b"FIELDS", named))
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    size, start = len(objects) + 1, len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return data + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def test_answers_typed_into_a_pdf_form_are_read_though_they_are_no_text_of_its_pages() -> None:
    fields = {
        "Child's name": "Poppy Lane",
        "Date of birth": "04/05/2018",
        "Reason for referral": "A bruise on her arm.",
        "Have the parents been informed?": "Yes",
    }
    draft = _one(_form(fields, "Have the parents been informed?"), "form.pdf")
    [child] = draft.content.children
    assert (child.name, child.dob.value) == ("Poppy Lane", "2018-05-04")
    whole = " ".join(part.text for part in draft.parts)
    assert "A bruise on her arm." in whole
    assert "☒" in whole, "a tick, whose value is /Yes, is read as one"

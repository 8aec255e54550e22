"""PDF files that are small, valid, and cost whoever draws them more than they may."""

from collections.abc import Sequence

_PAGE = b"/Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>"
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"


def endless(deep: int = 9, times: int = 10) -> bytes:
    """A page that draws a form ten times, which draws a form ten times, and so on."""
    forms = [
        _stream(_FORM + b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + at), b"/F Do " * times)
        for at in range(deep)
    ]
    last = _stream(_FORM, b"0 0 595 842 re f ")
    return _file(b"0 0 595 842", [_stream(b"", b"/F Do "), *forms, last])


def narrow() -> bytes:
    """A page that is thousands of times as long as it is wide."""
    return _file(b"0 0 3 14400", [_stream(b"", b""), _stream(_FORM, b"")])


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def _file(box: bytes, more: Sequence[bytes]) -> bytes:
    """The objects as a file, with the table of where each begins."""
    page = b"<<%s/MediaBox[%s]>>" % (_PAGE, box)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
    made, begins = b"%PDF-1.7\n", []
    for number, each in enumerate([*objects, *more], start=1):
        begins.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    size = len(begins) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(begins))
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(made))
    return made + table + end

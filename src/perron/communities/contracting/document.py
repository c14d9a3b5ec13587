"""The signed document: the text, who signed it and when, as a PDF. The same bytes for the same agreement."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from perron.communities.contracting.tables import Agreement, Signature
from perron.core.clock import BRUSSELS
from perron.core.text import printable
from perron.privacy.policy.deeds import Block, blocks
from perron.privacy.policy.labels import day_words

_INK, _SOFT = HexColor("#1c1a17"), HexColor("#5c564d")
_MARGIN = 20 * mm


def _style(
    name: str, font: str, size: float, *, before: float = 0, after: float = 4, left: float = 0
) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.35, textColor=_INK, spaceBefore=before,
                          spaceAfter=after, leftIndent=left, keepWithNext=font == "Times-Bold")  # fmt: skip


_TITLE = _style("title", "Times-Bold", 20, after=6)
_HEADING = _style("heading", "Times-Bold", 13, before=10)
_SUBHEADING = _style("subheading", "Times-Bold", 11, before=6)
_TEXT = _style("text", "Helvetica", 9.5)
_FACT = _style("fact", "Helvetica", 9.5, after=3, left=6 * mm)


def as_pdf(agreement: Agreement, signatures: Sequence[Signature]) -> bytes:
    """Write the agreement with its signatures, in its language."""
    pieces = blocks(agreement.text)
    title = next((piece.text for piece in pieces if piece.sort == "title"), "")
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=(210 * mm, 297 * mm), leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN,
        bottomMargin=_MARGIN, title=title, author=agreement.particulars.get("name", ""), subject=agreement.text_hash,
        lang=agreement.language, invariant=1, displayDocTitle=1,
    )  # fmt: skip
    with override(agreement.language):
        story = [flowable for piece in pieces for flowable in _flowables(piece)]
        story.append(KeepTogether(list(_under(agreement, signatures))))
        day = day_words(agreement.policy_version)
        foot = [
            printable(_("Drawn up by the policy in force since %(day)s.") % {"day": day}),
            printable(_("SHA-256 of the text: %(hash)s") % {"hash": agreement.text_hash}),
        ]
    document.build(story, onFirstPage=_footer(foot), onLaterPages=_footer(foot))
    return file.getvalue()


def _flowables(piece: Block) -> Iterator[Flowable]:
    match piece.sort:
        case "title":
            yield _paragraph(piece.text, _TITLE)
        case "heading":
            yield _paragraph(f"{piece.text} ({piece.source})" if piece.source else piece.text, _HEADING)
        case "subheading":
            yield _paragraph(piece.text, _SUBHEADING)
        case "facts":
            for label, values in piece.facts:
                yield _fact(label, values)
        case _:
            yield _paragraph(piece.text, _TEXT)


def _under(agreement: Agreement, signatures: Iterable[Signature]) -> Iterator[Flowable]:
    """Yield the signatures, the partner's first."""
    yield Spacer(0, 4 * mm)
    yield _paragraph(_("Signatures"), _HEADING)
    yield _paragraph(
        _("Signed in the program, each with an account of their own that was confirmed with a second factor."), _TEXT
    )
    for signature in sorted(signatures, key=lambda one: one.side != Signature.Side.PARTNER):
        values = [signature.name, signature.capacity, _moment(signature)]
        if signature.informs_staff:
            values.append(_("Undertakes to inform its staff of what is done with their data."))
        yield _fact(_("Signed %(side)s") % {"side": signature.get_side_display()}, values)
    if agreement.with_children:
        yield _paragraph(_("The sub-organisations of the partner are bound by it too."), _TEXT)


def _moment(signature: Signature) -> str:
    return f"{day_words(signature.on)}, {signature.at.astimezone(BRUSSELS):%H:%M:%S}"


def _fact(label: str, values: Iterable[str]) -> Paragraph:
    said = "<br/>".join(escape(printable(value)) for value in values)
    return Paragraph(f"<b>{escape(printable(label))}</b><br/>{said}", _FACT)


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(printable(text)), style)


def _footer(said: Sequence[str]) -> Callable[[Canvas, SimpleDocTemplate], None]:
    """Return what writes the foot of each page."""

    def draw(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 6.5)
        canvas.setFillColor(_SOFT)
        for number, line in enumerate(said):
            canvas.drawString(_MARGIN, (11 - 3 * number) * mm, line)
        canvas.drawRightString(210 * mm - _MARGIN, 11 * mm, str(document.page))

    return draw

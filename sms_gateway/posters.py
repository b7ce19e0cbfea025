"""The poster and the wallet cards of a service, as PDF: the number to text, the three keys, in large type.

A page for each language of the service. Whoever reads badly knows the number by its size and its place; so it is the
largest thing there is, and one colour prints well on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from flows import packaged
from sms_gateway import phrases
from sms_gateway.services import ToldService

PROCEDURES_SHOWN = 8
CARDS_ACROSS, CARDS_DOWN = 2, 5
CARD_WIDTH, CARD_HEIGHT = 85.6 * mm, 54 * mm  # ISO/IEC 7810 ID-1: the size of a bank card
PLAIN, BOLD = "Vera", "VeraBd"  # they come with reportlab, may be embedded, and have all letters of our languages
_MARGIN = 18 * mm
_CARD_MARGIN = 4.5 * mm
_LARGEST_NUMBER = 112  # points
_IN_ONE_COLUMN = 4


@dataclass(frozen=True)
class Leaflet:
    """What is on paper, in one language. text_to, dial: as a person types them; None where there is no such line."""

    language: str
    name: str
    text_to: str | None
    dial: str | None
    procedures: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    price: str
    emergency: str

    def say(self, key: str, **values: str) -> str:
        """A phrase of common.yaml."""
        return phrases.say(self.language, key, **values)


def leaflets(service: ToldService) -> list[Leaflet]:
    """What is on the paper of a service, once in each of its languages."""
    pack = packaged.pack(service.country)
    return [
        Leaflet(
            language=language,
            name=service.name,
            text_to=service.addresses.get("sms"),
            dial=service.addresses.get("ussd"),
            procedures=tuple(line.labels[language] for line in pack.menu if language in line.labels),
            keys=tuple(_key(line) for line in phrases.say(language, "keys_choice").splitlines()),
            price=phrases.price(language),
            emergency=pack.emergency,
        )
        for language in service.languages
    ]


def poster(pages: Sequence[Leaflet]) -> bytes:
    """An A4 page a language."""
    canvas, written = _canvas(pages)
    for page in pages:
        _poster(canvas, page)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def cards(pages: Sequence[Leaflet]) -> bytes:
    """An A4 sheet a language of ten cards as large as a bank card, with lines to cut along."""
    canvas, written = _canvas(pages)
    left = (A4[0] - CARDS_ACROSS * CARD_WIDTH) / 2
    bottom = (A4[1] - CARDS_DOWN * CARD_HEIGHT) / 2
    for page in pages:
        for place in range(CARDS_ACROSS * CARDS_DOWN):
            canvas.saveState()
            canvas.translate(left + place % CARDS_ACROSS * CARD_WIDTH, bottom + place // CARDS_ACROSS * CARD_HEIGHT)
            _card(canvas, page)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _key(line: str) -> tuple[str, str]:
    key, words = line.split(" ", 1)
    return key, words


def _canvas(pages: Sequence[Leaflet]) -> tuple[Canvas, BytesIO]:
    fonts = Path(reportlab.__file__).parent / "fonts"
    for name in (PLAIN, BOLD):
        registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    written = BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=True, lang=pages[0].language)
    canvas.setTitle(pages[0].name)
    canvas.setAuthor(pages[0].name)
    return canvas, written


def _poster(canvas: Canvas, page: Leaflet) -> None:
    width = A4[0] - 2 * _MARGIN
    y = A4[1] - _MARGIN
    y = _paragraph(canvas, page.name, _MARGIN, y, width, BOLD, 26)
    y = _paragraph(canvas, page.say("paper_asks"), _MARGIN, y - 4 * mm, width, PLAIN, 20)
    y = _procedures(canvas, page.procedures[:PROCEDURES_SHOWN], y - 1 * mm, width)
    y = _ways_in(canvas, page, y - 8 * mm, width)
    y = _paragraph(canvas, page.say("paper_keys"), _MARGIN, y - 8 * mm, width, PLAIN, 20)
    _keys(canvas, page.keys, _MARGIN, y - 5 * mm, width, box=25 * mm, size=20)
    _foot(canvas, page, width)


def _procedures(canvas: Canvas, names: Sequence[str], y: float, width: float) -> float:
    """The names one below another, side by side where they are many."""
    columns = 1 if len(names) <= _IN_ONE_COLUMN else 2
    column, largest = width / columns, 20 if columns == 1 else 17
    for at in range(0, len(names), columns):
        y -= largest * 1.4
        for place, name in enumerate(names[at : at + columns]):
            x = _MARGIN + place * column
            size = _fitting(name, PLAIN, column - 8 * mm, largest)
            canvas.setFont(PLAIN, size)
            canvas.circle(x + 1.5 * mm, y + size * 0.35, 1.2 * mm, stroke=0, fill=1)
            canvas.drawString(x + 6 * mm, y, name)
    return y


def _ways_in(canvas: Canvas, page: Leaflet, y: float, width: float) -> float:
    """The black box with the number, or the code to dial where there is no number; the other way in below it."""
    first = ("paper_text", page.text_to) if page.text_to else ("paper_dial", page.dial)
    number = first[1] or ""
    size = _fitting(number, BOLD, width - 16 * mm, _LARGEST_NUMBER)
    height = size * 0.80 + 28 * mm
    canvas.setFillColor(black)
    canvas.roundRect(_MARGIN, y - height, width, height, 4 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(PLAIN, 20)
    canvas.drawCentredString(A4[0] / 2, y - 12 * mm, page.say(first[0]))
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(A4[0] / 2, y - height + 9 * mm, number)
    canvas.setFillColor(black)
    y -= height
    if page.text_to and page.dial:
        y -= 11 * mm
        canvas.setFont(BOLD, 26)
        canvas.drawCentredString(A4[0] / 2, y, f"{page.say('paper_dial')} {page.dial}")
    return y


def _keys(
    canvas: Canvas, keys: Sequence[tuple[str, str]], x: float, y: float, width: float, *, box: float, size: float
) -> None:
    """The keys side by side: the digit as on the phone, and what it does below it."""
    column = width / len(keys)
    for place, (key, words) in enumerate(keys):
        middle = x + column * (place + 0.5)
        canvas.setLineWidth(box / 16)
        canvas.roundRect(middle - box / 2, y - box, box, box, box / 6, stroke=1, fill=0)
        canvas.setFont(BOLD, box * 0.72)
        canvas.drawCentredString(middle, y - box * 0.76, key)
        canvas.setFont(PLAIN, _fitting(words, PLAIN, column - 2 * mm, size))
        canvas.drawCentredString(middle, y - box - size * 1.25, words)


def _foot(canvas: Canvas, page: Leaflet, width: float) -> None:
    said = [
        page.say("paper_machine"),
        page.price,
        page.say("paper_secret"),
        page.say("paper_danger", number=page.emergency),
    ]
    size, leading = 15, 20
    lines = [
        (line, BOLD if sentence is said[-1] else PLAIN)
        for sentence in said
        for line in simpleSplit(sentence, BOLD if sentence is said[-1] else PLAIN, size, width)
    ]
    y = _MARGIN + leading * (len(lines) - 1)
    canvas.setLineWidth(1)
    canvas.line(_MARGIN, y + leading + 2 * mm, _MARGIN + width, y + leading + 2 * mm)
    for line, font in lines:
        canvas.setFont(font, size)
        canvas.drawString(_MARGIN, y, line)
        y -= leading


def _card(canvas: Canvas, page: Leaflet) -> None:
    canvas.setLineWidth(0.3)
    canvas.setDash(2, 2)
    canvas.rect(0, 0, CARD_WIDTH, CARD_HEIGHT)
    canvas.setDash()
    width = CARD_WIDTH - 2 * _CARD_MARGIN
    canvas.setFont(BOLD, _fitting(page.name, BOLD, width, 11))
    canvas.drawString(_CARD_MARGIN, CARD_HEIGHT - 8 * mm, page.name)
    first = ("paper_text", page.text_to) if page.text_to else ("paper_dial", page.dial)
    canvas.setFont(PLAIN, 8)
    canvas.drawString(_CARD_MARGIN, CARD_HEIGHT - 12.5 * mm, page.say(first[0]))
    both = bool(page.text_to and page.dial)
    number = first[1] or ""
    canvas.setFont(BOLD, _fitting(number, BOLD, width, 34 if not both else 28))
    canvas.drawString(_CARD_MARGIN, CARD_HEIGHT - (22.5 if both else 24) * mm, number)
    if both:
        canvas.setFont(BOLD, 10)
        canvas.drawString(_CARD_MARGIN, CARD_HEIGHT - 28 * mm, f"{page.say('paper_dial')} {page.dial}")
    _keys(canvas, page.keys, _CARD_MARGIN, 24 * mm, width, box=8.5 * mm, size=8)
    canvas.setFont(PLAIN, _fitting(page.say("paper_secret"), PLAIN, width, 6.5))
    canvas.drawString(_CARD_MARGIN, 6.6 * mm, page.say("paper_secret"))
    canvas.setFont(BOLD, 6.5)
    canvas.drawString(_CARD_MARGIN, 3.4 * mm, page.say("paper_danger", number=page.emergency))


def _paragraph(canvas: Canvas, text: str, x: float, y: float, width: float, font: str, size: float) -> float:
    """Write a text in lines below y; the y below them."""
    for line in simpleSplit(text, font, size, width):
        y -= size * 1.2
        canvas.setFont(font, size)
        canvas.drawString(x, y, line)
    return y


def _fitting(text: str, font: str, width: float, largest: float) -> float:
    """The largest size in points, at most `largest`, at which a text is on one line."""
    wide = stringWidth(text, font, largest)
    return float(largest if wide <= width else largest * width / wide)

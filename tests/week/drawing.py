"""Plain SVG, drawn by hand: lines over time, curves of waits, bars. Readable without colour: lines differ by dashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 320, 60, 20, 40, 60
_DASHES = ("", "8 4", "2 3")
_COLOURS = ("#1b4d89", "#a8321e", "#3d6b2a")


@dataclass(frozen=True)
class Line:
    """Points of a line, each as parts from 0 to 1 of the picture's width and height."""

    name: str
    points: Sequence[tuple[float, float]]


def lines(title: str, drawn: Sequence[Line], *, across: Sequence[str], up: Sequence[str], about: str) -> str:
    """A picture of lines. `across` and `up`: labels at equal distances, from the first to the last."""
    body = [*_frame(across, up)]
    for at, line in enumerate(drawn):
        points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in line.points)
        dash = f' stroke-dasharray="{_DASHES[at % 3]}"' if _DASHES[at % 3] else ""
        body.append(f'<polyline points="{points}" fill="none" stroke="{_COLOURS[at % 3]}" stroke-width="2"{dash}/>')
        body.append(_legend(at, line.name))
    return _picture(title, about, body)


def bars(title: str, heights: Sequence[float], *, across: Sequence[str], up: Sequence[str], about: str) -> str:
    """A picture of bars, each a part from 0 to 1 of the height."""
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(heights))
    body = [*_frame(across, up)]
    for at, height in enumerate(heights):
        if height > 0:
            size = f'width="{wide * 0.8:.1f}" height="{_y(0) - _y(height):.1f}"'
            body.append(f'<rect x="{LEFT + at * wide:.1f}" y="{_y(height):.1f}" {size} fill="{_COLOURS[0]}"/>')
    return _picture(title, about, body)


def _picture(title: str, about: str, body: Iterable[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12">'
    )
    parts = [head, f"<title>{escape(title)}</title>", f"<desc>{escape(about)}</desc>"]
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>')
    parts.append(f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>')
    return "\n".join([*parts, *body, "</svg>", ""])


def _frame(across: Sequence[str], up: Sequence[str]) -> Iterable[str]:
    for at, label in enumerate(up):
        y = _y(at / max(1, len(up) - 1))
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
    for at, label in enumerate(across):
        x = _x(at / max(1, len(across) - 1))
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{escape(label)}</text>'


def _legend(at: int, name: str) -> str:
    x, y = LEFT + at * 250, HEIGHT - 14
    dash = f' stroke-dasharray="{_DASHES[at % 3]}"' if _DASHES[at % 3] else ""
    stroke = f'stroke="{_COLOURS[at % 3]}" stroke-width="2"{dash}'
    drawn = f'<line x1="{x}" y1="{y - 4}" x2="{x + 30}" y2="{y - 4}" {stroke}/>'
    return f'{drawn}<text x="{x + 36}" y="{y}">{escape(name)}</text>'


def _x(part: float) -> float:
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def _y(part: float) -> float:
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

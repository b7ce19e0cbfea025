"""A reply → what the phone shows: SMS bodies, and USSD screens cut at words, by septets, with the legend on each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.alphabet import BASIC, EXTENSION, fits_gsm, measure, rewrite, septets
from flows.machine import GROUP
from flows.session import Reply, Turn

__all__ = ["SCREEN", "Screen", "kept", "previous_page", "sms", "ussd"]

SCREEN = 160  # septets of a USSD screen that goes on
LAST_SCREEN = 182  # what a screen that ends the session may hold at most
FULL_ENOUGH = 0.4  # a screen filled so far ends at a line rather than in the middle of a sentence
LONGEST_PIECE = 40  # septets: longer words are cut, longer options wrap; so one fits beside any head and legend
KEY_MORE = "8"
NOT_GSM = re.compile("[^" + re.escape(BASIC + EXTENSION) + "]+")
FOREIGN = "..."  # USSD carries GSM-7 only; what it lacks (a name in another script) stands whole in the SMS


@dataclass(frozen=True, slots=True)
class Screen:
    """One USSD screen. next_page: what `8` turns to, None on the last one.

    reached: this screen, or one before it, shows the question (its first option, where it has any).
    """

    text: str
    expects_answer: bool
    next_page: int | None = None
    reached: bool = True


# ---- SMS ----


def sms(said: Turn | Sequence[Reply]) -> tuple[str, ...]:
    """SMS bodies, accents rewritten, ready for the outbox. Short replies that follow one another share one text.

    A list that must be kept stays a text of its own.
    """
    replies = said.replies if isinstance(said, Turn) else said
    bodies: list[tuple[str, bool]] = []
    for reply in replies:
        body = rewrite(_whole(reply))
        if not body:
            continue
        joined = f"{bodies[-1][0]}\n{body}" if bodies and not bodies[-1][1] and not reply.keep else ""
        if joined and measure(joined).segments == 1:
            bodies[-1] = (joined, False)
        else:
            bodies.append((body, reply.keep))
    return tuple(body for body, _ in bodies)


def kept(said: Turn | Sequence[Reply]) -> tuple[str, ...]:
    """The SMS bodies to send beside a USSD screen: what vanishes with the screen and must stay."""
    replies = said.replies if isinstance(said, Turn) else said
    return tuple(rewrite(reply.text) for reply in replies if reply.keep and reply.text)


def _whole(reply: Reply) -> str:
    return "\n".join(part for part in (reply.text, *reply.options, *reply.legend) if part)


# ---- USSD ----


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with the blank before it, or an option line; `group` counts screens of options from 0.

    size: septets of the text. Words are weighed once: a screen is filled several times before it stands.
    """

    text: str
    blank: str
    size: int
    group: int = -1


@dataclass(frozen=True, slots=True)
class Content:
    """All that a turn has to show, before it is cut: pieces, what stays on top, the lines of the legend."""

    pieces: tuple[Piece, ...]
    head: str = ""
    legend: tuple[str, ...] = ()
    more: str = KEY_MORE
    back: str = ""
    more_head: str = ""
    expects_answer: bool = False
    question: int = 0


def ussd(replies: Sequence[Reply], page: int = 0) -> Screen:
    """The screen of a turn's replies that begins after `page` pieces (`session.page`). Nothing is dropped: `8` goes on.

    The legend is that of the last reply; it is reserved first. Where the last reply expects no answer and all fits, the
    screen ends the session.
    """
    if page <= 0 and (whole := _one_screen(replies)):
        return whole
    content = _content(replies)
    start = min(max(page, 0), max(len(content.pieces) - 1, 0))
    text, end = _page(content, start)
    following = end if end < len(content.pieces) else None
    return Screen(text, content.expects_answer or following is not None, following, end > content.question)


def _one_screen(replies: Sequence[Reply]) -> Screen | None:
    """The short way: all of it on one screen, as it mostly is."""
    if not replies or len(replies[-1].options) > GROUP:
        return None
    last = replies[-1]
    lines = [reply.text for reply in replies if reply.head and reply.text]
    for reply in replies:
        if not reply.head and reply.text:
            lines.append(reply.text)
        lines += reply.options
    lines += [line for line in last.legend if line != last.more]
    text = _gsm("\n".join(lines))
    if septets(text) > (SCREEN if last.expects_answer else LAST_SCREEN):
        return None
    return Screen(text, last.expects_answer)


def previous_page(replies: Sequence[Reply], page: int) -> int:
    """Where the screen before `page` begins."""
    starts = [start for start in _starts(_content(replies)) if start < page]
    return starts[-1] if starts else 0


def _starts(content: Content) -> Iterator[int]:
    start = 0
    while True:
        yield start
        _, end = _page(content, start)
        if end >= len(content.pieces):
            return
        start = end


def _page(content: Content, start: int) -> tuple[str, int]:
    """The text of the screen that begins at a piece, and the piece at which the next one begins."""
    top = "\n".join(part for part in (content.head, _more_head(content, start)) if part)
    legend = content.legend
    if start and content.back and content.back not in legend:
        legend = (*legend, content.back)
    bottom = "\n".join(legend)
    room = SCREEN if content.expects_answer else LAST_SCREEN
    body, end = _fill(content, start, room - _taken(top, bottom))
    if end < len(content.pieces):
        bottom = "\n".join((*legend, content.more))
        body, end = _fill(content, start, SCREEN - _taken(top, bottom))
    return "\n".join(part for part in (top, body, bottom) if part), end


def _taken(*parts: str) -> int:
    return sum(septets(part) + 1 for part in parts if part)


def _more_head(content: Content, start: int) -> str:
    later = 0 < start < len(content.pieces) and content.pieces[start].group > 0
    return content.more_head if later else ""


def _fill(content: Content, start: int, room: int) -> tuple[str, int]:
    """As many pieces as fit, at least one; options of the next group begin a screen of their own."""
    pieces = content.pieces
    if start >= len(pieces):
        return "", start
    end, used, line = start + 1, pieces[start].size, start
    while end < len(pieces):
        piece = pieces[end]
        needed = piece.size + len(piece.blank)
        if piece.group > 0 and piece.group != pieces[end - 1].group:
            break
        if used + needed > room:
            end = line if line > start and not piece.blank.startswith("\n") else end
            break
        if piece.blank == "\n" and used > room * FULL_ENOUGH:
            line = end
        used += needed
        end += 1
    return pieces[start].text + "".join(piece.blank + piece.text for piece in pieces[start + 1 : end]), end


def _content(replies: Sequence[Reply]) -> Content:
    if not replies:
        return Content(())
    last = replies[-1]
    pieces = [piece for reply in replies[:-1] if not reply.head for piece in _pieces(reply)]
    question = len(pieces)
    if not last.head:
        pieces += _pieces(last)
    options = next((position for position, piece in enumerate(pieces) if piece.group >= 0), question)
    return Content(
        pieces=tuple(pieces),
        head="\n".join(_gsm(reply.text) for reply in replies if reply.head and reply.text),
        legend=tuple(_gsm(line) for line in last.legend if line != last.more),
        more=_gsm(last.more) or KEY_MORE,
        back=_gsm(last.back),
        more_head=_gsm(last.more_head),
        expects_answer=last.expects_answer,
        question=options,
    )


def _gsm(text: str) -> str:
    """The text as USSD can carry it."""
    written = rewrite(text)
    return written if fits_gsm(written) else NOT_GSM.sub(FOREIGN, written)


def _pieces(reply: Reply) -> Iterator[Piece]:
    for line in _gsm(reply.text).split("\n"):
        yield from _words(line, -1)
    for index, option in enumerate(reply.options):
        line = _gsm(option).replace("\n", " ")
        if (size := septets(line)) <= LONGEST_PIECE:
            yield Piece(line, "\n", size, index // GROUP)
        else:
            yield from _words(line, index // GROUP)


def _words(line: str, group: int) -> Iterator[Piece]:
    blank = "\n"
    for word in line.split(" "):
        for part in _cut(word) if len(word) > LONGEST_PIECE // 2 else (word,) if word else ():
            yield Piece(part, blank, septets(part), group)
            blank = ""
        blank = " "


def _cut(word: str) -> Iterator[str]:
    while septets(word) > LONGEST_PIECE:
        end = LONGEST_PIECE if septets(word[:LONGEST_PIECE]) <= LONGEST_PIECE else LONGEST_PIECE // 2
        yield word[:end]
        word = word[end:]
    if word:
        yield word

"""Turns over HTTP on the real web server: a USSD hop, and a text that must be on disk before the answer."""

import http.client
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import urlencode, urlsplit

from tests.bench import floor as floor_server
from tests.bench.installation import Installation, floor, web
from tests.bench.rounds import Figure, compare

CONNECTIONS = 4  # a gateway's, each with one phone at a time
HOPS = 20  # of one phone in one round
TEXTS = 10  # of one phone: fewer than may be answered to one phone in ten minutes
PHONES_TEXTING = 2  # of one connection in one round
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Post = tuple[str, dict[str, str]]  # path, form

_serial = count(1)


def hop_figure(installation: Installation) -> Figure:
    """USSD hops a second; neither side waits for the disk."""
    hook = f"/hooks/africastalking/{installation.hook_secret}/ussd"
    return _figure(
        f"a USSD hop over HTTP, {installation.kind}", installation, durable=False, talk=lambda: _dialling(hook)
    )


def text_figure(installation: Installation) -> Figure:
    """Texts taken a second; both sides wait for the disk before they answer."""
    hook = f"/hooks/africastalking/{installation.hook_secret}/sms"
    return _figure(f"a text over HTTP, {installation.kind}", installation, durable=True, talk=lambda: _texting(hook))


def _figure(name: str, installation: Installation, *, durable: bool, talk: Callable[[], list[Post]]) -> Figure:
    floor_server.prepare(installation.url, [])
    with web(installation) as ours, floor(installation, durable=durable) as theirs:

        def our_round() -> float:
            return _rate(ours, [talk() for _ in range(CONNECTIONS)])

        def floor_round() -> float:
            talks = [[_as_floor(post) for post in talk()] for _ in range(CONNECTIONS)]
            floor_server.prepare(installation.url, [_phone(form) for posts in talks for _path, form in posts])
            return _rate(theirs, talks)

        return compare(
            name,
            unit="answers a second",
            beside=f"Flask, one INSERT, one UPDATE, {'waiting' if durable else 'not waiting'} for the disk",
            ours=our_round,
            floor=floor_round,
            quicker=True,
        )


def _dialling(hook: str) -> list[Post]:
    """A phone dials, says its language, goes into the flow, and then on and back again and again."""
    session, phone = next(_serial), _new_phone()
    keys = ["", "1", "1", *(("1", "9") * (HOPS // 2))][:HOPS]
    posts, typed = [], ""
    for key in keys:
        typed = f"{typed}*{key}" if typed else key
        form = {"sessionId": f"bench-{session}", "phoneNumber": phone, "serviceCode": "*384*77#", "text": typed}
        posts.append((hook, form))
    return posts


def _texting(hook: str) -> list[Post]:
    """Phones name the flow, and then go on and back again and again."""
    posts = []
    for _ in range(PHONES_TEXTING):
        phone = _new_phone()
        for text in ["lost id", *(("1", "9") * TEXTS)][:TEXTS]:
            form = {"id": f"bench-{next(_serial)}", "from": phone, "to": "22384", "text": text, "date": ""}
            posts.append((hook, form))
    return posts


def _new_phone() -> str:
    return f"+25471{next(_serial):07d}"


def _phone(form: dict[str, str]) -> str:
    return form.get("phoneNumber") or form["from"]


def _as_floor(post: Post) -> Post:
    return f"/floor?key={next(_serial)}", post[1]


def _rate(url: str, talks: list[list[Post]]) -> float:
    """Answers a second with one connection for each talk, all at once. Any other answer than 200 is an error."""
    with ThreadPoolExecutor(len(talks)) as phones:
        began = time.perf_counter()
        answered = sum(phones.map(lambda talk: sum(1 for _ in _answers(url, talk)), talks))
        return answered / (time.perf_counter() - began)


def _answers(url: str, talk: list[Post]) -> Iterator[bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        for path, form in talk:
            connection.request("POST", path, urlencode(form), FORM)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or ("phoneNumber" in form and not body.startswith(b"CON ")):
                raise RuntimeError(f"{answer.status} {body[:200]!r} for {form}")
            yield body
    finally:
        connection.close()

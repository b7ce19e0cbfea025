"""Two web processes on one port, as `guichet run` starts them, with an application that tells and takes its time."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from sms_gateway.children import end_with_parent
from sms_gateway.web_server import Door, server


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """/slow takes 0.3 s; /echo says what came; anything else says which process answers. A query is noted as begun."""
    path = environ["PATH_INFO"]
    if environ["QUERY_STRING"]:
        note = os.open(os.environ["BEGUN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(note, environ["QUERY_STRING"].encode() + b"\n")
        os.close(note)
    if path == "/slow":
        time.sleep(0.3)
    if path == "/broken":
        raise RuntimeError("a fault of the application")
    said = str(os.getpid()).encode()
    if path.startswith("/echo"):
        body = environ["wsgi.input"].read()
        kept = {name: value for name, value in environ.items() if isinstance(value, str)}
        said = repr((kept, len(body), body[:100])).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [said]


def door() -> Door:
    """What granian calls in the process that serves."""
    end_with_parent()
    return Door(application, threads=4)


if __name__ == "__main__":
    server("tests.setup.slow_server:door", bind="127.0.0.1", port=int(sys.argv[1])).serve()

"""Versions of flows: whole, frozen bundles, found by their content's hash; a conversation keeps the one it began on.

`in_use` is what conversations need, `library` what a start needs; the editor has `overview`, `drafts`, `publishing`.
"""

from flows.machine import Machine
from sms_gateway.flow_versions.in_use import (
    Published,
    dialogue,
    machine,
    menu,
    procedure,
    published,
    short_menu,
    titles,
)
from sms_gateway.flow_versions.library import register_shipped

__all__ = [
    "Machine",
    "Published",
    "dialogue",
    "machine",
    "menu",
    "procedure",
    "published",
    "register_shipped",
    "short_menu",
    "titles",
]

"""Walks a flow through every state that a person can bring it to, and tells where a promise breaks.

`explore(machine)` goes breadth first from the start in each language and on each channel, by everything that can happen
at a place (`acts`), and keeps apart what can matter later (`states`). After each event all `promises` are looked at;
the first, so the shortest, conversation that breaks one is told as a written conversation (`report`).
"""

from flows.explorer.acts import Act, Kind, Persona
from flows.explorer.library import in_files, shipped
from flows.explorer.report import Broken, Explored
from flows.explorer.walking import LIMIT, explore

__all__ = ["LIMIT", "Act", "Broken", "Explored", "Kind", "Persona", "explore", "in_files", "shipped"]

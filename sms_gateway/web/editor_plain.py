"""Plain language in the reader's language: what a rule asks for in one sentence, and in few words what is wrong."""

import re

from sms_gateway.web.words import SOURCE_LANGUAGE, _, current_language

QUOTED = re.compile(r"`([^`]+)`")
INSTEAD = re.compile(r"Say: (.+?)\.?$")


def advice(rule: str, message: str) -> str:
    """What a rule asks for; empty for any other rule, and in English: there the checker's own words tell more."""
    if current_language() == SOURCE_LANGUAGE:
        return ""
    quoted = QUOTED.findall(message)
    said = ", ".join(dict.fromkeys(quoted)) if rule in {"L08", "L09", "L13"} else "".join(quoted[:1])
    instead = INSTEAD.search(message)
    return _of_words(rule, said, instead[1] if instead else "") or _of_shape(rule, said)


def fault(rule: str, message: str) -> str:
    """What is wrong, in a few words, for the list of what stops publishing; empty for a rule that never does."""
    said = "".join(QUOTED.findall(message)[:1])
    match rule:
        case "L01":
            return _("a sentence is too long")
        case "L07":
            return _("the option “%(words)s” is too long", words=said)
        case "L09":
            return _("several questions in one message")
        case "L10":
            return _("no example of the answer")
        case "L11":
            return _("“%(words)s” is a word of offices", words=said)
        case "L12":
            return _("not everybody knows “%(words)s”", words=said)
        case "L13":
            return _("too many rare words")
        case "L15":
            return _("“%(words)s” is no number in figures", words=said)
        case "L16":
            return _("the day “%(words)s” is not clear", words=said)
        case "L17":
            return _("the hour “%(words)s” is not clear", words=said)
        case "L18":
            return _("a sentence says no twice")
        case "L20":
            return _("“%(words)s” may hurt people", words=said)
        case "L26":
            return _("“%(words)s” needs the internet", words=said)
        case "L32":
            return _("the same words as in the first language")
    return ""


def _of_words(rule: str, said: str, instead: str) -> str:
    """The rules that look at single words."""
    match rule:
        case "L11" if instead:
            return _("“%(words)s” is a word of offices. Say: %(instead)s.", words=said, instead=instead)
        case "L12":
            return _("Not everybody knows “%(words)s”. Say it in words.", words=said)
        case "L13":
            return _("Rare words: %(words)s. Use words that people say every day.", words=said)
        case "L14":
            return _("“%(words)s” is a long word. Find a shorter one.", words=said)
        case "L15":
            return _("“%(words)s” is hard to read. Write the number in figures, by 2 or 3.", words=said)
        case "L16":
            return _("“%(words)s” is read in two ways. Name the day, and the month in letters.", words=said)
        case "L17":
            return _("“%(words)s”: write the hour as people say it, with its part of the day.", words=said)
        case "L18":
            return _("“%(words)s” says no twice, or asks with a no. Say what to do.", words=said)
        case "L19":
            return _("“%(words)s” sounds like an office. Say it as you would aloud.", words=said)
        case "L20":
            return _("“%(words)s” may hurt people. Say what to do next.", words=said)
        case "L26":
            return _("“%(words)s”: a basic phone opens no site. Say where to go, or whom to call.", words=said)
        case "L27":
            return _("What does a call to %(words)s cost? Say it behind the number.", words=said)
        case "L31":
            return _("“%(words)s” is hard to read. Write plain words and full stops.", words=said)
    return ""


def _of_shape(rule: str, said: str) -> str:
    """The rules that look at a whole sentence, its options, or a question."""
    match rule:
        case "L01":
            return _("The sentence “%(words)s” is long. Cut it in two.", words=said)
        case "L02":
            return _("This takes more than one SMS, at its longest. Shorten it, or make two steps of it.")
        case "L05":
            return _("These are many options. Ask in two steps.")
        case "L06":
            return _("Too many menus before anything useful is said. Tell something first, or leave one out.")
        case "L07":
            return _("The option “%(words)s” is long. Write a noun, or a verb and a noun.", words=said)
        case "L08":
            return _("Two options look alike: %(words)s. Begin them with different words.", words=said)
        case "L09" if said:
            return _("These are many things to do at once: %(words)s. Keep two, the rest in its own step.", words=said)
        case "L09":
            return _("These are several questions at once. Ask one, and the next in its own step.")
        case "L10":
            return _("How is the answer written? End with an example: “%(words)s”.", words=said)
        case "L32":
            return _("This is the same as in the first language. Translate it.")
        case "L34":
            return _("Nothing uses this answer. Leave the question out, or give it to whoever answers.")
    return ""

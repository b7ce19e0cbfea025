"""Names of countries and languages in the reader's language, by CLDR."""

from babel import Locale, UnknownLocaleError

from sms_gateway.web.words import current_language

TERRITORIES = {"france": "FR", "kenya": "KE", "cote_divoire": "CI"}  # a country pack → ISO 3166


def country_name(country: str, otherwise: str) -> str:
    """The country of a pack; `otherwise` (the service's name) for one that has no territory of its own."""
    territory = TERRITORIES.get(country)
    name = Locale.parse(current_language()).territories.get(territory) if territory else None
    return (name or otherwise).replace("'", "’")


def language_name(language: str) -> str:
    """A language as the reader calls it."""
    try:
        return str(Locale.parse(language).get_language_name(current_language()) or language)
    except (UnknownLocaleError, ValueError):
        return language

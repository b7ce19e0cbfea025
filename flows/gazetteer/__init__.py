"""Where people live: towns, departments, counties and postcodes of each country, found as people type them."""

from flows.gazetteer.finding import find, find_among, is_named
from flows.gazetteer.place import NOWHERE, Area, Found, Kind, Place
from flows.gazetteer.region import region_key, region_of

__all__ = ["NOWHERE", "Area", "Found", "Kind", "Place", "find", "find_among", "is_named", "region_key", "region_of"]

"""No page that anybody can open holds a phone number: neither a person's nor a volunteer's, in no form."""

import re
from itertools import product

from sqlalchemy import select

from sms_gateway.store.tables import accounts, flow_versions
from tests.web.house import LOGINS, House, Visitor

CITIZENS = ("+99961112233", "+99961112244")
INSIDE_A_TEXT = "0687654321"
VOLUNTEERS = ("+99933100001", "+99925410001", "+99922510001", "+33698765432")


def digits(text: str) -> str:
    """A page's digits, with what may stand between those of a number taken out."""
    return re.sub(r"(?<=\d)[\s.\-]+(?=\d)", "", text)


def every_page(house: House, visitor: Visitor) -> dict[str, str]:
    """What this visitor gets for every address that can be opened, those of cases and accounts among them."""
    with house.services.database.read() as tx:
        account_ids = list(tx.execute(select(accounts.c.id)).scalars())
        version_ids = list(tx.execute(select(flow_versions.c.id)).scalars())
    known: dict[str, list[int] | list[str]] = {
        "number": house.numbers(),
        "account_id": account_ids,
        "version_id": version_ids,
        "page": ["help"],
        "language": ["fr"],
        "list_id": [1],
        "country": ["kenya"],
        "code": ["lost_id"],
        "name": ["how", "lost_id_sw"],  # a step, and a written conversation
    }
    pages = {}
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "health.all_metrics"}:
            continue
        for values in product(*(known[argument] for argument in rule.arguments)):
            built = rule.build(dict(zip(rule.arguments, values, strict=True)))
            assert built is not None
            answer = visitor.get(built[1])
            if answer.status_code == 200:
                pages[built[1]] = answer.text
    return pages


def test_no_page_holds_a_phone_number(house: House) -> None:
    house.signed_in("claire").post(
        "/desk/volunteers/new", {"name": "Ida", "login": "ida", "phone": VOLUNTEERS[3], "languages": "fr"}
    )
    for phone in CITIZENS:
        house.ask_for_a_person(phone, f"rappelez ma voisine au {INSIDE_A_TEXT} svp")
    house.work()
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    hidden = [number.lstrip("+")[3:] for number in (*CITIZENS, *VOLUNTEERS)] + [INSIDE_A_TEXT[1:]]
    opened = 0
    visitors = [house.visitor(), awa] + [house.signed_in(login) for login in LOGINS.values()]
    for visitor in visitors:
        for path, page in every_page(house, visitor).items():
            opened += 1
            assert [number for number in hidden if number in digits(page)] == [], path
    assert opened > 60

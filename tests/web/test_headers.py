"""What every answer says to the browser, and that no form is taken without its token."""

import pytest

from tests.web.house import House

EVERY_ANSWER = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.mark.parametrize("path", ["/", "/phone", "/login", "/inbox", "/nothing", "/health/live", "/static/guichet.css"])
def test_every_answer_has_the_same_headers(house: House, path: str) -> None:
    answer = house.visitor().get(path)
    assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER
    assert "Strict-Transport-Security" not in answer.headers  # it is not behind https


@pytest.mark.parametrize("path", ["/", "/phone", "/login", "/inbox", "/nothing"])
def test_no_page_is_kept_in_a_cache(house: House, path: str) -> None:
    assert house.visitor().get(path).headers["Cache-Control"] == "no-store"


def test_a_static_file_is_kept_until_its_content_changes(house: House) -> None:
    page = house.visitor().get("/").text
    address = page.partition('href="/static/guichet.css')[2].partition('"')[0]
    answer = house.visitor().get("/static/guichet.css" + address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(house: House) -> None:
    visitor = house.visitor()
    page, entered = visitor.get("/login"), visitor.sign_in("awa")
    given = page.headers.getlist("Set-Cookie") + entered.headers.getlist("Set-Cookie")
    assert len(given) >= 2
    for cookie in given:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_every_form_needs_its_token_but_for_the_hooks(house: House) -> None:
    visitor = house.signed_in("claire")
    for rule in house.app.url_map.iter_rules():
        if "POST" not in (rule.methods or set()) or rule.endpoint.startswith("hooks."):
            continue
        built = rule.build(dict.fromkeys(rule.arguments, 1))
        assert built is not None
        for form in ({}, {"csrf_token": "IjEi.made.up"}):
            answer = visitor.client.post(built[1], data=form)
            assert answer.status_code == 400, rule.endpoint
    assert house.hook("sms", id="1", **{"from": "+99900000001", "to": "38000", "text": "0"}).status_code == 200


def test_the_token_of_another_browser_is_refused(house: House) -> None:
    mine, theirs = house.signed_in("claire"), house.visitor()
    answer = mine.client.post("/account/language", data={"csrf_token": theirs.token(), "language": "en"})
    assert answer.status_code == 400


def test_an_endless_form_is_refused(house: House) -> None:
    answer = house.visitor().post("/login", {"login": "a" * 300_000})
    assert answer.status_code == 413

"""A session is stored and read again as it was; every format that ever existed is read."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.session import Answer, Aside, Channel, Session, SessionError, Status, decode, encode
from tests.scale import scaled

values = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=30)) | st.dictionaries(
    st.text(max_size=8), st.text(max_size=8), max_size=3
)
sessions = st.builds(
    Session,
    machine=st.text(max_size=64),
    step=st.text(max_size=20),
    channel=st.sampled_from(Channel),
    language=st.sampled_from(["fr", "en", "sw", ""]),
    status=st.sampled_from(Status),
    answers=st.lists(
        st.builds(Answer, st.text(max_size=9), values, st.integers(0, 99), st.lists(st.text(max_size=9)).map(tuple)),
        max_size=5,
    ).map(tuple),
    lead=st.lists(st.text(max_size=12), max_size=3).map(tuple),
    tries=st.integers(0, 3),
    page=st.integers(0, 200),
    values=st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3),
)


@settings(max_examples=scaled(4000), deadline=None)
@given(sessions, st.one_of(st.none(), st.sampled_from(Aside)), values)
def test_a_session_comes_back_as_it_was(session, aside, guess):
    stored = replace(session, aside=aside, guess=guess if aside else None)
    assert decode(encode(stored)) == stored


FORMAT_1 = (
    '{"format":1,"machine":"abc","step":"age","channel":"ussd","language":"fr","status":"active",'
    '"answers":[["comment","perdue",0,[]],["lieu",{"place":"Lyon"},3,["plainte"]]],"lead":["qui#1"],"tries":1,"page":4,'
    '"aside":"nearly","guess":34,"values":{"case":"4271"}}'
)


def test_a_session_of_format_1_is_read():
    assert decode(FORMAT_1) == Session(
        machine="abc",
        step="age",
        channel=Channel.USSD,
        language="fr",
        answers=(Answer("comment", "perdue"), Answer("lieu", {"place": "Lyon"}, 3, ("plainte",))),
        lead=("qui#1",),
        tries=1,
        page=4,
        aside=Aside.NEARLY,
        guess=34,
        values={"case": "4271"},
    )
    assert encode(decode(FORMAT_1)) == FORMAT_1


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '"x"', '{"format":99}', FORMAT_1.replace('"ussd"', '"fax"'), FORMAT_1[:-9], FORMAT_1[1:]],
)
def test_what_is_no_session_is_refused_in_one_way(text):
    with pytest.raises(SessionError):
        decode(text)

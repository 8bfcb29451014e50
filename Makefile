# The one vocabulary, for people and for CI. `make help` lists it.
# Needs: Python 3.11 and Rust. Everything else is set up below .venv and target.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Under --jobs cargo would look here for make's own job server, which no recipe but a make can reach.
unexport MAKEFLAGS MFLAGS

VENV := .venv
BIN := $(VENV)/bin
# The first Python from 3.11 on that runs (a shim may exist and not run).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# uv where it is installed, plain venv and pip where it is not; both take the same lock.
UV := $(shell command -v uv 2>/dev/null)
LOCK := requirements/dev.txt
# The build backend looks for maturin on the PATH.
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"

NATIVE_SOURCES := Cargo.toml Cargo.lock pyproject.toml $(shell find rust -name '*.rs' -o -name '*.toml' -o -name '*.bin')

.PHONY: help setup build demo test test-rust test-c test-secrets test-aarch64 test-python test-wheel test-browser test-api test-spark check format header lock numbering-plan metadata build-rivals build-peers build-sdks zawgyi-model gate bench bench-faults docs wheel soak clean

help: ## list the words
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.locked ## make the environment from the lock

$(VENV)/.locked: $(LOCK)
	@test -n "$(PYTHON)" || { echo "smspoh needs Python 3.11 or later on the PATH"; exit 1; }
	@command -v cargo >/dev/null || { echo "smspoh needs Rust: cargo is not on the PATH"; exit 1; }
	@echo "setup: installing what $(LOCK) names into $(VENV)"
ifeq ($(UV),)
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
else
	$(UV) venv --quiet --clear --python "$(PYTHON)" $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCK)
endif
	touch $@

build: $(VENV)/.built ## build the native library into the environment

$(VENV)/.built: $(VENV)/.locked $(NATIVE_SOURCES)
	@echo "build: compiling the native library, two minutes or three"
	@test ! -e target/header.h || { echo "remove target/header.h: maturin would use it unseen"; exit 1; }
ifeq ($(UV),)
	$(IN_VENV) python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
else
	$(IN_VENV) $(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --reinstall-package smspoh --editable .
endif
	touch $@

demo: build ## set everything up and run the main job
	$(BIN)/smspoh demo

test: test-rust test-c test-secrets test-aarch64 test-python test-wheel ## set everything up and run all tests

test-rust:
	cargo test --quiet --locked --workspace

C_TEST := $${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -g -I rust/capi/include

# The main thread's own handle, which Rust's standard library keeps to the end, counts
# as "possibly lost"; so leaks are those that valgrind is sure of.
test-c: ## the C program, under valgrind where it is installed
	cargo build --quiet --locked --package smspoh-capi
	mkdir -p target/ctest
	$(C_TEST) rust/capi/ctest/abi.c -o target/ctest/abi \
		-L target/debug -lsmspoh "-Wl,-rpath,$(CURDIR)/target/debug"
	@if command -v valgrind >/dev/null; then \
		echo "test-c: under valgrind"; \
		valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite target/ctest/abi; \
	else \
		echo "test-c: valgrind is not installed, running without it"; target/ctest/abi; \
	fi

# Released, as it ships: what the compiler made of it is what counts. A program that does
# what is forbidden must be caught first, for else nothing was looked at.
RELEASED := -L target/release -lsmspoh "-Wl,-rpath,$(CURDIR)/target/release"
FOLLOWED := valgrind --quiet --error-exitcode=99 --suppressions=rust/capi/ctest/constant_time.supp target/ctest/constant_time
test-secrets: ## that the released library neither branches on passwords nor leaves them in memory
	cargo build --quiet --locked --release --package smspoh-capi
	mkdir -p target/ctest
	@if ! command -v valgrind >/dev/null || ! $${CC:-cc} -E -include valgrind/memcheck.h -x c /dev/null >/dev/null 2>&1; then \
		echo "test-secrets: no passwords followed: it needs valgrind and its header valgrind/memcheck.h"; \
	else \
		$(C_TEST) rust/capi/ctest/constant_time.c -o target/ctest/constant_time $(RELEASED); \
		for offence in branch index; do \
			code=0; $(FOLLOWED) $$offence >/dev/null 2>&1 || code=$$?; \
			test $$code -eq 99 || { echo "test-secrets: valgrind missed the planted $$offence"; exit 1; }; \
		done; \
		$(FOLLOWED); \
	fi
	@if ! command -v objdump >/dev/null || ! $${CC:-cc} -dM -E -x c /dev/null | grep __x86_64__ >/dev/null; then \
		echo "test-secrets: no instructions read: it needs objdump and an x86 CPU"; \
	else \
		$(C_TEST) -c rust/capi/ctest/crooked.c -o target/ctest/crooked.o; \
		$(PYTHON) tools/straight_line.py target/release/libsmspoh.so target/ctest/crooked.o; \
	fi
	@if ! $${CC:-cc} -dM -E -include features.h -x c /dev/null 2>/dev/null | grep __GLIBC__ >/dev/null; then \
		echo "test-secrets: no memory searched: it needs glibc"; \
	else \
		$(C_TEST) -Wl,-z,now rust/capi/ctest/wiped.c -o target/ctest/wiped $(RELEASED); \
		for offence in stack heap lanes; do \
			code=0; target/ctest/wiped $$offence >/dev/null || code=$$?; \
			test $$code -eq 3 || { echo "test-secrets: the search missed the planted $$offence"; exit 1; }; \
		done; \
		target/ctest/wiped; \
	fi

# Released, as it ships: registers are where interleaved lanes would get mixed up. The
# backend must be there, because without it every test would pass on another one.
AARCH64 := aarch64-unknown-linux-gnu
test-aarch64: ## key derivation and messages on an emulated ARM CPU, where qemu and a cross compiler are installed
	@if command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null && \
		test -d "$$(rustc --print target-libdir --target $(AARCH64))"; then \
		echo "test-aarch64: under qemu"; \
		export SMSPOH_TEST_BACKENDS=aarch64_sha2 \
			CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
			CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu"; \
		cargo test --quiet --locked --release --package smspoh-core --target $(AARCH64) --test kdf --test wycheproof && \
		cargo test --quiet --locked --release --package smspoh-core --target $(AARCH64) --lib -- kdf:: envelope::; \
	else \
		echo "test-aarch64: not run: it needs qemu-aarch64, aarch64-linux-gnu-gcc and Rust's target $(AARCH64)"; \
	fi

build-rivals: target/rivals/.built ## build the Rust libraries that the benchmarks compare with

# A workspace and a folder of their own, so that no other word compiles them.
target/rivals/.built: bench/rivals/Cargo.toml bench/rivals/Cargo.lock $(wildcard bench/rivals/src/*.rs)
	@echo "build-rivals: compiling the Rust rivals of the benchmarks, about two minutes the first time"
	@cargo build --quiet --locked --release --manifest-path bench/rivals/Cargo.toml --target-dir target/rivals
	@touch $@

build-peers: target/peers/absent.json ## get the rivals that are not Rust, as far as this machine can

# Only `make bench` needs them; what cannot be had is said, and the record says it too.
target/peers/absent.json: bench/build_peers.py bench/peers/package.json bench/peers/worker.cpp bench/peers/frames_worker.py requirements/peers.txt requirements/peers-closeio.txt | build
	@$(BIN)/python -m bench.build_peers

build-sdks: target/sdks/.built ## get the clients of other SMS gateways, for `make bench-faults`

target/sdks/.built: requirements/sdks.txt | setup
	@echo "build-sdks: installing what $< names into target/sdks"
	@$(BIN)/python -m venv --clear target/sdks
	@target/sdks/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Each bench runs once as a test too: every engine must give the same answer.
test-python: build build-rivals
	$(BIN)/python -m pytest tests bench --benchmark-disable

test-wheel: wheel ## the wheel of this Python, on every other one that is installed
	$(BIN)/python tools/wheel_test.py dist/*.whl

# A word of its own, because it needs a browser. Root of a Debian machine gets one.
test-browser: build ## the inbox of the sandbox in Chromium, by hand and eye of a script
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "test-browser: installing chromium" && \
		apt-get update -qq && apt-get install -y -qq chromium fonts-sil-padauk fonts-inter >/dev/null; } || \
		{ echo "test-browser needs chromium on the PATH, and the fonts Padauk and Inter"; exit 1; }
	$(BIN)/python -m pytest tests/browser $(if $(SCREENSHOTS),--screenshots)

# A tenth of what `make soak` sends; a fault is any 5xx, or a reply that the document does not allow.
API_CASES ?= 80
test-api: build $(VENV)/.api ## requests drawn from the sandbox's own OpenAPI document
	$(BIN)/python -m tests.sandbox.api_campaign --cases 2 --planted
	$(BIN)/python -m tests.sandbox.api_campaign --cases $(API_CASES)

$(VENV)/.api: requirements/api.txt | setup
	$(BIN)/python -m venv --clear target/api
	target/api/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/api.txt
	@touch $@

# A word of its own, because pyspark is 400 MB and wants Java. Without them, `make test` says that
# these tests were not run; here they must be.
test-spark: build $(VENV)/.spark ## columns of Spark on a cluster of processes of this machine, in an environment of its own (needs Java 17)
	SMSPOH_TEST_SPARK=1 PYTHONPATH="$(CURDIR)/python" target/spark/bin/python -m pytest tests/frames/spark

$(VENV)/.spark: requirements/spark.txt | setup
	@echo "test-spark: installing what $< names into target/spark"
	$(BIN)/python -m venv --clear target/spark
	target/spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check: build ## format, lint, types, import rules, header and documents fresh
	cargo fmt --all --check
	cargo fmt --manifest-path bench/rivals/Cargo.toml --check
	cargo clippy --quiet --locked --workspace --all-targets -- --deny warnings
	cargo test --quiet --locked --package smspoh-capi --test header
	RUSTDOCFLAGS="--deny warnings" cargo doc --quiet --locked --workspace --no-deps
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/basedpyright --project tests/typing --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python tools/sample_data.py --check
	$(BIN)/python -m tools.numbering_plan --check
	$(BIN)/python -m tools.zawgyi_model --check
	$(BIN)/python -m tools.bench_report --check
	$(BIN)/python -m tools.sdk_report --check
	$(BIN)/python tools/check_tree.py
	@echo "check: all clean"

format: setup ## format everything
	cargo fmt --all
	cargo fmt --manifest-path bench/rivals/Cargo.toml
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

header: ## write the C header anew
	SMSPOH_BLESS=1 cargo test --quiet --package smspoh-capi --test header

numbering-plan: setup ## the numbering plan anew, from the release of phonenumbers in the lock
	$(BIN)/python -m tools.numbering_plan

zawgyi-model: setup ## the model that tells Zawgyi, from the release of myanmartools in the lock
	$(BIN)/python -m tools.zawgyi_model

metadata: ## move to the newest release of libphonenumber's metadata (needs uv)
	$(MAKE) lock UPGRADE="--upgrade-package phonenumbers"
	$(MAKE) numbering-plan

lock: ## write the locks anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: .venv/bin/python -m pip install uv"; exit 1; }
	for group in dev test; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--no-emit-index-url --no-emit-find-links $(UPGRADE) --extra all --group $$group pyproject.toml -o requirements/$$group.txt; \
	done
	for python in peers:3.11 peers-closeio:3.12 api:3.11 sdks:3.11 spark:3.11; do \
		uv pip compile --quiet --universal --python-version $${python#*:} --generate-hashes --no-header --no-annotate \
			--no-emit-index-url --no-emit-find-links requirements/$${python%:*}.in -o requirements/$${python%:*}.txt; \
	done

# The first prints a table of this run; the second measures in turn, which is what is kept.
gate: build ## hold the inner loops to the instructions of the record
	$(BIN)/python tools/instruction_gate.py

bench: build build-rivals build-peers ## ours and the rivals in one run: a table, and the record of this machine
	$(BIN)/python -m pytest bench --benchmark-only --benchmark-group-by=group --benchmark-columns=median,iqr,ops
	$(BIN)/python -m bench.compare
	$(BIN)/python -m bench.frames
	$(BIN)/python -m tools.bench_report

# Six minutes, most of them waiting for replies that do not come. Its record is of what
# happens, not of time, so it is no part of `make bench`.
bench-faults: build build-sdks ## ours and other SMS clients under the same faults: a table, the record, docs/faults.md
	$(BIN)/python -m bench.sdk_faults
	$(BIN)/python -m tools.sdk_report
	$(BIN)/python -m bench.sdk_faults --campaign 10000 --seed 1

docs: build ## run every example of the documents
	$(BIN)/python -m pytest tests/docs tests/gateway/test_guides.py tests/gateway/webhook/test_guide.py tests/outbox/test_guide.py

wheel: setup ## build the wheel into dist
	rm -rf dist
	$(IN_VENV) maturin build --quiet --release --locked --out dist

soak: build ## the long campaigns
	SMSPOH_HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest tests/kdf tests/envelope tests/phone tests/text
	$(BIN)/python -m tests.phone.soak
	$(BIN)/python -m tests.text.soak
	$(BIN)/python -m tests.sandbox.million
	$(BIN)/python -m tests.gateway.webhook.fuzz --posts 100000
	$(BIN)/python -m tests.outbox.crash kill --count 1000 --folder target/outbox
	$(BIN)/python -m tests.outbox.crash cut --count 1000 --folder target/outbox
	$(BIN)/python -m tests.outbox.crash fail --count 1 --folder target/outbox
	for policy in at_most_once effectively_once at_least_once; do \
		$(BIN)/python -W ignore -m tests.outbox.kills --count 1000 --policy $$policy --folder target/outbox || exit 1; \
	done
	for disk in disk_full disk_error; do \
		$(BIN)/python -m tests.outbox.kills --disk $$disk --count 0 --folder target/outbox || exit 1; \
	done
	$(BIN)/python -m tests.outbox.faults --messages 1000
	for policy in at_most_once effectively_once at_least_once; do \
		$(BIN)/python -W ignore -m tests.outbox.kills_postgres --count 1000 --policy $$policy --folder target/outbox/postgres || exit 1; \
	done
	$(MAKE) test-api API_CASES=1000
	PROPTEST_CASES=100000 cargo test --release --locked --workspace

clean: ## remove everything that was made
	rm -rf $(VENV) target dist build python/smspoh/_native/{__init__.py,ffi.py,*.so}

-- The journal of one job. What is plain here and what is sealed: docs/spec/outbox.md.

CREATE TABLE job (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journal_id TEXT NOT NULL CHECK (length(journal_id) = 32),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 5 AND name NOT GLOB '*[^A-Za-z0-9]*'),
    policy TEXT NOT NULL CHECK (policy IN ('at_most_once', 'effectively_once', 'at_least_once')),
    settle_ms INTEGER NOT NULL CHECK (settle_ms >= 0),
    readings_min INTEGER NOT NULL CHECK (readings_min >= 1),
    spacing_ms INTEGER NOT NULL CHECK (spacing_ms >= 0),
    attempts_max INTEGER NOT NULL CHECK (attempts_max >= 1),
    created_ms INTEGER NOT NULL CHECK (created_ms >= 0),
    clock_ms INTEGER NOT NULL CHECK (clock_ms >= created_ms),
    generation INTEGER NOT NULL CHECK (generation >= 0),
    master BLOB NOT NULL
) STRICT;

-- Filled from states.py, and closed.
CREATE TABLE transition (
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (before, after)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    -- Letter by letter, because a negated pattern with a star takes twice as long for each row.
    reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 28 AND 32 AND reference GLOB
        '*-[0-7][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]'),
    state TEXT NOT NULL DEFAULT 'PENDING',
    since_ms INTEGER NOT NULL CHECK (since_ms >= 0),
    enqueued_ms INTEGER NOT NULL CHECK (enqueued_ms >= 0),
    recipient BLOB NOT NULL CHECK (length(recipient) = 8),
    unique_key BLOB CHECK (length(unique_key) = 16),
    deadline_ms INTEGER CHECK (deadline_ms >= 0),
    retry_ms INTEGER CHECK (retry_ms >= 0),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    waits INTEGER NOT NULL DEFAULT 0 CHECK (waits BETWEEN 0 AND attempts),
    first_ms INTEGER CHECK (first_ms >= 0),
    last_ms INTEGER CHECK (last_ms >= first_ms),
    readings INTEGER NOT NULL DEFAULT 0 CHECK (readings >= 0),
    read_ms INTEGER CHECK (read_ms >= 0),
    message_id TEXT CHECK (length(message_id) BETWEEN 1 AND 200),
    parts INTEGER CHECK (parts >= 0),
    delivery TEXT CHECK (length(delivery) <= 40),
    delivery_rank INTEGER NOT NULL DEFAULT -1 CHECK (delivery_rank BETWEEN -1 AND 5),
    duplicate INTEGER NOT NULL DEFAULT 0 CHECK (duplicate IN (0, 1)),
    why TEXT CHECK (length(why) BETWEEN 1 AND 40 AND why NOT GLOB '*[^A-Za-z0-9_]*'),
    detail BLOB,
    CHECK (state <> 'IN_FLIGHT' OR (attempts > waits AND last_ms IS NOT NULL)),
    CHECK (state <> 'RETRY_WAIT' OR retry_ms IS NOT NULL)
) STRICT;

-- Beside the message: what changes often stays small, so a batch touches few pages.
CREATE TABLE payload (
    id INTEGER PRIMARY KEY REFERENCES message (id),
    sealed BLOB NOT NULL CHECK (length(sealed) > 32)
) STRICT;

-- Numbers that nothing is sent to, as keyed hashes.
CREATE TABLE suppressed (
    recipient BLOB PRIMARY KEY CHECK (length(recipient) = 8)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_state ON message (state);
CREATE UNIQUE INDEX message_key ON message (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX message_gateway ON message (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX message_deadline ON message (deadline_ms) WHERE deadline_ms IS NOT NULL;

CREATE TRIGGER message_moves_by_the_table BEFORE UPDATE OF state ON message
WHEN NEW.state <> OLD.state AND NOT EXISTS
    (SELECT 1 FROM transition WHERE before = OLD.state AND after = NEW.state)
BEGIN SELECT RAISE(ABORT, 'no transition leads there'); END;

CREATE TRIGGER message_is_final BEFORE UPDATE OF
    state, since_ms, deadline_ms, retry_ms, attempts, waits, first_ms, last_ms, readings, read_ms, why
ON message WHEN NOT EXISTS (SELECT 1 FROM transition WHERE before = OLD.state)
BEGIN SELECT RAISE(ABORT, 'this state is final'); END;

CREATE TRIGGER message_stays_itself BEFORE UPDATE OF
    id, reference, enqueued_ms, recipient, unique_key ON message
BEGIN SELECT RAISE(ABORT, 'a message stays itself'); END;

CREATE TRIGGER message_keeps_its_gateway_id BEFORE UPDATE OF message_id ON message
WHEN OLD.message_id IS NOT NULL AND NEW.message_id IS NOT OLD.message_id
BEGIN SELECT RAISE(ABORT, 'the id of the gateway stays'); END;

CREATE TRIGGER message_delivery_goes_forward BEFORE UPDATE OF delivery, delivery_rank ON message
WHEN NEW.delivery IS NOT OLD.delivery AND NEW.delivery_rank <= OLD.delivery_rank
BEGIN SELECT RAISE(ABORT, 'a delivery only goes forward'); END;

CREATE TRIGGER message_duplicate_stays BEFORE UPDATE OF duplicate ON message
WHEN NEW.duplicate < OLD.duplicate
BEGIN SELECT RAISE(ABORT, 'a duplicate stays one'); END;

CREATE TRIGGER message_is_kept BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'no message is removed'); END;

CREATE TRIGGER payload_stays_in_its_row BEFORE UPDATE OF id ON payload
BEGIN SELECT RAISE(ABORT, 'a payload stays in its row'); END;

CREATE TRIGGER payload_is_kept BEFORE DELETE ON payload
BEGIN SELECT RAISE(ABORT, 'no payload is removed'); END;

CREATE TRIGGER job_goes_forward BEFORE UPDATE ON job
WHEN NEW.clock_ms < OLD.clock_ms OR NEW.generation < OLD.generation
    OR NEW.name <> OLD.name OR NEW.policy <> OLD.policy OR NEW.journal_id <> OLD.journal_id
    OR NEW.settle_ms <> OLD.settle_ms OR NEW.created_ms <> OLD.created_ms
BEGIN SELECT RAISE(ABORT, 'a job only goes forward'); END;

CREATE TRIGGER job_is_kept BEFORE DELETE ON job
BEGIN SELECT RAISE(ABORT, 'the job stays'); END;

-- The journals of jobs in PostgreSQL. What is plain here and what is sealed: docs/spec/outbox.md.

CREATE TABLE smspoh_outbox.version (
    version integer NOT NULL
);

CREATE TABLE smspoh_outbox.job (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journal_id text NOT NULL CHECK (length(journal_id) = 32),
    name text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9]{1,5}$'),
    policy text NOT NULL CHECK (policy IN ('at_most_once', 'effectively_once', 'at_least_once')),
    settle_ms bigint NOT NULL CHECK (settle_ms >= 0),
    readings_min integer NOT NULL CHECK (readings_min >= 1),
    spacing_ms bigint NOT NULL CHECK (spacing_ms >= 0),
    attempts_max integer NOT NULL CHECK (attempts_max >= 1),
    created_ms bigint NOT NULL CHECK (created_ms >= 0),
    clock_ms bigint NOT NULL CHECK (clock_ms >= created_ms),
    generation bigint NOT NULL DEFAULT 0 CHECK (generation >= 0),
    server text NOT NULL,
    master bytea NOT NULL
);

-- Filled from states.py, and closed.
CREATE TABLE smspoh_outbox.transition (
    before text NOT NULL,
    after text NOT NULL,
    PRIMARY KEY (before, after)
);

-- One row for each process that has a job open. Its advisory lock says whether it lives; its clock
-- and its count are its own, so that no two sessions wait for one row. What ends is added to the job.
CREATE SEQUENCE smspoh_outbox.session_number AS integer;
CREATE TABLE smspoh_outbox.session (
    id integer PRIMARY KEY,
    job integer NOT NULL REFERENCES smspoh_outbox.job (id),
    clock_ms bigint NOT NULL CHECK (clock_ms >= 0),
    generation bigint NOT NULL DEFAULT 0 CHECK (generation >= 0)
);

CREATE TABLE smspoh_outbox.message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job integer NOT NULL REFERENCES smspoh_outbox.job (id),
    reference text NOT NULL CHECK (reference ~ '^[A-Za-z0-9-]{28,32}$'),
    state text NOT NULL DEFAULT 'PENDING',
    session integer,
    since_ms bigint NOT NULL CHECK (since_ms >= 0),
    enqueued_ms bigint NOT NULL CHECK (enqueued_ms >= 0),
    recipient bytea NOT NULL CHECK (length(recipient) = 8),
    unique_key bytea CHECK (length(unique_key) = 16),
    deadline_ms bigint CHECK (deadline_ms >= 0),
    retry_ms bigint CHECK (retry_ms >= 0),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    waits integer NOT NULL DEFAULT 0 CHECK (waits BETWEEN 0 AND attempts),
    first_ms bigint CHECK (first_ms >= 0),
    last_ms bigint CHECK (last_ms >= first_ms),
    readings integer NOT NULL DEFAULT 0 CHECK (readings >= 0),
    read_ms bigint CHECK (read_ms >= 0),
    message_id text CHECK (length(message_id) BETWEEN 1 AND 200),
    parts integer CHECK (parts >= 0),
    delivery text CHECK (length(delivery) <= 40),
    delivery_rank smallint NOT NULL DEFAULT -1 CHECK (delivery_rank BETWEEN -1 AND 5),
    duplicate boolean NOT NULL DEFAULT false,
    why text CHECK (why ~ '^[A-Za-z0-9_]{1,40}$'),
    detail bytea,
    UNIQUE (job, reference),
    CHECK (state <> 'IN_FLIGHT' OR (attempts > waits AND last_ms IS NOT NULL)),
    CHECK ((state = 'IN_FLIGHT') = (session IS NOT NULL)),
    CHECK (state <> 'RETRY_WAIT' OR retry_ms IS NOT NULL)
);

-- Beside the message: every change of a row writes the whole of it anew.
CREATE TABLE smspoh_outbox.payload (
    id bigint PRIMARY KEY REFERENCES smspoh_outbox.message (id),
    sealed bytea NOT NULL CHECK (length(sealed) > 32)
);

-- Numbers that nothing is sent to, as keyed hashes.
CREATE TABLE smspoh_outbox.suppressed (
    job integer NOT NULL REFERENCES smspoh_outbox.job (id),
    recipient bytea NOT NULL CHECK (length(recipient) = 8),
    PRIMARY KEY (job, recipient)
);

CREATE INDEX message_state ON smspoh_outbox.message (job, state, id);
CREATE INDEX message_session ON smspoh_outbox.message (session) WHERE session IS NOT NULL;
CREATE UNIQUE INDEX message_key ON smspoh_outbox.message (job, unique_key)
    WHERE unique_key IS NOT NULL;
CREATE INDEX message_gateway ON smspoh_outbox.message (job, message_id)
    WHERE message_id IS NOT NULL;
CREATE INDEX message_deadline ON smspoh_outbox.message (job, deadline_ms)
    WHERE deadline_ms IS NOT NULL;

-- A refusal says what it is given.
CREATE FUNCTION smspoh_outbox.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;

CREATE FUNCTION smspoh_outbox.by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM smspoh_outbox.transition
                   WHERE before = OLD.state AND after = NEW.state) THEN
        RAISE EXCEPTION 'no transition leads there';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION smspoh_outbox.not_when_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM smspoh_outbox.transition WHERE before = OLD.state) THEN
        RAISE EXCEPTION 'this state is final';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION smspoh_outbox.not_in_flight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM smspoh_outbox.message WHERE session = OLD.id) THEN
        RAISE EXCEPTION 'the session has messages in flight';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER message_moves_by_the_table BEFORE UPDATE OF state ON smspoh_outbox.message
FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION smspoh_outbox.by_the_table();

CREATE TRIGGER message_is_final BEFORE UPDATE OF
    state, session, since_ms, deadline_ms, retry_ms, attempts, waits, first_ms, last_ms, readings,
    read_ms, why
ON smspoh_outbox.message FOR EACH ROW EXECUTE FUNCTION smspoh_outbox.not_when_final();

CREATE TRIGGER message_stays_itself BEFORE UPDATE OF
    id, job, reference, enqueued_ms, recipient, unique_key ON smspoh_outbox.message
FOR EACH ROW EXECUTE FUNCTION smspoh_outbox.refuse('a message stays itself');

CREATE TRIGGER message_keeps_its_gateway_id BEFORE UPDATE OF message_id ON smspoh_outbox.message
FOR EACH ROW WHEN (OLD.message_id IS NOT NULL AND NEW.message_id IS DISTINCT FROM OLD.message_id)
EXECUTE FUNCTION smspoh_outbox.refuse('the id of the gateway stays');

CREATE TRIGGER message_delivery_goes_forward
BEFORE UPDATE OF delivery, delivery_rank ON smspoh_outbox.message FOR EACH ROW
WHEN (NEW.delivery IS DISTINCT FROM OLD.delivery AND NEW.delivery_rank <= OLD.delivery_rank)
EXECUTE FUNCTION smspoh_outbox.refuse('a delivery only goes forward');

CREATE TRIGGER message_duplicate_stays BEFORE UPDATE OF duplicate ON smspoh_outbox.message
FOR EACH ROW WHEN (NEW.duplicate < OLD.duplicate)
EXECUTE FUNCTION smspoh_outbox.refuse('a duplicate stays one');

CREATE TRIGGER message_is_kept BEFORE DELETE OR TRUNCATE ON smspoh_outbox.message
FOR EACH STATEMENT EXECUTE FUNCTION smspoh_outbox.refuse('no message is removed');

CREATE TRIGGER payload_stays_in_its_row BEFORE UPDATE OF id ON smspoh_outbox.payload
FOR EACH ROW EXECUTE FUNCTION smspoh_outbox.refuse('a payload stays in its row');

CREATE TRIGGER payload_is_kept BEFORE DELETE OR TRUNCATE ON smspoh_outbox.payload
FOR EACH STATEMENT EXECUTE FUNCTION smspoh_outbox.refuse('no payload is removed');

CREATE TRIGGER job_goes_forward BEFORE UPDATE ON smspoh_outbox.job FOR EACH ROW
WHEN (NEW.clock_ms < OLD.clock_ms OR NEW.generation < OLD.generation
    OR NEW.name <> OLD.name OR NEW.policy <> OLD.policy OR NEW.journal_id <> OLD.journal_id
    OR NEW.settle_ms <> OLD.settle_ms OR NEW.created_ms <> OLD.created_ms)
EXECUTE FUNCTION smspoh_outbox.refuse('a job only goes forward');

CREATE TRIGGER job_is_kept BEFORE DELETE OR TRUNCATE ON smspoh_outbox.job
FOR EACH STATEMENT EXECUTE FUNCTION smspoh_outbox.refuse('the job stays');

CREATE TRIGGER session_goes_forward BEFORE UPDATE ON smspoh_outbox.session FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.job <> OLD.job
    OR NEW.clock_ms < OLD.clock_ms OR NEW.generation < OLD.generation)
EXECUTE FUNCTION smspoh_outbox.refuse('a session only goes forward');

CREATE TRIGGER session_is_kept_in_flight BEFORE DELETE ON smspoh_outbox.session
FOR EACH ROW EXECUTE FUNCTION smspoh_outbox.not_in_flight();

CREATE TRIGGER session_is_kept BEFORE TRUNCATE ON smspoh_outbox.session
FOR EACH STATEMENT EXECUTE FUNCTION smspoh_outbox.refuse('sessions end one by one');

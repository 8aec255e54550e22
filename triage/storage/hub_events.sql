-- The chain of events: in whose name, of what, about whom, one after the other.
--
-- Applied by `fanlightctl hub create` after hub_rules.sql.

-- What a role must be allowed to write events of a kind, as hub_events.TELLS has it; '' for nothing.
CREATE TABLE IF NOT EXISTS fanlight_tells (
    kind text NOT NULL, act text NOT NULL, PRIMARY KEY (kind, act)
);

CREATE OR REPLACE FUNCTION fanlight_may_tell(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM fanlight_tells tells
        WHERE tells.kind = CASE
                WHEN EXISTS (SELECT FROM fanlight_tells named WHERE named.kind = wanted)
                THEN wanted ELSE split_part(wanted, '.', 1) || '.' END
          AND (tells.act = '' OR fanlight_may(tells.act))
    );
END $$;

CREATE OR REPLACE FUNCTION fanlight_event_goes_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head event_head;
BEGIN
    SELECT * INTO STRICT head FROM event_head FOR UPDATE;
    IF fanlight_worker() IS NOT NULL AND NEW."by" IS DISTINCT FROM fanlight_worker() THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Nobody writes in another person''s name. Nothing was changed.';
    END IF;
    IF fanlight_worker() IS NOT NULL AND abs(extract(epoch FROM NEW.at - clock_timestamp())) > 60
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The event says another time than it is at the hub. Nothing was changed.';
    END IF;
    IF fanlight_worker() IS NOT NULL AND NOT fanlight_may_tell(NEW.kind) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Your role does not do what the event tells of. Nothing was changed.';
    END IF;
    -- What desks act on, or nobody may say of themselves alone.
    IF fanlight_worker() IS NOT NULL AND (
        NEW.kind = 'access.broke_glass' AND pg_trigger_depth() = 1
        OR NEW.kind = 'retention.destroyed' AND NOT EXISTS (
            SELECT FROM destruction ended WHERE ended.about = NEW.contact_id
              AND ended.fate = 'destroyed' AND ended.decided_by = fanlight_worker()
        )
        OR NEW.kind = 'worker.key_revoked' AND NOT EXISTS (
            SELECT FROM signing_key ended WHERE ended.worker_id = NEW.detail::jsonb ->> 'worker'
              AND ended.revoked_by = fanlight_worker()
              AND ended.xmin = pg_current_xact_id()::xid
        )
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The event tells of what was not done. Nothing was changed.';
    END IF;
    IF NEW.seq <> head.seq + 1 OR NEW.previous <> head.hash OR NEW.hash <> fanlight_digest(
        NEW.seq, NEW.kind, NEW.contact_id, NEW."by", NEW.at, NEW.detail, NEW.previous
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The event does not follow the one before it. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fanlight_event_went_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE event_head SET seq = NEW.seq, hash = NEW.hash;
    -- To every desk, whatever it may know of: so no more than event_head shows to all.
    PERFORM pg_notify('fanlight', NEW.seq::text);
    RETURN NULL;
END $$;

-- The chain's end follows its newest event, and nothing else moves it.
CREATE OR REPLACE FUNCTION fanlight_head_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NOT EXISTS (
        SELECT FROM event WHERE event.seq = NEW.seq AND event.hash = NEW.hash
          AND event.seq = (SELECT max(seq) FROM event)
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The end of the chain of events can''t be set by hand. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_goes_on ON event;
CREATE TRIGGER fanlight_goes_on BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION fanlight_event_goes_on();
DROP TRIGGER IF EXISTS fanlight_went_on ON event;
CREATE TRIGGER fanlight_went_on AFTER INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION fanlight_event_went_on();
DROP TRIGGER IF EXISTS fanlight_follows ON event_head;
CREATE TRIGGER fanlight_follows BEFORE UPDATE ON event_head
    FOR EACH ROW EXECUTE FUNCTION fanlight_head_follows();

-- What an event is about is a contact that this person may know of, when all is done; whoever looks
-- after the trail may ask and note about what became of any that the trail tells of. What desks act
-- on was done by the same hand, in the same transaction.
CREATE OR REPLACE FUNCTION fanlight_event_is_of_known() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    done_now boolean;
BEGIN
    -- The two of what is not there (any more), or not yet this person's, are looked at as they come.
    IF fanlight_worker() IS NULL OR NEW.contact_id IS NULL
        OR NEW.kind IN ('access.broke_glass', 'retention.destroyed')
    THEN
        RETURN NULL;
    END IF;
    done_now := EXISTS (
        SELECT FROM contact kept
        WHERE kept.id = NEW.contact_id AND kept.xmin = pg_current_xact_id()::xid
    );
    IF NOT fanlight_may('read') OR NOT done_now AND NOT EXISTS (
        SELECT FROM contact kept WHERE kept.id = NEW.contact_id
          AND (fanlight_may('open restricted') OR NOT fanlight_inside.is_restricted(kept.id))
    ) AND NOT (starts_with(NEW.kind, 'audit.') AND EXISTS (
        SELECT FROM event told WHERE told.contact_id = NEW.contact_id AND told.seq < NEW.seq
    )) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'There is no such contact for you to tell of. Nothing was changed.';
    END IF;
    IF NOT (CASE
        WHEN NEW.kind IN ('contact.received', 'contact.restricted', 'contact.opened_up',
            'contact.set_aside', 'contact.reopened', 'call.started', 'call.thrown_away')
        THEN done_now
        WHEN NEW.kind IN ('decision.proposed', 'decision.signed', 'decision.sent_back')
        THEN EXISTS (
            SELECT FROM decision_version version
            WHERE version.contact_id = NEW.contact_id
              AND version.xmin = pg_current_xact_id()::xid
              AND version.state = CASE NEW.kind WHEN 'decision.proposed' THEN 'proposed'
                  WHEN 'decision.signed' THEN 'signed' ELSE 'returned' END
        )
        ELSE true
    END) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The event tells of what was not done. Nothing was changed.';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_of_known ON event;
CREATE CONSTRAINT TRIGGER fanlight_is_of_known AFTER INSERT ON event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fanlight_event_is_of_known();

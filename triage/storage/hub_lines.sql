-- What nobody may hold up for all others: lines, for whoever may write can also begin to and never
-- end, and the references that are given one after another.
--
-- Applied by `fanlightctl hub create` after hub_events.sql.

-- End the lines of people who hold what others wait for longer than any Fanlight does, and say so in
-- the chain: a desk asks it once it waited in vain. Fanlight's own lines are idle in the middle of
-- something for half a minute at most; the login of whoever was ended is given back.
CREATE OR REPLACE FUNCTION fanlight_end_holders() RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    head event_head;
    login name;
    line int;
    ended text[] := '{}';
    told text;
    now_at timestamptz;
BEGIN
    IF me IS NULL THEN
        RETURN ended;
    END IF;
    FOR login IN
        SELECT DISTINCT open.usename FROM pg_locks held JOIN pg_stat_activity open USING (pid)
        WHERE held.granted AND held.locktype = 'relation' AND held.mode <> 'AccessShareLock'
          AND open.datname = current_database() AND starts_with(open.usename, 'fl_')
          AND open.pid <> pg_backend_pid()
    LOOP
        -- How long, and how to end it, is known to those who may act as its person.
        EXECUTE format('GRANT %I TO CURRENT_USER', login);
        FOR line IN
            SELECT open.pid FROM pg_stat_activity open
            WHERE open.usename = login AND open.datname = current_database()
              AND (starts_with(open.state, 'idle in transaction')
                   AND open.state_change < clock_timestamp() - interval '40 seconds'
                   OR open.xact_start < clock_timestamp() - interval '5 minutes')
              AND EXISTS (
                  SELECT FROM pg_locks held WHERE held.pid = open.pid AND held.granted
                    AND held.locktype = 'relation' AND held.mode <> 'AccessShareLock'
              )
        LOOP
            IF pg_terminate_backend(line) THEN
                ended := ended || login::text;
            END IF;
        END LOOP;
        EXECUTE format('REVOKE %I FROM CURRENT_USER', login);
    END LOOP;
    FOREACH told IN ARRAY ended LOOP
        SELECT * INTO STRICT head FROM event_head FOR UPDATE;
        now_at := clock_timestamp();
        told := '{"worker":' || to_json(substr(told, 4))::text || '}';
        INSERT INTO event (seq, kind, contact_id, "by", at, detail, previous, hash) VALUES (
            head.seq + 1, 'worker.line_ended', NULL, me, now_at, told, head.hash,
            fanlight_digest(head.seq + 1, 'worker.line_ended', NULL, me, now_at, told, head.hash)
        );
    END LOOP;
    RETURN ended;
END $$;

-- ---- references --------------------------------------------------------------------------------

-- One by one, each for what is kept under it: who could skip some, or take one that is not counted
-- yet, would one day keep everybody from receiving anything.
CREATE OR REPLACE FUNCTION fanlight_counts_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.year <> OLD.year OR NEW.last <= OLD.last)
        OR fanlight_worker() IS NOT NULL
           AND NEW.last <> (CASE TG_OP WHEN 'UPDATE' THEN OLD.last + 1 ELSE 1 END)
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'References only count up, one by one. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fanlight_number_is_used() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    used text := format('%s-%s-%s', TG_ARGV[0], lpad((NEW.year % 100)::text, 2, '0'),
        lpad(NEW.last::text, greatest(5, length(NEW.last::text)), '0'));
BEGIN
    IF fanlight_worker() IS NOT NULL AND NOT (CASE TG_ARGV[0]
        WHEN 'C' THEN EXISTS (SELECT FROM contact kept WHERE kept.reference = used)
        ELSE EXISTS (SELECT FROM request kept WHERE kept.reference = used) END)
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A reference is counted for what is kept under it. Nothing was changed.';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION fanlight_number_is_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parts text[] := regexp_match(NEW.reference, '^' || TG_ARGV[0] || '-([0-9]{2})-([0-9]{5,9})$');
BEGIN
    IF fanlight_worker() IS NOT NULL AND (parts IS NULL OR NOT (CASE TG_ARGV[0]
        WHEN 'C' THEN EXISTS (SELECT FROM reference_counter counted
            WHERE counted.year % 100 = parts[1]::int AND counted.last >= parts[2]::int)
        ELSE EXISTS (SELECT FROM request_counter counted
            WHERE counted.year % 100 = parts[1]::int AND counted.last >= parts[2]::int) END))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A reference is the next one counted. Nothing was changed.';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    numbered record;
BEGIN
    FOR numbered IN SELECT * FROM (VALUES
        ('reference_counter', 'contact', 'C'), ('request_counter', 'request', 'R')
    ) AS of_table (counter, kept, letter)
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS fanlight_up ON %1$I; '
            'DROP TRIGGER IF EXISTS fanlight_is_used ON %1$I; '
            'CREATE TRIGGER fanlight_up BEFORE INSERT OR UPDATE ON %1$I '
            'FOR EACH ROW EXECUTE FUNCTION fanlight_counts_up(); '
            'CREATE CONSTRAINT TRIGGER fanlight_is_used AFTER INSERT OR UPDATE ON %1$I '
            'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
            'EXECUTE FUNCTION fanlight_number_is_used(%2$L)', numbered.counter, numbered.letter);
        EXECUTE format('DROP TRIGGER IF EXISTS fanlight_is_counted ON %1$I; '
            'CREATE CONSTRAINT TRIGGER fanlight_is_counted AFTER INSERT ON %1$I '
            'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
            'EXECUTE FUNCTION fanlight_number_is_counted(%2$L)', numbered.kept, numbered.letter);
    END LOOP;
END $$;

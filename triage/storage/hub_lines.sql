-- Lines that hold up all others: whoever may write can also begin to and never end.
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

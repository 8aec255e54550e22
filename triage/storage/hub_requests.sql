-- Which requests there are beside a contact, and that nothing tells of one that names a restricted
-- contact.
--
-- Applied by `fanlightctl hub create` after hub_apart.sql. A request stays in its table, whatever it
-- names: others lead to it, and an agency sees what it is asked. But no index leads to it from its
-- contact: what does stands in tables of its own, written by this server alone, and a view shuts
-- those that lead to a hidden request before anything in them is looked for. None has a foreign key:
-- to see that a row is there the server writes its transaction into it (xmax), where all who see the
-- row would read that something beside it was written, or restricted, that they may not know of.

DO $$
DECLARE
    made text;
BEGIN
    IF to_regclass('fanlight_inside.request_beside') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE TABLE fanlight_inside.request_names AS
        SELECT DISTINCT asked.id AS request_id, hit[1] AS reference
        FROM request asked, regexp_matches(asked.body, 'C-[0-9]{2}-[0-9]{5,9}', 'g') hit
        WHERE asked.body LIKE '%C-__-_____%'; -- most name nobody, and it is told sooner
    CREATE TABLE fanlight_inside.request_apart AS
        SELECT asked.id AS request_id, asked.contact_id FROM request asked
        WHERE asked.contact_id IN (SELECT contact_id FROM restriction)
           OR asked.id IN (
               SELECT named.request_id FROM fanlight_inside.request_names named
               JOIN contact USING (reference) JOIN restriction ON restriction.contact_id = contact.id
           );
    CREATE TABLE fanlight_inside.request_beside AS
        SELECT asked.id AS request_id, asked.contact_id FROM request asked
        WHERE NOT EXISTS (
            SELECT FROM fanlight_inside.request_apart apart WHERE apart.request_id = asked.id
        );
    FOREACH made IN ARRAY '{request_beside,request_apart}'::text[] LOOP
        EXECUTE format('ALTER TABLE fanlight_inside.%I ADD PRIMARY KEY (request_id), '
            'ALTER contact_id SET NOT NULL', made);
        EXECUTE format('CREATE INDEX ON fanlight_inside.%I (contact_id)', made);
    END LOOP;
    ALTER TABLE fanlight_inside.request_names ADD PRIMARY KEY (request_id, reference);
    CREATE INDEX ON fanlight_inside.request_names (reference);
    -- What the planner expects is shown to anybody who asks how a query would be done.
    ALTER TABLE fanlight_inside.request_apart
        ALTER request_id SET STATISTICS 0, ALTER contact_id SET STATISTICS 0;
    ANALYZE fanlight_inside.request_beside, fanlight_inside.request_names;
    -- Nor is a request found by its contact to see that the contact is there.
    ALTER TABLE request DROP CONSTRAINT IF EXISTS fk_request_contact_id;
    DROP INDEX IF EXISTS ix_request_contact_id;
END $$;

-- Whether a request is about, or names, a contact that is restricted, whoever asks.
CREATE OR REPLACE FUNCTION fanlight_inside.request_stands_apart(asked uuid, about uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM restriction WHERE restriction.contact_id = about)
        OR EXISTS (
            SELECT FROM fanlight_inside.request_names named JOIN contact USING (reference)
            JOIN restriction ON restriction.contact_id = contact.id
            WHERE named.request_id = asked
        );
END $$;

CREATE OR REPLACE FUNCTION fanlight_inside.places_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    named text[] := fanlight_references(NEW.body);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.contact_id = OLD.contact_id
        AND named = fanlight_references(OLD.body)
    THEN
        RETURN NULL;
    ELSIF TG_OP <> 'INSERT' THEN
        DELETE FROM fanlight_inside.request_names WHERE request_id = OLD.id;
        DELETE FROM fanlight_inside.request_beside WHERE request_id = OLD.id;
        DELETE FROM fanlight_inside.request_apart WHERE request_id = OLD.id;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM fanlight_inside.request_told WHERE request_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO fanlight_inside.request_names SELECT NEW.id, unnest(named);
    IF fanlight_inside.request_stands_apart(NEW.id, NEW.contact_id) THEN
        INSERT INTO fanlight_inside.request_apart VALUES (NEW.id, NEW.contact_id);
    ELSE
        INSERT INTO fanlight_inside.request_beside VALUES (NEW.id, NEW.contact_id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER fanlight_places AFTER INSERT OR UPDATE OR DELETE ON request
    FOR EACH ROW EXECUTE FUNCTION fanlight_inside.places_request();

-- As a foreign key would have it.
CREATE OR REPLACE FUNCTION fanlight_inside.leaves_no_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fanlight_inside.request_beside WHERE contact_id = OLD.id)
        OR EXISTS (SELECT FROM fanlight_inside.request_apart WHERE contact_id = OLD.id)
    THEN
        RAISE foreign_key_violation USING MESSAGE = 'A request is about this contact.';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS fanlight_leaves_no_request ON contact;
CREATE CONSTRAINT TRIGGER fanlight_leaves_no_request AFTER DELETE ON contact
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION fanlight_inside.leaves_no_request();

-- Which events tell of which request. What they say is sealed, so it is noted as they are committed
-- with what they tell of.
CREATE TABLE IF NOT EXISTS fanlight_inside.request_told (
    seq int, request_id uuid, PRIMARY KEY (seq, request_id)
);
CREATE INDEX IF NOT EXISTS request_told_request_id_idx
    ON fanlight_inside.request_told (request_id);

CREATE OR REPLACE FUNCTION fanlight_inside.notes_what_tells() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked uuid;
BEGIN
    IF TG_TABLE_NAME = 'request' THEN
        asked := NEW.id;
    ELSE
        asked := NEW.request_id;
    END IF;
    INSERT INTO fanlight_inside.request_told
    SELECT told.seq, kept.id FROM request kept JOIN event told ON told.contact_id = kept.contact_id
    WHERE kept.id = asked AND told.kind ^@ 'request.'
      AND told.xmin = pg_current_xact_id()::xid
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

DO $$
DECLARE
    tied text;
BEGIN
    FOREACH tied IN ARRAY '{request,request_message,partner_answer}'::text[] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS fanlight_notes ON %1$I; '
            'CREATE CONSTRAINT TRIGGER fanlight_notes AFTER INSERT OR UPDATE ON %1$I '
            'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
            'EXECUTE FUNCTION fanlight_inside.notes_what_tells()', tied);
    END LOOP;
END $$;

-- Called by fanlight_parts, as a contact is restricted (it `goes`) or opened up.
DROP FUNCTION IF EXISTS fanlight_inside.part_request(contact);
CREATE OR REPLACE FUNCTION fanlight_inside.part_request(about contact, goes boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    named uuid[] := ARRAY(
        SELECT request_id FROM fanlight_inside.request_names WHERE reference = about.reference
    );
BEGIN
    IF goes THEN
        WITH moved AS (
            DELETE FROM fanlight_inside.request_beside k
            WHERE k.contact_id = about.id OR k.request_id = ANY (named) RETURNING k.*
        ) INSERT INTO fanlight_inside.request_apart SELECT * FROM moved;
    ELSE
        WITH moved AS (
            DELETE FROM fanlight_inside.request_apart k
            WHERE (k.contact_id = about.id OR k.request_id = ANY (named))
              AND NOT fanlight_inside.request_stands_apart(k.request_id, k.contact_id)
            RETURNING k.*
        ) INSERT INTO fanlight_inside.request_beside SELECT * FROM moved;
    END IF;
END $$;

-- Of what they opened, without what names another that is hidden from them.
CREATE OR REPLACE FUNCTION fanlight_inside.opened_request()
RETURNS SETOF fanlight_inside.request_apart
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1 ROWS 1
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_inside.opens() OR NOT EXISTS (SELECT FROM fanlight_inside.all_opened()) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.* FROM fanlight_inside.request_apart k
    WHERE EXISTS (
        SELECT FROM fanlight_inside.all_opened() about
        WHERE about.id = k.contact_id OR about.reference IN (
            SELECT reference FROM fanlight_inside.request_names WHERE request_id = k.request_id
        )
    ) AND fanlight_inside.knows(ARRAY[k.contact_id]) AND NOT EXISTS (
        SELECT FROM fanlight_inside.request_names named JOIN contact USING (reference)
        WHERE named.request_id = k.request_id AND fanlight_inside.is_restricted(contact.id)
    );
END $$;

-- OFFSET: a function by itself would keep the rest from being joined by an index.
CREATE OR REPLACE VIEW request_beside AS
    SELECT request_id, contact_id FROM fanlight_inside.request_beside
    WHERE (SELECT fanlight_worker() IS NULL OR fanlight_may('read'))
    UNION ALL
    SELECT request_id, contact_id FROM fanlight_inside.request_apart
    WHERE (SELECT fanlight_inside.opens())
    UNION ALL
    SELECT * FROM (SELECT * FROM fanlight_inside.opened_request() OFFSET 0) of_theirs;
GRANT SELECT ON request_beside TO fanlight_person;

-- Who writes a number into a request would learn, by what becomes of it, whether it is a restricted
-- contact's. So nobody puts in one that is not there for them, for whatever reason it is not.
CREATE OR REPLACE FUNCTION fanlight_inside.names_who_is_there() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT fanlight_inside.opens() AND EXISTS (
        SELECT unnest(fanlight_references(NEW.body))
        EXCEPT SELECT unnest(fanlight_references(OLD.body))
        EXCEPT SELECT kept.reference FROM contact kept
        WHERE kept.reference = ANY (fanlight_references(NEW.body)) AND fanlight_may('read')
          AND NOT fanlight_inside.is_restricted(kept.id)
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The request names a contact by a number (C-…) that is not there for you. Nothing was '
            'changed. Take the number out, or ask a team leader to send the request.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER fanlight_names_who_is_there BEFORE INSERT OR UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION fanlight_inside.names_who_is_there();

-- The keys that what is told of families is sealed with: made, wrapped and given out.
--
-- Applied by `fanlightctl hub create` after hub_events.sql. Nobody who signs in as themselves reads
-- or writes a table of keys. A contact's key is wrapped for its children by the database alone, out
-- of what it holds: so none is planted, swapped, or lost by leaving out whom it is for. It is done
-- as triage.storage.child_keys does it, in the same bytes.

DROP TRIGGER IF EXISTS fanlight_is_of_known ON content_key;
DROP FUNCTION IF EXISTS fanlight_key_is_of_known();

CREATE OR REPLACE FUNCTION fanlight_inside.mixed(one bytea, other bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    FOR at IN 0 .. length(one) - 1 LOOP
        one := set_byte(one, at, get_byte(one, at) # get_byte(other, at));
    END LOOP;
    RETURN one;
END $$;

-- HMAC-SHA-256 (RFC 2104) under a key of 32 bytes.
CREATE OR REPLACE FUNCTION fanlight_inside.keyed(key bytea, words bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inner_pad CONSTANT bytea := decode(repeat('36', 32), 'hex');
    outer_pad CONSTANT bytea := decode(repeat('5c', 32), 'hex');
BEGIN
    RETURN sha256(
        fanlight_inside.mixed(key, outer_pad) || outer_pad
        || sha256(fanlight_inside.mixed(key, inner_pad) || inner_pad || words)
    );
END $$;

CREATE OR REPLACE FUNCTION fanlight_inside.wrapped(
    content bytea, key bytea, contact uuid, key_id uuid
) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about bytea := convert_to(contact || ' ' || key_id, 'UTF8');
    tag bytea := fanlight_inside.keyed(key, 'tag '::bytea || about || content);
BEGIN
    RETURN tag || fanlight_inside.mixed(
        content, fanlight_inside.keyed(key, 'pad '::bytea || about || tag)
    );
END $$;

-- NULL where it was altered or the key is another.
CREATE OR REPLACE FUNCTION fanlight_inside.unwrapped(
    wrapped bytea, key bytea, contact uuid, key_id uuid
) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about bytea := convert_to(contact || ' ' || key_id, 'UTF8');
    tag bytea := substr(wrapped, 1, 32);
    content bytea := fanlight_inside.mixed(
        substr(wrapped, 33), fanlight_inside.keyed(key, 'pad '::bytea || about || tag)
    );
BEGIN
    RETURN CASE
        WHEN fanlight_inside.keyed(key, 'tag '::bytea || about || content) = tag THEN content
    END;
END $$;

-- 32 bytes of the server's own chance: three times 122 bits.
CREATE OR REPLACE FUNCTION fanlight_inside.new_key() RETURNS bytea
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
        || uuid_send(gen_random_uuid()))
$$;

-- Each child that a contact names, and the keys that others have for the child: '' for one that
-- names none, or is restricted, whose children stand apart.
CREATE OR REPLACE FUNCTION fanlight_inside.children_of(
    wanted uuid, OUT child text, OUT known uuid[]
) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT mine.child, ARRAY(
            SELECT share.key_id FROM (
                SELECT alike.contact_id, alike.child FROM contact_child alike
                WHERE alike.identity = mine.identity AND alike.contact_id <> wanted
                UNION
                SELECT alike.contact_id, alike.child FROM contact_child alike
                WHERE alike.nhs_number = mine.nhs_number AND alike.contact_id <> wanted
            ) theirs JOIN content_share share USING (contact_id, child)
            ORDER BY share.key_id
        ) FROM contact_child mine WHERE mine.contact_id = wanted;
    IF NOT FOUND THEN
        RETURN QUERY SELECT '', '{}'::uuid[];
    END IF;
END $$;

CREATE OR REPLACE FUNCTION fanlight_inside.content_key_of(wanted uuid) RETURNS bytea
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    content bytea;
BEGIN
    SELECT opened INTO content FROM (
        SELECT fanlight_inside.unwrapped(share.wrapped, its.key, wanted, its.id) AS opened
        FROM content_share share JOIN child_key its ON its.id = share.key_id
        WHERE share.contact_id = wanted
    ) found WHERE opened IS NOT NULL LIMIT 1;
    IF content IS NULL AND EXISTS (SELECT FROM content_share held WHERE held.contact_id = wanted) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The key that this record is sealed with was altered outside Fanlight. Nothing was '
            'changed: ask IT to look at the hub''s server.';
    END IF;
    RETURN coalesce(content, fanlight_inside.new_key());
END $$;

-- Have a contact's key, made where there is none, wrapped for the children that it is about.
CREATE OR REPLACE FUNCTION fanlight_inside.wrap_for_children(wanted uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found record;
    content bytea;
    its child_key;
    named text[] := '{}';
    gone uuid[] := '{}';
BEGIN
    PERFORM FROM event_head FOR UPDATE;
    FOR found IN
        SELECT each.child, each.known, held.key_id AS has
        FROM fanlight_inside.children_of(wanted) each
        LEFT JOIN content_share held ON held.contact_id = wanted AND held.child = each.child
    LOOP
        named := named || found.child;
        CONTINUE WHEN found.has = ANY (found.known) OR found.known = '{}' AND found.has IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM content_share elsewhere
                WHERE elsewhere.key_id = found.has AND elsewhere.contact_id <> wanted
            );
        content := coalesce(content, fanlight_inside.content_key_of(wanted));
        SELECT * INTO its FROM child_key WHERE child_key.id = found.known[1];
        IF its.id IS NULL THEN
            INSERT INTO child_key VALUES (gen_random_uuid(), fanlight_inside.new_key())
            RETURNING * INTO its;
        END IF;
        gone := gone || found.has;
        INSERT INTO content_share VALUES (
            wanted, found.child, its.id,
            fanlight_inside.wrapped(content, its.key, wanted, its.id)
        ) ON CONFLICT (contact_id, child) DO UPDATE
            SET key_id = EXCLUDED.key_id, wrapped = EXCLUDED.wrapped;
    END LOOP;
    WITH taken AS (
        DELETE FROM content_share share
        WHERE share.contact_id = wanted AND share.child <> ALL (named) RETURNING share.key_id
    ) SELECT gone || array_agg(taken.key_id) INTO gone FROM taken;
    DELETE FROM child_key unshared WHERE unshared.id = ANY (gone)
        AND NOT EXISTS (SELECT FROM content_share share WHERE share.key_id = unshared.id);
END $$;

-- At the end of whatever wrote a contact: of the children that are then there. Each row of them
-- brings it about as well, for whoever has it done before the end (SET CONSTRAINTS).
CREATE OR REPLACE FUNCTION fanlight_contact_is_shared_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted uuid;
BEGIN
    IF TG_TABLE_NAME = 'contact' THEN
        wanted := NEW.id;
    ELSE
        wanted := CASE TG_OP WHEN 'DELETE' THEN OLD.contact_id ELSE NEW.contact_id END;
    END IF;
    IF EXISTS (SELECT FROM contact kept WHERE kept.id = wanted) THEN
        PERFORM fanlight_inside.wrap_for_children(wanted);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_shared_out ON contact;
CREATE CONSTRAINT TRIGGER fanlight_is_shared_out AFTER INSERT OR UPDATE ON contact
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (fanlight_worker() IS NOT NULL)
    EXECUTE FUNCTION fanlight_contact_is_shared_out();
DROP TRIGGER IF EXISTS fanlight_is_shared_out ON contact_child;
CREATE CONSTRAINT TRIGGER fanlight_is_shared_out AFTER INSERT OR DELETE ON contact_child
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (fanlight_worker() IS NOT NULL)
    EXECUTE FUNCTION fanlight_contact_is_shared_out();

-- A key is made for a contact that is there for this person to know of, or was made just now; for
-- another nothing is done, whether it is hidden, has one, or is not there at all.
CREATE OR REPLACE FUNCTION fanlight_share_out(wanted uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM contact kept
        WHERE kept.id = wanted AND fanlight_may('read')
          AND (kept.xmin = pg_current_xact_id()::xid OR fanlight_may('open restricted')
               OR NOT fanlight_inside.is_restricted(kept.id))
    ) THEN
        PERFORM fanlight_inside.wrap_for_children(wanted);
    END IF;
END $$;

-- A contact's key is for whoever may know of the contact: who reads the whole trail reads of a
-- restricted one who did what, and no words. What a child's key opens beside it may be known too.
CREATE OR REPLACE FUNCTION fanlight_content_keys(wanted uuid[])
RETURNS TABLE (contact_id uuid, key_id uuid, wrapped bytea, key bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT fanlight_may('read') THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT share.contact_id, share.key_id, share.wrapped, its.key
        FROM content_share share JOIN child_key its ON its.id = share.key_id
        WHERE share.contact_id = ANY (wanted)
          AND ((SELECT fanlight_may('open restricted'))
               OR NOT fanlight_inside.is_restricted(share.contact_id));
END $$;

REVOKE ALL ON FUNCTION fanlight_share_out(uuid), fanlight_content_keys(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fanlight_share_out(uuid), fanlight_content_keys(uuid[])
    TO fanlight_person;

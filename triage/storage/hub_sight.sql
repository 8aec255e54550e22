-- Which rows of a table are for whom, as far as a row itself tells it.
--
-- Applied by `fanlightctl hub create` after hub_rules.sql. PostgreSQL asks the cheapest of all that
-- a statement and a rule ask of a row first, and calls an operator one and a look into another table
-- many: whoever asked whether the words of a hidden row come after some of theirs would learn it
-- before the rule said no, by how the server went about it. So all that a rule asks of a row stands
-- in a function here, which says of itself that it costs less than any operator.
--
-- In PL/pgSQL, which plans once for a line. SET would cost as much again: where it is left out, all
-- that is named has its schema, and nobody who signs in can make an operator.

-- Whether this person opened that restricted contact with a reason, and the time is not over. Only
-- in a later transaction than the one that says so: what is rolled back would leave no trace.
CREATE OR REPLACE FUNCTION fanlight_inside.opened(contact uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.access_grant opened
        WHERE opened.contact_id = contact AND opened.worker = public.fanlight_worker()
          AND opened.until_at > clock_timestamp() -- a statement may go on for days
          AND opened.granted_at < transaction_timestamp()
    ) AND public.fanlight_may('break glass');
END $$;

-- To this person, now. Of no contact: false, so that what belongs to none is not hidden.
CREATE OR REPLACE FUNCTION fanlight_inside.is_restricted(contact uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    PERFORM FROM public.restriction kept WHERE kept.contact_id = contact;
    RETURN FOUND AND NOT fanlight_inside.opened(contact);
END $$;

-- The same for row after row. A look into a table costs ten times what all else here does, so the
-- rule brings a hint along, read once for a statement: where the bit of a contact's place is not
-- set, it is not restricted.
CREATE OR REPLACE FUNCTION fanlight_inside.is_restricted(contact uuid, hint bytea) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    IF get_bit(hint, fanlight_inside.place(contact)) = 0 THEN
        RETURN false;
    END IF;
    RETURN fanlight_inside.is_restricted(contact);
END $$;

CREATE OR REPLACE FUNCTION fanlight_inside.place(contact uuid) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
    SELECT get_byte(uuid_send(contact), 14) % 128 * 256 + get_byte(uuid_send(contact), 15)
$$;

CREATE TABLE IF NOT EXISTS fanlight_inside.hint (bits bytea NOT NULL);
ALTER TABLE fanlight_inside.hint ALTER COLUMN bits SET STORAGE PLAIN;

CREATE OR REPLACE FUNCTION fanlight_inside.hint() RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN (SELECT bits FROM fanlight_inside.hint);
END $$;

CREATE OR REPLACE FUNCTION fanlight_inside.hints_at(contact uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE fanlight_inside.hint SET bits = set_bit(bits, fanlight_inside.place(contact), 1)
    WHERE get_bit(bits, fanlight_inside.place(contact)) = 0;
    RETURN true;
END $$;

DO $$
DECLARE
    made bytea := decode(repeat('00', 4096), 'hex');
    kept uuid;
BEGIN
    LOCK TABLE restriction IN SHARE ROW EXCLUSIVE MODE; -- none comes in meanwhile
    FOR kept IN SELECT contact_id FROM restriction LOOP
        made := set_bit(made, fanlight_inside.place(kept), 1);
    END LOOP;
    DELETE FROM fanlight_inside.hint;
    INSERT INTO fanlight_inside.hint VALUES (made);
END $$;

-- A check, since triggers can be left out by whoever restores a table: what is restricted without
-- its hint would be shown.
ALTER TABLE restriction DROP CONSTRAINT IF EXISTS fanlight_hints;
ALTER TABLE restriction ADD CONSTRAINT fanlight_hints
    CHECK (fanlight_inside.hints_at(contact_id)) NOT VALID;

CREATE OR REPLACE FUNCTION fanlight_inside.is_me(who text) RETURNS boolean
LANGUAGE plpgsql STABLE COST 0.0001 AS $$
BEGIN
    RETURN 'fl_' || who = session_user;
END $$;

-- Whether this person answers for an agency.
CREATE OR REPLACE FUNCTION fanlight_inside.serves(agency text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.fanlight_member person
        WHERE person.login = session_user::text AND agency = ANY (person.agencies)
    );
END $$;

-- Whether that a contact was joined with another, kept apart from it or taken apart tells of one
-- that is hidden from this person. Where neither was restricted it is told of both, one after the
-- other in one transaction: so the event beside it says of whom it tells. Where none does, it may
-- tell of any that stands apart beside the contact.
CREATE OR REPLACE FUNCTION fanlight_inside.joins_hidden(number int, contact uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM fanlight_inside.suggestion pair
        WHERE (pair.low = contact OR pair.high = contact)
          AND (fanlight_inside.is_restricted(pair.low) OR fanlight_inside.is_restricted(pair.high))
    ) THEN
        RETURN false;
    END IF;
    RETURN coalesce((
        SELECT bool_or(NOT EXISTS (
            SELECT FROM public.suggestion pair
            WHERE pair.low = contact AND pair.high = beside.contact_id
               OR pair.high = contact AND pair.low = beside.contact_id
        ))
        FROM public.event told JOIN public.event beside
          ON beside.seq IN (told.seq - 1, told.seq + 1) AND beside.kind = told.kind
         AND beside."by" = told."by" AND beside.xmin = told.xmin
        WHERE told.seq = number
    ), true);
END $$;

-- Whether an event tells of a request that names a contact hidden from this person.
CREATE OR REPLACE FUNCTION fanlight_inside.asks_hidden(number int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM fanlight_inside.request_told told
        JOIN fanlight_inside.request_apart apart USING (request_id)
        JOIN public.request kept ON kept.id = told.request_id
        WHERE told.seq = number AND fanlight_inside.names_hidden(kept.body)
    );
END $$;

-- What one did oneself is known again by it, where an answer of the server was lost. That who has a
-- contact works at it is for all: it is by that that a claim grows old; but not that they looked at a
-- request, which may be a hidden one. What is `asked` further are the looks, and the kinds that tell
-- of another contact.
DROP FUNCTION IF EXISTS fanlight_inside.is_told(text, text, uuid, text[], text[]) CASCADE;
CREATE OR REPLACE FUNCTION fanlight_inside.is_told(
    number int, kind text, who text, contact uuid, asked text[], of_others text[], opens boolean
)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    IF 'fl_' || who = session_user THEN
        RETURN true;
    ELSIF kind ^@ ANY (of_others) THEN
        RETURN false;
    ELSIF kind <> ALL (asked) THEN
        RETURN opens OR NOT kind ^@ 'request.' OR NOT fanlight_inside.asks_hidden(number);
    ELSIF kind = 'contact.likeness_found' THEN
        RETURN opens;
    ELSIF kind = 'request.viewed' AND NOT opens THEN
        RETURN false;
    ELSIF kind IN ('contact.joined', 'contact.kept_apart', 'contact.taken_apart') THEN
        RETURN opens OR NOT fanlight_inside.joins_hidden(number, contact);
    END IF;
    RETURN EXISTS (
        SELECT FROM public.contact kept WHERE kept.id = contact AND kept.assigned_to = who
    );
END $$;

-- A comment begun is its writer's, proposed weights are for who may adopt them.
CREATE OR REPLACE FUNCTION fanlight_inside.shows_setting(
    name text, signs boolean, configures boolean
) RETURNS boolean
LANGUAGE plpgsql STABLE COST 0.0001 AS $$
BEGIN
    RETURN CASE
        WHEN starts_with(name, 'sign-off.comment.') THEN
            signs AND 'fl_' || substr(name, 55) = session_user
        WHEN name = 'matching.refit' THEN signs OR configures
        ELSE true END;
END $$;

-- A draft is its writer's.
CREATE OR REPLACE FUNCTION fanlight_inside.is_held_out(state text, giver text) RETURNS boolean
LANGUAGE plpgsql STABLE COST 0.0001 AS $$
BEGIN
    RETURN state <> 'draft' OR 'fl_' || giver = session_user;
END $$;

-- What ties rows to who writes them, to the event of it, and to the contacts they name.
--
-- Applied by `fanlightctl hub create` after hub_rules.sql.

-- ---- rows that name a contact ------------------------------------------------------------------

-- The contacts that words name, by their references.
CREATE OR REPLACE FUNCTION fanlight_references(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT DISTINCT found[1] FROM regexp_matches(words, 'C-[0-9]{2}-[0-9]{5,9}', 'g') AS found
    )
$$;

-- What a record's end must take out of look-ups of others is found by it.
CREATE INDEX IF NOT EXISTS fanlight_names ON lookup_result
    USING gin (fanlight_references(body)) WHERE partner = 'hub';

-- Whether words name a contact that is not for this person to know of.
CREATE OR REPLACE FUNCTION fanlight_inside.names_hidden(words text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM contact kept
        WHERE kept.reference = ANY (fanlight_references(words))
          AND fanlight_inside.is_restricted(kept.id)
    )
$$;

-- An answer that waits to be placed is about nobody yet. One that stands in the thread of a request
-- its reader could not see is for those who may open what is restricted.
CREATE OR REPLACE FUNCTION fanlight_inside.is_of_hidden(answer text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(answer::jsonb -> 'names', '[]') <> '[]'
        OR (answer::jsonb ->> 'likely') IS NOT NULL AND NOT EXISTS (
            SELECT FROM request likely
            WHERE likely.id = CASE WHEN answer::jsonb ->> 'likely' ~
                '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (answer::jsonb ->> 'likely')::uuid END
              AND NOT fanlight_inside.is_restricted(likely.contact_id)
        )
        OR fanlight_inside.names_hidden(answer)
$$;

CREATE INDEX IF NOT EXISTS fanlight_waits ON partner_answer (
    (body::jsonb ->> 'original_id')
) WHERE request_id IS NULL;

-- What came and is about nobody yet: whether it came as such an answer.
CREATE OR REPLACE FUNCTION fanlight_inside.came_for_hidden(kept uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM partner_answer waits
        WHERE waits.request_id IS NULL AND waits.body::jsonb ->> 'original_id' = kept::text
          AND fanlight_inside.is_of_hidden(waits.body)
    )
$$;

-- ---- in whose name -----------------------------------------------------------------------------

-- When it came is what its time is counted from.
CREATE OR REPLACE FUNCTION fanlight_contact_says_whose() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said jsonb;
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NEW;
    END IF;
    said := NEW.body::jsonb;
    IF NEW.assigned_to IS DISTINCT FROM said ->> 'assigned_to'
        OR NEW.state IS DISTINCT FROM said ->> 'state'
        OR NEW.received_at IS DISTINCT FROM (said ->> 'received_at')::timestamptz
        OR TG_OP = 'UPDATE' AND NEW.received_at <> OLD.received_at
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The contact does not say of itself whose it is, where it stands, or when it came. '
            'Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_says_whose ON contact;
CREATE TRIGGER fanlight_says_whose BEFORE INSERT OR UPDATE ON contact
    FOR EACH ROW EXECUTE FUNCTION fanlight_contact_says_whose();

CREATE OR REPLACE FUNCTION fanlight_verdict_is_theirs() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    undoing text[] := ARRAY['undone_by', 'undone_at', 'undone_why'];
    is_now jsonb;
    was jsonb;
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    is_now := NEW.body::jsonb;
    IF (is_now ->> 'id', is_now -> 'subject' ->> 'contact_id', is_now ->> 'partner',
        is_now ->> 'record_id')
       IS NOT DISTINCT FROM (NEW.id::text, NEW.contact_id::text, NEW.partner, NEW.record_id)
       AND (is_now ->> 'undone_at' IS NULL) = (NEW.undone_at IS NULL)
    THEN
        IF TG_OP = 'INSERT' THEN
            IF is_now ->> 'by' = me AND NEW.undone_at IS NULL THEN
                RETURN NEW;
            END IF;
        ELSE
            was := OLD.body::jsonb;
            IF OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL
                AND is_now ->> 'undone_by' = me AND is_now - undoing = was - undoing
                AND (NEW.id, NEW.at) IS NOT DISTINCT FROM (OLD.id, OLD.at)
            THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
        'What is said of a record is said, and taken back once, in one''s own name. '
        'Nothing was changed.';
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON verdict;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON verdict
    FOR EACH ROW EXECUTE FUNCTION fanlight_verdict_is_theirs();

CREATE OR REPLACE FUNCTION fanlight_suggestion_is_theirs() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL AND NEW."by" <> fanlight_worker()
        AND (TG_OP = 'INSERT' AND (NEW."by" <> '' OR NEW.state <> 'open')
             OR TG_OP = 'UPDATE' AND (NEW."by", NEW.state, NEW.why)
                IS DISTINCT FROM (OLD."by", OLD.state, OLD.why))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Contacts are joined and kept apart in one''s own name. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON suggestion;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON suggestion
    FOR EACH ROW EXECUTE FUNCTION fanlight_suggestion_is_theirs();

-- ---- with its event ----------------------------------------------------------------------------

-- Whether this transaction put an event of this person into the chain, of such a kind, about that
-- contact; where none is named, whether the newest of all is one: the end of the chain is held from
-- the first that is added.
CREATE OR REPLACE FUNCTION fanlight_told(about uuid, such text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF about IS NULL THEN
        RETURN EXISTS (
            SELECT FROM event told
            WHERE told.seq = (SELECT head.seq FROM event_head head)
              AND told."by" = fanlight_worker() AND told.kind ~ such
              AND told.xmin = pg_current_xact_id()::xid
        );
    END IF;
    RETURN EXISTS (
        SELECT FROM event told
        WHERE told.contact_id = about AND told."by" = fanlight_worker() AND told.kind ~ such
          AND told.xmin = pg_current_xact_id()::xid
    );
END $$;

CREATE OR REPLACE FUNCTION fanlight_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about uuid;
    other uuid;
    such text := TG_ARGV[0];
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'contact' THEN
        IF TG_OP = 'UPDATE' AND NEW.state = 'signed' AND OLD.state <> 'signed' THEN
            about := NEW.id; -- it leaves everybody's queue
            such := '^decision\.signed$';
        ELSIF TG_OP = 'UPDATE' AND NEW.assigned_to IS NOT DISTINCT FROM OLD.assigned_to THEN
            such := ''; -- those of one episode are told of by one event of one of them
        ELSE
            about := NEW.id;
        END IF;
    ELSIF TG_TABLE_NAME = 'restriction' THEN
        IF TG_OP = 'DELETE' THEN
            about := OLD.contact_id;
            such := '^(contact\.opened_up|retention\.destroyed)$';
        ELSE
            about := NEW.contact_id;
        END IF;
    ELSIF TG_TABLE_NAME = 'decision_version' THEN
        about := NEW.contact_id;
        such := CASE NEW.state WHEN 'proposed' THEN '^decision\.proposed$'
            WHEN 'returned' THEN '^decision\.sent_back$' ELSE '^decision\.signed$' END;
    ELSIF TG_TABLE_NAME = 'legal_hold' THEN
        about := NEW.contact_id;
        such := CASE TG_OP WHEN 'INSERT' THEN '^retention\.held$' ELSE '^retention\.lifted$' END;
    ELSIF TG_TABLE_NAME = 'correction' THEN
        about := NEW.contact_id;
        such := '^correction\.' || NEW.standing || '$';
    ELSIF TG_TABLE_NAME = 'pack_copy' THEN
        SELECT contact_id INTO about FROM decision_version WHERE id = NEW.decision_id;
    ELSIF TG_TABLE_NAME = 'version_opened' THEN
        SELECT contact_id INTO about FROM decision_version WHERE id = NEW.version_id;
    ELSIF TG_TABLE_NAME = 'contact_child' THEN
        such := ''; -- kept anew with each change of their contact
    ELSIF TG_TABLE_NAME = 'destruction' THEN
        about := CASE WHEN NEW.outcome <> 'no_contact' THEN NEW.about END;
        such := CASE NEW.fate WHEN 'destroyed' THEN '^retention\.(arrivals_)?destroyed$'
            ELSE '^retention\.' || NEW.fate || '$' END;
    ELSIF TG_TABLE_NAME = 'suggestion' THEN
        about := NEW.low;
        other := NEW.high;
    ELSIF TG_TABLE_NAME = 'signing_key' THEN
        such := CASE TG_OP WHEN 'INSERT' THEN '^worker\.(enrolled|key_renewed)$'
            ELSE '^worker\.key_(revoked|certified)$' END;
    ELSE
        about := NEW.contact_id;
    END IF;
    IF NOT fanlight_told(about, such)
        AND (other IS NULL OR NOT fanlight_told(other, such))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Nothing is changed here without the event that tells of it. Nothing was changed.';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    tied record;
BEGIN
    -- '': of which kind, what is done says above.
    FOR tied IN SELECT * FROM (VALUES
        ('contact', 'INSERT OR UPDATE',
         '^(contact\.(received|confirmed|claimed|taken_over|released|handed_over|freed_idle)|call\.)'),
        ('contact_child', 'INSERT OR UPDATE OR DELETE', ''),
        ('restriction', 'INSERT OR DELETE', '^(contact|call)\.'),
        ('answer', 'INSERT OR UPDATE', '^decision\.'),
        ('decision_version', 'INSERT OR UPDATE', ''),
        ('version_opened', 'INSERT OR UPDATE', '^decision\.(opened|sent_back)$'),
        ('pack_copy', 'INSERT', '^pack\.issued$'),
        ('lookup_result', 'INSERT OR UPDATE', '^match\.'),
        ('verdict', 'INSERT OR UPDATE', '^match\.'),
        ('suggestion', 'INSERT OR UPDATE', '^contact\.'),
        ('handover_offer', 'INSERT OR UPDATE', '^contact\.'),
        ('legal_hold', 'INSERT OR UPDATE', ''),
        ('correction', 'INSERT OR UPDATE', ''),
        ('access_draft', 'INSERT OR UPDATE', '^access\.draft_kept$'),
        ('destruction', 'INSERT OR UPDATE', ''),
        ('delivery', 'UPDATE OF time_stamp', '^decision\.stamped$'),
        ('signing_key', 'INSERT OR UPDATE', '')
    ) AS of_table (name, verbs, such)
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS fanlight_is_told ON %I', tied.name);
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER fanlight_is_told AFTER %s ON %I DEFERRABLE INITIALLY '
            'DEFERRED FOR EACH ROW EXECUTE FUNCTION fanlight_is_told(%L)',
            tied.verbs, tied.name, tied.such
        );
    END LOOP;
END $$;

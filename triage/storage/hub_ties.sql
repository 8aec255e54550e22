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
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.contact kept
        WHERE kept.reference = ANY (public.fanlight_references(words))
          AND fanlight_inside.is_restricted(kept.id)
    );
END $$;

-- Whether what a look-up found tells of somebody restricted beside its own contact.
CREATE OR REPLACE FUNCTION fanlight_inside.tells_other(partner text, words text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN words LIKE '%"restricted":true%'
        OR partner = 'hub' AND fanlight_inside.names_hidden(words);
END $$;

-- An answer that waits to be placed is about nobody yet. One that stands in the thread of a request
-- its reader could not see is for those who may open what is restricted.
CREATE OR REPLACE FUNCTION fanlight_inside.is_of_hidden(answer text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN coalesce(answer::jsonb -> 'names', '[]') <> '[]'
        OR (answer::jsonb ->> 'likely') IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.request likely
            WHERE likely.id = CASE WHEN answer::jsonb ->> 'likely' ~
                '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (answer::jsonb ->> 'likely')::uuid END
              AND NOT fanlight_inside.is_restricted(likely.contact_id)
              AND NOT fanlight_inside.names_hidden(likely.body)
        )
        OR fanlight_inside.names_hidden(answer);
END $$;

CREATE INDEX IF NOT EXISTS fanlight_waits ON partner_answer (
    (body::jsonb ->> 'original_id')
) WHERE request_id IS NULL;

-- What came and is about nobody yet: whether it came as such an answer.
CREATE OR REPLACE FUNCTION fanlight_inside.came_for_hidden(kept uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.partner_answer waits
        WHERE waits.request_id IS NULL AND waits.body::jsonb ->> 'original_id' = kept::text
          AND fanlight_inside.is_of_hidden(waits.body)
    );
END $$;

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
        OR (NEW.id::text, NEW.reference, NEW.version::text)
           IS DISTINCT FROM (said ->> 'id', said ->> 'reference', coalesce(said ->> 'version', '1'))
        OR NEW.received_at <> OLD.received_at
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

-- What goes out for a contact, and what comes back, says of itself what it is of; a reply goes by a
-- reference, so that none is given to another family's. An answer stays once it was placed.
CREATE OR REPLACE FUNCTION fanlight_says_of_what() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said jsonb := NEW.body::jsonb;
    was jsonb;
    is_now jsonb := to_jsonb(NEW);
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        was := to_jsonb(OLD);
    END IF;
    IF EXISTS (
        SELECT FROM unnest(TG_ARGV) named
        WHERE is_now ->> named IS DISTINCT FROM said ->> named
           OR was ->> named <> coalesce(is_now ->> named, '')
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'What is asked of others, and their answer, says of itself what it is of, and stays '
            'so. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER fanlight_says_of_what BEFORE INSERT OR UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION fanlight_says_of_what('id', 'reference', 'contact_id');
CREATE OR REPLACE TRIGGER fanlight_says_of_what BEFORE INSERT OR UPDATE ON partner_answer
    FOR EACH ROW EXECUTE FUNCTION fanlight_says_of_what('id', 'request_id');
CREATE OR REPLACE TRIGGER fanlight_says_of_what BEFORE INSERT OR UPDATE ON service_referral
    FOR EACH ROW EXECUTE FUNCTION fanlight_says_of_what('id', 'number', 'contact_id');

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
                AND NEW.at = OLD.at
            THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
        'What is said of a record is said, and taken back once, in one''s own name. '
        'Nothing was changed.';
END $$;

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

-- What belongs to a contact goes to no other: it would be gone from the first without a word.
CREATE OR REPLACE FUNCTION fanlight_stays_where_it_is() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'What belongs to a contact stays with it. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

-- ---- with its event ----------------------------------------------------------------------------

-- Whether this transaction put an event of this person into the chain, of such a kind, about that
-- contact; where none is named, about none, among the newest: the end of the chain is held from the
-- first that is added. What a savepoint could take back does not count. `naming` is what its words
-- must hold, where they stand in the open.
DROP FUNCTION IF EXISTS fanlight_told(uuid, text);
CREATE OR REPLACE FUNCTION fanlight_told(about uuid, such text, naming text DEFAULT '')
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF about IS NULL THEN
        RETURN EXISTS (
            SELECT FROM event told
            WHERE told.seq > (SELECT head.seq - 50 FROM event_head head) AND told.contact_id IS NULL
              AND told."by" = fanlight_worker() AND told.kind ~ such
              AND position(naming IN told.detail) > 0
              AND told.xmin = pg_current_xact_id()::xid
        );
    END IF;
    RETURN EXISTS (
        SELECT FROM event told
        WHERE told.contact_id = about AND told."by" = fanlight_worker() AND told.kind ~ such
          AND told.xmin = pg_current_xact_id()::xid
    );
END $$;

-- Which events tell of a change of a contact: of each thing that is otherwise now, one of these.
-- What is in none never changes.
CREATE OR REPLACE FUNCTION fanlight_fits(changed text, was jsonb, is_now jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN changed IN ('assigned_to', 'assigned_at') THEN
            '^contact\.(claimed|taken_over|released|handed_over|freed_idle|confirmed)$'
        WHEN changed IN ('rating', 'rated_at') THEN '^(contact\.rated|decision\.(saved|signed))$'
        WHEN changed = 'restriction_reviewed_at' THEN '^contact\.(restriction_kept|restricted)$'
        WHEN changed IN ('restricted', 'restricted_kind', 'restricted_at') THEN
            '^contact\.(restricted|opened_up)$'
        WHEN changed IN ('set_aside_reason', 'points_to') THEN
            '^(contact\.(set_aside|reopened)|call\.thrown_away)$'
        WHEN changed = 'paused_reason' THEN
            '^(contact\.(paused|resumed|reopened)|decision\.proposed)$'
        WHEN changed = 'content' THEN
            '^(contact\.(accepted|adult_added|child_added|concerns_named|confirmed|fact_changed'
            '|marked|restricted)|call\.kept)$'
        WHEN changed = 'version' THEN '^(contact\.(?!viewed$|changes_seen$)|call\.|decision\.'
            '(proposed|saved|signed|sent_back)$)'
        WHEN changed <> 'state' THEN '^$'
        WHEN is_now ->> 'state' = 'signed' THEN '^decision\.signed$'
        WHEN is_now ->> 'state' = 'awaiting sign-off' THEN '^decision\.proposed$'
        WHEN was ->> 'state' = 'awaiting sign-off' THEN '^decision\.sent_back$'
        WHEN is_now ->> 'state' = 'set aside' THEN '^(contact\.set_aside|call\.thrown_away)$'
        WHEN was ->> 'state' IN ('signed', 'closed', 'set aside') THEN '^contact\.reopened$'
        WHEN is_now ->> 'state' = 'awaiting information' THEN '^contact\.paused$'
        WHEN is_now ->> 'state' IN ('received', 'screening') THEN
            '^contact\.(received|resumed|claimed|taken_over|handed_over|released|freed_idle'
            '|confirmed)$'
        ELSE '^$'
    END
$$;

-- As a desk writes it, what is as by default is left out: a body that says it is of an older
-- Fanlight, and everything in it would count as changed.
CREATE OR REPLACE FUNCTION fanlight_says_defaults(body jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM jsonb_each(body) WHERE value IN ('null', 'false', '""')
    )
$$;

CREATE OR REPLACE FUNCTION fanlight_change_is_told(about uuid, was jsonb, is_now jsonb)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told text[] := ARRAY(
        SELECT kind FROM event
        WHERE event.contact_id = about AND event."by" = fanlight_worker()
          AND event.xmin = pg_current_xact_id()::xid
    );
    older boolean := fanlight_says_defaults(was);
BEGIN
    RETURN NOT fanlight_says_defaults(is_now) AND NOT EXISTS (
        SELECT FROM jsonb_each(was) before FULL JOIN jsonb_each(is_now) after USING (key)
        WHERE before.value IS DISTINCT FROM after.value
          AND NOT (older AND (key = 'content'
                   OR coalesce(before.value, 'null') IN ('null', 'false', '""')
                  AND coalesce(after.value, 'null') IN ('null', 'false', '""')))
          AND NOT EXISTS (
              SELECT FROM unnest(told) kind WHERE kind ~ fanlight_fits(key, was, is_now)
          )
    );
END $$;

CREATE OR REPLACE FUNCTION fanlight_contact_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept contact;
    such text;
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'contact' THEN
        kept := NEW;
        IF NOT (CASE TG_OP
            WHEN 'UPDATE' THEN
                fanlight_change_is_told(NEW.id, OLD.body::jsonb, NEW.body::jsonb)
            ELSE fanlight_told(NEW.id, '^(contact\.received|call\.started)$')
                AND NEW.state IN ('draft', 'received')
                AND NOT fanlight_says_defaults(NEW.body::jsonb)
        END) THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'Nothing is changed here without the event that tells of it. Nothing was changed.';
        END IF;
    ELSE
        SELECT * INTO kept FROM contact
        WHERE contact.id = CASE TG_OP WHEN 'DELETE' THEN OLD.contact_id ELSE NEW.contact_id END;
        IF kept.id IS NULL THEN
            RETURN NULL; -- destroyed, or refused for want of it
        END IF;
        IF NOT EXISTS (
            SELECT FROM contact
            WHERE contact.id = kept.id AND contact.xmin = pg_current_xact_id()::xid
        ) THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'Nothing is changed here without the event that tells of it. Nothing was changed.';
        END IF;
    END IF;
    IF TG_TABLE_NAME <> 'restriction'
            AND NOT (fanlight_children_agree(kept) AND fanlight_place_agrees(kept))
        OR EXISTS (SELECT FROM restriction WHERE restriction.contact_id = kept.id)
           <> (coalesce((kept.body::jsonb -> 'restricted') = 'true', false))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'What a contact is found by is not what it says. Nothing was changed.';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    tied record;
BEGIN
    FOR tied IN SELECT * FROM (VALUES
        ('contact', 'INSERT OR UPDATE'),
        ('contact_child', 'INSERT OR UPDATE OR DELETE'),
        ('restricted_child', 'INSERT OR UPDATE OR DELETE'),
        ('restricted_place', 'INSERT OR UPDATE OR DELETE'),
        ('restriction', 'INSERT OR DELETE')
    ) AS of_table (name, verbs)
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS fanlight_contact_is_told ON %I', tied.name);
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER fanlight_contact_is_told AFTER %s ON %I DEFERRABLE '
            'INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fanlight_contact_is_told()',
            tied.verbs, tied.name
        );
    END LOOP;
    DROP TRIGGER IF EXISTS fanlight_is_told ON contact;
    DROP TRIGGER IF EXISTS fanlight_is_told ON contact_child;
END $$;

CREATE OR REPLACE FUNCTION fanlight_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about uuid;
    other uuid;
    such text := TG_ARGV[0];
    naming text := '';
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'restriction' THEN
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
        such := CASE NEW.standing WHEN 'asked' THEN '^correction\.asked$'
            WHEN 'agreed' THEN '^correction\.agreed$' ELSE '^correction\.refused$' END;
    ELSIF TG_TABLE_NAME = 'pack_copy' THEN
        SELECT contact_id INTO about FROM decision_version WHERE id = NEW.decision_id;
    ELSIF TG_TABLE_NAME = 'version_opened' THEN
        SELECT contact_id INTO about FROM decision_version WHERE id = NEW.version_id;
    ELSIF TG_TABLE_NAME = 'destruction' THEN
        about := CASE WHEN NEW.outcome <> 'no_contact' THEN NEW.about END;
        such := CASE WHEN NEW.fate = 'proposed' THEN '^retention\.proposed$'
            WHEN NEW.fate <> 'destroyed' THEN '^retention\.kept$'
            WHEN about IS NULL THEN '^retention\.arrivals_destroyed$'
            ELSE '^retention\.destroyed$' END;
    ELSIF TG_TABLE_NAME = 'handover_offer' THEN
        about := NEW.contact_id;
        such := CASE NEW.state WHEN 'offered' THEN '^contact\.offered$'
            WHEN 'accepted' THEN '^contact\.handed_over$'
            WHEN 'declined' THEN '^contact\.handover_declined$'
            ELSE '^contact\.handover_(kept|withdrawn)$' END;
    ELSIF TG_TABLE_NAME = 'verdict' THEN
        about := NEW.contact_id;
        such := CASE TG_OP WHEN 'UPDATE' THEN '^match\.undone$' ELSE such END;
    ELSIF TG_TABLE_NAME = 'original' THEN
        about := NEW.contact_id;
        such := CASE WHEN TG_OP = 'UPDATE' THEN '^(original\.brought_back|request\.answer_placed)$'
            WHEN about IS NULL THEN '^original\.(set_aside|kept)$' ELSE such END;
        naming := NEW.id;
    ELSIF TG_TABLE_NAME = 'delivery' THEN
        about := NEW.contact_id;
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.time_stamp, NEW.stamped_at) IS DISTINCT FROM (OLD.time_stamp, OLD.stamped_at)
            THEN
                such := '^decision\.stamped$';
            ELSIF (NEW.state, NEW.receipt, NEW.case_number, NEW.sent_at)
                IS DISTINCT FROM (OLD.state, OLD.receipt, OLD.case_number, OLD.sent_at)
            THEN
                such := '^export\.(accepted|rejected|unknown|sent|waiting|by_hand|case_number)$';
            ELSE
                RETURN NULL; -- who is sending it now, and why nothing came of it
            END IF;
        END IF;
    ELSIF TG_TABLE_NAME = 'setting' THEN
        IF starts_with(NEW.name, 'sign-off.comment.') THEN
            SELECT contact_id INTO about FROM decision_version
            WHERE id::text = substr(NEW.name, 18, 36);
            such := '^decision\.comment_kept$';
        END IF;
    ELSIF TG_TABLE_NAME = 'answer' THEN
        about := NEW.contact_id;
        such := CASE WHEN NEW.key = 'rating' THEN '^(decision\.(saved|signed)|contact\.rated)$'
            ELSE such END;
    ELSIF TG_TABLE_NAME = 'suggestion' THEN
        about := NEW.low;
        other := NEW.high;
        such := CASE NEW.state WHEN 'joined' THEN '^contact\.joined$'
            WHEN 'kept apart' THEN '^contact\.kept_apart$' ELSE such END;
    ELSIF TG_TABLE_NAME = 'request_message' THEN
        SELECT contact_id INTO about FROM request WHERE id = NEW.request_id;
    ELSIF TG_TABLE_NAME = 'partner_answer' THEN
        SELECT contact_id INTO about FROM request WHERE id = NEW.request_id;
        such := CASE WHEN about IS NULL THEN '^(request\.not_an_answer|mailbox\.taken_in)$'
            ELSE such END;
    ELSIF TG_TABLE_NAME = 'signing_key' THEN
        such := CASE TG_OP WHEN 'INSERT' THEN '^worker\.(enrolled|key_renewed)$'
            ELSE '^worker\.key_(revoked|certified)$' END;
        naming := '"' || NEW.kid || '"';
    ELSIF TG_TABLE_NAME = 'mailbox_message' THEN
        naming := NEW.sha256;
    ELSIF TG_TABLE_NAME = 'checkpoint_mail' THEN
        such := CASE TG_OP WHEN 'INSERT' THEN '^audit\.checkpoint$'
            ELSE '^audit\.checkpoint_(mailed|not_mailed)$' END;
        naming := '"seq":' || NEW.seq;
    ELSE
        about := NEW.contact_id;
    END IF;
    IF NOT fanlight_told(about, such, naming)
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
        ('restriction', 'INSERT OR DELETE', '^contact\.restricted$'),
        ('answer', 'INSERT OR UPDATE', '^decision\.(saved|signed)$'),
        ('decision_version', 'INSERT OR UPDATE', ''),
        ('version_opened', 'INSERT OR UPDATE', '^decision\.(opened|sent_back)$'),
        ('pack_copy', 'INSERT', '^pack\.issued$'),
        ('handover_offer', 'INSERT OR UPDATE', ''),
        ('legal_hold', 'INSERT OR UPDATE', ''),
        ('correction', 'INSERT OR UPDATE', ''),
        ('access_draft', 'INSERT OR UPDATE', '^access\.draft_kept$'),
        ('destruction', 'INSERT OR UPDATE', ''),
        ('original', 'INSERT OR UPDATE', '^original\.kept$'),
        ('reader_draft', 'INSERT OR UPDATE', '^contact\.(received|marked|accepted|confirmed)$'),
        ('request', 'INSERT OR UPDATE', '^request\.(?!viewed$)'),
        ('request_message', 'INSERT OR UPDATE', '^request\.(?!viewed$)'),
        ('partner_answer', 'INSERT OR UPDATE', '^request\.(?!viewed$)'),
        ('mailbox_message', 'INSERT', '^mailbox\.taken_in$'),
        ('service_referral', 'INSERT OR UPDATE', '^service\.'),
        ('delivery', 'INSERT OR UPDATE', '^decision\.signed$'),
        ('setting', 'INSERT OR UPDATE', '^matching\.'),
        ('checkpoint_mail', 'INSERT OR UPDATE OF told', ''),
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

-- What each person may do in a hub's database, whatever program they come with.
--
-- Applied by `fanlightctl hub create`, by the owner of the tables; it may be
-- applied again at any time. Who somebody is, is the database role they signed in with
-- (session_user), fl_NAME for the person called NAME; what they may do hangs on the role that this
-- database has them down with. No setting that a client can send is asked.
--
-- Faults for people are raised with SQLSTATE FL001; their words are shown as they are.

CREATE TABLE IF NOT EXISTS fanlight_allowed (
    role text NOT NULL, act text NOT NULL, PRIMARY KEY (role, act)
);
-- Every act that this hub was told of: one that came with a newer Fanlight is not among them yet.
CREATE TABLE IF NOT EXISTS fanlight_act (act text PRIMARY KEY);

-- Who is let in, told by each hub for itself: memberships of roles would be the whole server's.
CREATE TABLE IF NOT EXISTS fanlight_member (
    login text PRIMARY KEY, role text NOT NULL, agencies text[] NOT NULL
);

-- What tells of contacts that are hidden is asked by the rules of rows alone: who signs in may not
-- name anything in this schema, and a rule needs no name.
CREATE SCHEMA IF NOT EXISTS fanlight_inside;
REVOKE ALL ON SCHEMA fanlight_inside FROM PUBLIC;

CREATE OR REPLACE FUNCTION fanlight_worker() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN starts_with(session_user, 'fl_') THEN substr(session_user, 4) END
$$;

-- Asked some thirty times for each act of a person: in PL/pgSQL, which plans it once for a line. What
-- a serializable transaction locks (pg_locks) is each row that a rule or trigger here looked at.
CREATE OR REPLACE FUNCTION fanlight_may(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') = 'serializable' THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The hub takes no serializable transaction. Nothing was read or changed.';
    END IF;
    RETURN EXISTS (
        SELECT FROM fanlight_allowed allowed JOIN fanlight_member person USING (role)
        WHERE allowed.act = wanted AND person.login = session_user::text
    );
END $$;

-- As triage.domain.event.digest writes it, so that what is kept is what was hashed.
CREATE OR REPLACE FUNCTION fanlight_digest(
    seq int, kind text, contact_id uuid, by text, at timestamptz, detail text, previous text
) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(convert_to(
        '[' || seq
        || ',' || to_json(kind)::text
        || ',' || coalesce(to_json(contact_id::text)::text, 'null')
        || ',' || to_json(by)::text
        || ',"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"'
        || ',' || to_json(detail)::text
        || ',' || to_json(previous)::text
        || ']', 'UTF8')), 'hex')
$$;

-- ---- decisions -------------------------------------------------------------------------------

-- Whoever signs says the time of this server, which no desk can put back: it is by that time that a
-- revoked key's signatures stand or fall. A minute is room for a card that takes long over it.
CREATE OR REPLACE FUNCTION fanlight_must_be_now(said timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF said IS NULL OR abs(extract(epoch FROM said - clock_timestamp())) > 60 THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The time of signing is not the time it is at the hub. Nothing was signed. Try again.';
    END IF;
END $$;

-- What a JSON Web Signature says: base64url, without its padding.
CREATE OR REPLACE FUNCTION fanlight_payload(words text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN convert_from(decode(
        rpad(translate(words, '-_', '+/'), (length(words) + 3) / 4 * 4, '='), 'base64'
    ), 'UTF8')::jsonb;
EXCEPTION WHEN OTHERS THEN
    RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
        'What was signed can''t be read. Nothing was changed.';
END $$;

-- A desk whose key was revoked may still be signed in: the list of keys is asked here as well.
CREATE OR REPLACE FUNCTION fanlight_key_must_stand(me text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM signing_key held WHERE held.worker_id = me AND held.revoked_at IS NULL
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Your key was revoked, so nothing can be signed with it. Nothing was changed. '
            'Ask a team leader.';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION fanlight_decision_is_theirs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    was jsonb;
    is_now jsonb := NEW.body::jsonb;
BEGIN
    IF me IS NULL THEN -- the owner: bringing a desk's file in, or tables up to date
        RETURN NEW;
    END IF;
    IF NEW.state IS DISTINCT FROM is_now ->> 'state' THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The decision does not say of itself where it stands. Nothing was changed.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR is_now ->> 'author' IS DISTINCT FROM me THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'A decision is proposed by its author. Nothing was changed.';
        END IF;
        PERFORM fanlight_key_must_stand(me);
        PERFORM fanlight_must_be_now(NEW.proposed_at);
        IF date_trunc('milliseconds', NEW.proposed_at) IS DISTINCT FROM (
            fanlight_payload(split_part(is_now ->> 'proposal', '.', 2)) #>> '{author,at}'
        )::timestamptz THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'The author signed another time than the decision has. Nothing was changed.';
        END IF;
        RETURN NEW;
    END IF;
    was := OLD.body::jsonb;
    IF (NEW.id, NEW.contact_id, NEW.number, NEW.proposed_at, is_now ->> 'author',
        is_now ->> 'proposal')
        IS DISTINCT FROM
       (OLD.id, OLD.contact_id, OLD.number, OLD.proposed_at, was ->> 'author', was ->> 'proposal')
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Who proposed a decision, and what they signed, never changes. Nothing was changed.';
    END IF;
    IF OLD.state = 'signed' AND NEW.state = 'superseded' AND is_now - 'state' = was - 'state'
        AND fanlight_may('sign')
    THEN
        RETURN NEW;
    END IF;
    IF OLD.state <> 'proposed' OR NEW.state NOT IN ('signed', 'returned') THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A decision that was signed or returned stays as it is. Nothing was changed.';
    END IF;
    IF NOT fanlight_may('sign') OR is_now ->> 'signer' IS DISTINCT FROM me THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Signing off is for a team leader, in their own name. Nothing was changed.';
    END IF;
    IF NEW.state = 'signed' AND is_now ->> 'author' = me THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'You can''t sign off your own decision. Nothing was changed. Ask another team leader.';
    END IF;
    IF NEW.state = 'signed' THEN
        PERFORM fanlight_key_must_stand(me);
        PERFORM fanlight_must_be_now((is_now ->> 'signed_at')::timestamptz);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON decision_version;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON decision_version
    FOR EACH ROW EXECUTE FUNCTION fanlight_decision_is_theirs();

-- ---- originals -------------------------------------------------------------------------------

-- Who had which bytes in their own hands. To name bytes by their hash is not to have them.
CREATE TABLE IF NOT EXISTS fanlight_brought (
    sha256 text NOT NULL, worker text NOT NULL, PRIMARY KEY (sha256, worker)
);

-- Also run for bytes that are kept already: ON CONFLICT is looked at after it.
CREATE OR REPLACE FUNCTION fanlight_bytes_are_so() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(NEW.data), 'hex') THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The bytes are not those of their hash. Nothing was changed.';
    END IF;
    IF fanlight_worker() IS NOT NULL THEN
        INSERT INTO fanlight_brought VALUES (NEW.sha256, fanlight_worker()) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fanlight_original_was_brought() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
BEGIN
    IF me IS NOT NULL AND NOT EXISTS (
        SELECT FROM fanlight_brought had WHERE had.sha256 = NEW.sha256 AND had.worker = me
    ) AND NOT EXISTS (
        SELECT FROM original kept WHERE kept.sha256 = NEW.sha256
          AND (fanlight_may('open restricted') OR NOT fanlight_inside.is_restricted(kept.contact_id))
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'An original is kept by who brings its bytes. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

-- What came for nobody known is about a contact once somebody says so, and stays about it.
CREATE OR REPLACE FUNCTION fanlight_original_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL AND (OLD.contact_id IS NOT NULL OR NEW.contact_id IS NULL) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'An original stays with the contact that it is about. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON original;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON original
    FOR EACH ROW EXECUTE FUNCTION fanlight_original_stays();
DROP TRIGGER IF EXISTS fanlight_is_so ON original_bytes;
CREATE TRIGGER fanlight_is_so BEFORE INSERT ON original_bytes
    FOR EACH ROW EXECUTE FUNCTION fanlight_bytes_are_so();
DROP TRIGGER IF EXISTS fanlight_was_brought ON original;
CREATE TRIGGER fanlight_was_brought BEFORE INSERT ON original
    FOR EACH ROW EXECUTE FUNCTION fanlight_original_was_brought();

-- ---- signed documents on their way -----------------------------------------------------------

-- A document is of a decision just signed by whoever brings it, and says the same time.
CREATE OR REPLACE FUNCTION fanlight_document_is_of_now() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    said jsonb;
    signed jsonb;
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    BEGIN
        said := fanlight_payload(convert_from(NEW.document, 'UTF8')::jsonb ->> 'payload');
    EXCEPTION WHEN data_exception THEN
        said := NULL;
    END;
    SELECT kept.body::jsonb INTO signed FROM decision_version kept
        WHERE kept.id = NEW.decision_id AND kept.contact_id = NEW.contact_id
          AND kept.state = 'signed';
    IF signed ->> 'signer' IS DISTINCT FROM me
       OR said #>> '{signOff,id}' IS DISTINCT FROM me
       OR said ->> 'decisionId' IS DISTINCT FROM NEW.decision_id::text
       OR (said #>> '{signOff,at}')::timestamptz IS DISTINCT FROM
          date_trunc('milliseconds', (signed ->> 'signed_at')::timestamptz)
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The document is not of the decision as it was signed. Nothing was changed.';
    END IF;
    PERFORM fanlight_must_be_now((signed ->> 'signed_at')::timestamptz);
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_of_now ON delivery;
CREATE TRIGGER fanlight_is_of_now BEFORE INSERT ON delivery
    FOR EACH ROW EXECUTE FUNCTION fanlight_document_is_of_now();

-- Whether bytes may be a time stamp over what a document was signed with: one DER sequence to their
-- end, in which the hash of the signature stands. Whose it is, only a desk can tell.
CREATE OR REPLACE FUNCTION fanlight_may_be_stamp(token bytea, document bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    signature text := convert_from(document, 'UTF8')::jsonb #>> '{signatures,0,signature}';
    wide int;
    long bigint := 0;
BEGIN
    IF token IS NULL OR length(token) NOT BETWEEN 64 AND 262144 OR get_byte(token, 0) <> 48
        OR signature IS NULL
        OR position(sha256(convert_to(signature, 'UTF8')) IN token) = 0
    THEN
        RETURN false;
    END IF;
    wide := get_byte(token, 1) - 128;
    IF wide <= 0 THEN
        RETURN length(token) = 2 + get_byte(token, 1);
    END IF;
    IF wide > 3 THEN
        RETURN false;
    END IF;
    FOR at IN 2 .. 1 + wide LOOP
        long := long * 256 + get_byte(token, at);
    END LOOP;
    RETURN length(token) = 2 + wide + long;
END $$;

CREATE OR REPLACE FUNCTION fanlight_document_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.decision_id, NEW.contact_id, NEW.idempotency_key, NEW.payload_sha256,
        NEW.document, NEW.seq)
       IS DISTINCT FROM
       (OLD.id, OLD.decision_id, OLD.contact_id, OLD.idempotency_key, OLD.payload_sha256,
        OLD.document, OLD.seq)
       OR (NEW.time_stamp, NEW.stamped_at) IS DISTINCT FROM (OLD.time_stamp, OLD.stamped_at)
          AND (OLD.time_stamp IS NOT NULL OR fanlight_worker() IS NOT NULL
               AND NOT fanlight_may_be_stamp(NEW.time_stamp, NEW.document))
       OR (OLD.state = 'accepted' AND (NEW.state, NEW.receipt, NEW.case_number)
           IS DISTINCT FROM (OLD.state, OLD.receipt, OLD.case_number))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A signed document and the council''s answer stay as they are. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON delivery;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON delivery
    FOR EACH ROW EXECUTE FUNCTION fanlight_document_stays();

-- A contact keeps its name and its day; everything else of it is people's work.
CREATE OR REPLACE FUNCTION fanlight_contact_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.reference) IS DISTINCT FROM (OLD.id, OLD.reference)
       OR NEW.version <= OLD.version
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A contact keeps its reference, and its changes are counted. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON contact;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON contact
    FOR EACH ROW EXECUTE FUNCTION fanlight_contact_stays();

-- ---- opening a restricted contact with a reason ------------------------------------------------

CREATE OR REPLACE FUNCTION fanlight_glass_breaks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
BEGIN
    IF me IS NULL THEN -- the owner: bringing a desk's file in
        RETURN NEW;
    END IF;
    IF NOT fanlight_may('break glass') THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Your role does not open restricted records. Nothing was opened.';
    END IF;
    IF length(regexp_replace(coalesce(NEW.why, ''), '\s', '', 'g')) < 10 THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Say in a few words why you need it. Nothing was opened.';
    END IF;
    SELECT kept.id INTO NEW.contact_id
    FROM contact kept JOIN restriction ON restriction.contact_id = kept.id
    WHERE kept.reference = NEW.reference;
    IF NEW.contact_id IS NULL THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'There is no restricted record of that number. Nothing was opened.';
    END IF;
    NEW.worker := me;
    NEW.minutes := least(greatest(NEW.minutes, 1), 240);
    NEW.granted_at := clock_timestamp();
    NEW.until_at := NEW.granted_at + make_interval(mins => NEW.minutes);
    NEW.seen_by := NULL;
    NEW.seen_at := NULL;
    RETURN NEW;
END $$;

-- No grant without its event, whatever program made it. The reason stands in the grant: it may tell
-- of the family, and goes with what is kept of it.
CREATE OR REPLACE FUNCTION fanlight_glass_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head event_head;
    told text;
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT head FROM event_head FOR UPDATE;
    told := '{"grant":' || to_json(NEW.id::text)::text || ',"minutes":' || NEW.minutes
        || ',"reference":' || to_json(NEW.reference)::text
        || ',"until":"' || to_char(NEW.until_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
        || '+00:00"}';
    INSERT INTO event (seq, kind, contact_id, "by", at, detail, previous, hash) VALUES (
        head.seq + 1, 'access.broke_glass', NEW.contact_id, NEW.worker, NEW.granted_at, told,
        head.hash, fanlight_digest(head.seq + 1, 'access.broke_glass', NEW.contact_id, NEW.worker,
            NEW.granted_at, told, head.hash)
    );
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION fanlight_glass_is_seen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NULL THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.reference, NEW.contact_id, NEW.worker, NEW.why, NEW.minutes, NEW.granted_at,
        NEW.until_at)
       IS DISTINCT FROM
       (OLD.id, OLD.reference, OLD.contact_id, OLD.worker, OLD.why, OLD.minutes, OLD.granted_at,
        OLD.until_at)
       OR OLD.seen_at IS NOT NULL OR NEW.seen_by IS DISTINCT FROM fanlight_worker()
       OR OLD.worker = fanlight_worker()
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Who opened what stays as it was. It is seen once, by somebody else. '
            'Nothing was changed.';
    END IF;
    NEW.seen_at := clock_timestamp();
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_breaks ON access_grant;
CREATE TRIGGER fanlight_breaks BEFORE INSERT ON access_grant
    FOR EACH ROW EXECUTE FUNCTION fanlight_glass_breaks();
DROP TRIGGER IF EXISTS fanlight_is_told ON access_grant;
CREATE TRIGGER fanlight_is_told AFTER INSERT ON access_grant
    FOR EACH ROW EXECUTE FUNCTION fanlight_glass_is_told();
DROP TRIGGER IF EXISTS fanlight_is_seen ON access_grant;
CREATE TRIGGER fanlight_is_seen BEFORE UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION fanlight_glass_is_seen();

-- ---- handing over ------------------------------------------------------------------------------

-- Whoever gives a contact writes what goes with it until it is held out, and takes it back; whoever
-- it is held out to says yes or no, and changes no word of it.
CREATE OR REPLACE FUNCTION fanlight_offer_is_theirs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    answering text[] := ARRAY['state', 'answered_at', 'answer', 'version'];
    was jsonb;
    is_now jsonb;
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    is_now := NEW.body::jsonb;
    IF (is_now ->> 'id', is_now ->> 'contact_id', is_now ->> 'by', is_now ->> 'to',
        is_now ->> 'state')
       IS DISTINCT FROM
       (NEW.id::text, NEW.contact_id::text, NEW."by", NEW."to", NEW.state)
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The offer does not say of itself where it stands. Nothing was changed.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW."by" = me AND NEW.state = 'draft' THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.id, NEW.contact_id, NEW."by") IS NOT DISTINCT FROM (OLD.id, OLD.contact_id, OLD."by")
    THEN
        was := OLD.body::jsonb;
        IF OLD."by" = me AND OLD.state = 'draft' AND NEW.state IN ('draft', 'offered')
            OR is_now - answering = was - answering AND OLD.state = 'offered' AND (
                   OLD."by" = me AND NEW.state = 'draft'
                   OR OLD."to" = me AND NEW.state IN ('accepted', 'declined')
               )
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
        'What is held out is changed by who gives it, and answered once by who is asked. '
        'Nothing was changed.';
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON handover_offer;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON handover_offer
    FOR EACH ROW EXECUTE FUNCTION fanlight_offer_is_theirs();

-- ---- keys ------------------------------------------------------------------------------------

-- A key says of itself whose it is and whether it signs off; neither is the client's to choose.
CREATE OR REPLACE FUNCTION fanlight_key_is_theirs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    said jsonb := NEW.jwk::jsonb;
    point CONSTANT text := '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$';  -- 32 bytes, one way to write
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- What the authority gave for a key that stands is put beside it by who looks after people.
        IF OLD.revoked_at IS NULL AND to_jsonb(NEW) - 'certificate' = to_jsonb(OLD) - 'certificate'
            AND (fanlight_may('configure') OR fanlight_may('sign'))
        THEN
            RETURN NEW;
        END IF;
        IF (NEW.kid, NEW.worker_id, NEW.jwk, NEW.since, NEW.certificate)
            IS DISTINCT FROM (OLD.kid, OLD.worker_id, OLD.jwk, OLD.since, OLD.certificate)
           OR OLD.revoked_at IS NOT NULL OR NEW.revoked_by IS DISTINCT FROM me
           OR NEW.revoked_at IS NULL
           OR abs(extract(epoch FROM NEW.revoked_at - clock_timestamp())) > 60
        THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'A key can only be revoked, once, now and in one''s own name. '
                'Nothing was changed.';
        END IF;
        RETURN NEW;
    END IF;
    IF said ->> 'kid' IS DISTINCT FROM NEW.kid OR said ->> 'worker' IS DISTINCT FROM NEW.worker_id
       OR NEW.revoked_at IS NOT NULL OR NEW.certificate IS NOT NULL
       OR said ->> 'name' IS DISTINCT FROM (
           SELECT body::jsonb ->> 'name' FROM worker WHERE worker.id = me
       )
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The key is another person''s. Nothing was changed.';
    END IF;
    IF (said -> 'signs_off') = 'true'::jsonb AND NOT fanlight_may('sign') THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'This person may not sign off, so their key may not say so. Nothing was changed.';
    END IF;
    IF EXISTS (
        SELECT FROM signing_key held WHERE held.worker_id = me AND held.revoked_at IS NULL
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'You have a key already. Nothing was changed. Ask a team leader to revoke it first.';
    END IF;
    -- Its name is made of it (RFC 7638), so that nobody has another's key a second time, and it
    -- says nothing more, as when it ended.
    IF (said - ARRAY['kty', 'crv', 'x', 'y', 'kid', 'alg', 'use', 'worker', 'name', 'signs_off'])
        <> '{}'::jsonb
       OR (said ->> 'kty', said ->> 'crv') IS DISTINCT FROM ('EC', 'P-256')
       OR (said ->> 'x' ~ point AND said ->> 'y' ~ point) IS NOT TRUE
       OR NEW.kid IS DISTINCT FROM rtrim(translate(encode(sha256(convert_to(format(
           '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}', said ->> 'x', said ->> 'y'
       ), 'UTF8')), 'base64'), '+/', '-_'), '=')
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'That is no key as Fanlight makes them. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON signing_key;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON signing_key
    FOR EACH ROW EXECUTE FUNCTION fanlight_key_is_theirs();

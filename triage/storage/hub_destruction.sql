-- Destruction of what fell due, in a hub's database: reviewed by two, never where it is held.
--
-- Applied by `fanlightctl hub create`, which puts the steps in.

CREATE OR REPLACE FUNCTION fanlight_review_is_theirs() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
BEGIN
    -- The owner, or fanlight_destroy below, which has looked at everything itself and is the owner's.
    -- Another name than the session's proves nothing: SET ROLE gives each their own groups'.
    IF me IS NULL OR current_user =
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.fate = 'proposed' AND NEW.proposed_by = me AND NEW.decided_by IS NULL
        AND (TG_OP = 'INSERT' OR (OLD.fate = 'kept' AND NEW.about = OLD.about))
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.fate = 'proposed' AND NEW.fate = 'kept' AND NEW.decided_by = me
        AND (NEW.about, NEW.reference, NEW.proposed_by, NEW.proposed_at, NEW.due_on)
            IS NOT DISTINCT FROM
            (OLD.about, OLD.reference, OLD.proposed_by, OLD.proposed_at, OLD.due_on)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
        'What falls due is proposed by one and decided by another, each in their own name. '
        'Nothing was changed.';
END $$;

DROP TRIGGER IF EXISTS fanlight_is_theirs ON destruction;
CREATE TRIGGER fanlight_is_theirs BEFORE INSERT OR UPDATE ON destruction
    FOR EACH ROW EXECUTE FUNCTION fanlight_review_is_theirs();

CREATE OR REPLACE FUNCTION fanlight_hold_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL AND (
        OLD.lifted_at IS NOT NULL OR NEW.lifted_by IS DISTINCT FROM fanlight_worker()
        OR (NEW.id, NEW.contact_id, NEW.why, NEW."by", NEW.at)
            IS DISTINCT FROM (OLD.id, OLD.contact_id, OLD.why, OLD."by", OLD.at)
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A hold can only be lifted, once and in one''s own name. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON legal_hold;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON legal_hold
    FOR EACH ROW EXECUTE FUNCTION fanlight_hold_stays();

-- What somebody asked to have corrected stays as they said it, and is answered once.
CREATE OR REPLACE FUNCTION fanlight_correction_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL AND (
        OLD.standing <> 'asked'
        OR (NEW.id, NEW.contact_id, NEW.path, NEW.who, NEW.says, NEW.at, NEW."by")
            IS DISTINCT FROM
           (OLD.id, OLD.contact_id, OLD.path, OLD.who, OLD.says, OLD.at, OLD."by")
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'What somebody asked to have corrected stays as they said it. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON correction;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON correction
    FOR EACH ROW EXECUTE FUNCTION fanlight_correction_stays();

CREATE OR REPLACE FUNCTION fanlight_destroy(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    said destruction;
BEGIN
    SELECT * INTO said FROM destruction WHERE about = wanted FOR UPDATE;
    IF me IS NULL OR NOT fanlight_may('sign') OR said.about IS NULL OR said.fate <> 'proposed'
        OR said.proposed_by = me
        OR said.due_on > to_char(now() AT TIME ZONE 'Europe/London', 'YYYY-MM-DD')
        OR EXISTS (SELECT FROM legal_hold
                   WHERE legal_hold.contact_id = wanted AND lifted_at IS NULL)
        OR NOT EXISTS (SELECT FROM contact WHERE contact.id = wanted
                       AND state IN ('signed', 'closed', 'set aside'))
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A record is destroyed when its time is over, nothing holds it, and another team '
            'leader proposed it. Nothing was changed.';
    END IF;
    UPDATE destruction SET fate = 'destroyed', decided_by = me, decided_at = now()
    WHERE about = wanted;
    -- STEPS
END $$;

REVOKE ALL ON FUNCTION fanlight_destroy(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fanlight_destroy(uuid) TO fanlight_person;

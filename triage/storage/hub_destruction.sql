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
        AND (TG_OP = 'INSERT' OR OLD.fate = 'kept')
    THEN
        RETURN NEW;
    END IF;
    IF OLD.fate = 'proposed' AND NEW.fate = 'kept' AND NEW.decided_by = me
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
        OR (NEW.why, NEW."by", NEW.at) IS DISTINCT FROM (OLD.why, OLD."by", OLD.at)
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
        OR (NEW.path, NEW.who, NEW.says, NEW.at, NEW."by")
            IS DISTINCT FROM
           (OLD.path, OLD.who, OLD.says, OLD.at, OLD."by")
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'What somebody asked to have corrected stays as they said it. Nothing was changed.';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS fanlight_stays ON correction;
CREATE TRIGGER fanlight_stays BEFORE UPDATE ON correction
    FOR EACH ROW EXECUTE FUNCTION fanlight_correction_stays();

-- ---- when a record's time is over ------------------------------------------------------------
--
-- As triage.domain.retention works it out, by the rules that the owner put in: of what was signed,
-- whatever a proposal says.

CREATE OR REPLACE FUNCTION fanlight_years_after(day date, years int) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT later + CASE WHEN to_char(day, 'MMDD') = '0229' AND to_char(later, 'MMDD') = '0228'
                        THEN 1 ELSE 0 END
    FROM (SELECT (day + make_interval(years => years))::date AS later) counted
$$;

CREATE OR REPLACE FUNCTION fanlight_day(said text) RETURNS date
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN CASE WHEN said ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN said::date END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION fanlight_today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (now() AT TIME ZONE 'Europe/London')::date
$$;

-- Other records about any of the same children.
CREATE OR REPLACE FUNCTION fanlight_related(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH child AS NOT MATERIALIZED (
        SELECT * FROM contact_child UNION ALL SELECT * FROM restricted_child
    )
    SELECT theirs.contact_id FROM child mine JOIN child theirs ON theirs.identity = mine.identity
    WHERE mine.contact_id = wanted AND theirs.contact_id <> wanted
    UNION
    SELECT theirs.contact_id FROM child mine
    JOIN child theirs ON theirs.nhs_number = mine.nhs_number
    WHERE mine.contact_id = wanted AND theirs.contact_id <> wanted
$$;

-- NULL for a record that is kept: still worked on, or of an outcome that no rule names.
CREATE OR REPLACE FUNCTION fanlight_falls_due(wanted uuid) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept contact;
    signed jsonb[];
    codes text[];
    ended date;
    eighteen date;
BEGIN
    SELECT * INTO kept FROM contact
    WHERE contact.id = wanted AND contact.state IN ('signed', 'closed', 'set aside');
    IF kept.id IS NULL THEN
        RETURN NULL;
    END IF;
    signed := ARRAY(
        SELECT version.body::jsonb FROM decision_version version
        WHERE version.contact_id = wanted AND version.state = 'signed'
          AND version.body::jsonb ->> 'signed_at' IS NOT NULL
    );
    IF cardinality(signed) > 0 THEN
        codes := ARRAY(
            SELECT DISTINCT code FROM unnest(signed) version,
                jsonb_each(version -> 'answers') answer,
                jsonb_array_elements_text(
                    CASE WHEN jsonb_typeof(answer.value) = 'array' THEN answer.value
                         ELSE jsonb_build_array(answer.value) END
                ) code
            WHERE split_part(answer.key, '@', 1) = 'outcome'
        );
    -- What was signed once is decided, whatever took its place.
    ELSIF kept.state = 'set aside' AND NOT EXISTS (
        SELECT FROM decision_version version
        WHERE version.contact_id = wanted AND version.state = 'superseded'
    ) THEN
        codes := ARRAY['set_aside'];
    END IF;
    IF coalesce(cardinality(codes), 0) = 0 OR EXISTS (
        SELECT FROM unnest(codes) code
        WHERE NOT EXISTS (SELECT FROM retention_rule rule WHERE rule.outcome = code)
    ) THEN
        RETURN NULL;
    END IF;
    ended := (coalesce(greatest(
        (SELECT max((version ->> 'signed_at')::timestamptz) FROM unnest(signed) version),
        (SELECT max(told.at) FROM event told
         WHERE kept.state = 'set aside' AND told.contact_id = wanted
           AND told.kind IN ('contact.set_aside', 'call.thrown_away'))
    ), kept.received_at) AT TIME ZONE 'Europe/London')::date;
    -- Of the children as they are now and as they were when it was signed, the youngest.
    eighteen := greatest(ended, (
        SELECT max(fanlight_years_after(coalesce(born, ended), 18)) FROM (
            SELECT coalesce(fanlight_day(child #>> '{dob,value}'),
                            fanlight_day(child #>> '{edd,value}')) AS born
            FROM jsonb_array_elements(kept.body::jsonb #> '{content,children}') child
            UNION ALL
            SELECT coalesce(fanlight_day(person ->> 'dob'), fanlight_day(person ->> 'edd'))
            FROM unnest(signed) version, jsonb_array_elements(version -> 'people') person
            WHERE (person -> 'is_child') = 'true'::jsonb
        ) children
    ));
    RETURN (
        SELECT max(fanlight_years_after(
            CASE rule.counted_from WHEN 'ended' THEN ended ELSE eighteen END, rule.years
        )) FROM retention_rule rule WHERE rule.outcome = ANY (codes)
    );
END $$;

-- With all others about the same children: NULL while any of these is kept.
CREATE OR REPLACE FUNCTION fanlight_due_on(wanted uuid) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN bool_and(day IS NOT NULL) THEN max(day) END FROM (
        SELECT fanlight_falls_due(wanted) AS day
        UNION ALL
        SELECT fanlight_falls_due(other) FROM fanlight_related(wanted) other
    ) every_one
$$;

CREATE OR REPLACE FUNCTION fanlight_destroy(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me text := fanlight_worker();
    said destruction;
    due date;
    years int;
    until timestamptz;
BEGIN
    SELECT * INTO said FROM destruction WHERE about = wanted FOR UPDATE;
    IF me IS NULL OR NOT fanlight_may('sign') OR said.about IS NULL OR said.fate <> 'proposed'
        OR said.proposed_by = me
        OR said.outcome = 'no_contact' AND EXISTS (SELECT FROM contact WHERE contact.id = wanted)
    THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'A record is destroyed by a team leader, when another proposed it. Nothing was changed.';
    END IF;
    IF NOT EXISTS (SELECT FROM retention_rule) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'The hub''s server has no rules of how long records are kept, so it destroys none. '
            'Nothing was changed. Ask IT to run: fanlightctl hub create ADDRESS --profile FOLDER';
    END IF;
    IF said.outcome = 'no_contact' THEN
        SELECT rule.years INTO years FROM retention_rule rule WHERE rule.outcome = 'no_contact';
        due := CASE WHEN years IS NOT NULL THEN least(fanlight_day(said.due_on), fanlight_today()) END;
    ELSE
        due := fanlight_due_on(wanted);
        IF EXISTS (
            SELECT FROM legal_hold held WHERE held.lifted_at IS NULL
              AND (held.contact_id = wanted
                   OR held.contact_id IN (SELECT fanlight_related(wanted)))
        ) THEN
            RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
                'A hold stands on it, or on another record about the same children. '
                'Nothing was changed.';
        END IF;
    END IF;
    IF due IS NULL OR due > fanlight_today() THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'Its time is not over by the rules that the hub''s server holds, or another record about '
            'the same children is still kept. Nothing was changed.';
    END IF;
    UPDATE destruction SET fate = 'destroyed', decided_by = me, decided_at = now(),
        due_on = to_char(due, 'YYYY-MM-DD')
    WHERE about = wanted;
    IF said.outcome = 'no_contact' THEN
        -- What came on a day so many years before, and earlier.
        until := ((due - make_interval(years => years))::date + 1)::timestamp
            AT TIME ZONE 'Europe/London';
        -- ARRIVALS
        RETURN;
    END IF;
    -- STEPS
END $$;

-- Which records are about the same children, and when one falls due, may tell of restricted ones.
REVOKE ALL ON FUNCTION fanlight_related(uuid), fanlight_falls_due(uuid), fanlight_due_on(uuid)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION fanlight_destroy(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fanlight_destroy(uuid) TO fanlight_person;

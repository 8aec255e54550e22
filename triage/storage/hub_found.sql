-- What contacts are found by, and that nothing of it tells of a contact that is hidden.
--
-- Applied by `fanlightctl hub create` after hub_rules.sql.

-- A rule of rows is asked of each row that an index found, and how many that were can be told. The
-- condition of a view that names no column is asked first, and shuts it whole.
DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT attrelid::regclass::text AS name, array_agg(attname::text) AS columns
        FROM pg_attribute
        WHERE attrelid IN ('restricted_child'::regclass, 'restricted_place'::regclass)
          AND attnum > 0 AND NOT attisdropped
        GROUP BY attrelid
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE VIEW %I AS SELECT * FROM %I WHERE (SELECT fanlight_worker() IS NULL '
            'OR fanlight_may(''open restricted'') AND fanlight_may(''read''))',
            kept.name || '_shown', kept.name
        );
        EXECUTE format('GRANT SELECT ON %I TO fanlight_person', kept.name || '_shown');
        -- What the planner expects is shown to anybody who asks how a query would be done.
        FOR at IN 1 .. cardinality(kept.columns) LOOP
            EXECUTE format(
                'ALTER TABLE %I ALTER %I SET STATISTICS 0', kept.name, kept.columns[at]
            );
        END LOOP;
    END LOOP;
END $$;

-- Of a contact that this person may know of and change; whether another is there is not told.
CREATE OR REPLACE FUNCTION fanlight_forget_found_by(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF fanlight_worker() IS NOT NULL AND NOT (
        fanlight_may('read') AND (fanlight_may('receive') OR fanlight_may('screen'))
        AND EXISTS (SELECT FROM contact WHERE contact.id = wanted)
        AND (fanlight_may('open restricted') OR NOT fanlight_inside.is_restricted(wanted))
    ) THEN
        RAISE EXCEPTION SQLSTATE 'FL001' USING MESSAGE =
            'There is no such contact for you to change. Nothing was changed.';
    END IF;
    DELETE FROM contact_child WHERE contact_id = wanted;
    DELETE FROM restricted_child WHERE contact_id = wanted;
    DELETE FROM restricted_place WHERE contact_id = wanted;
END $$;

-- The rows by which a contact's children are found are those of its children, and of no others;
-- they stand apart where it is restricted, and nowhere else.
CREATE OR REPLACE FUNCTION fanlight_children_agree(kept contact) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said jsonb := kept.body::jsonb;
    children jsonb := coalesce(said #> '{content,children}', '[]');
BEGIN
    IF said ->> 'restricted_kind' = 'Adoption' THEN
        children := '[]';
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM jsonb_array_elements(children) AS of_body (told)
        FULL JOIN (
            SELECT child, nhs_number, false AS apart FROM contact_child
            WHERE contact_child.contact_id = kept.id
            UNION ALL
            SELECT child, nhs_number, true FROM restricted_child
            WHERE restricted_child.contact_id = kept.id
        ) found ON found.child = told ->> 'key'
        WHERE found.child IS NULL OR told IS NULL
           OR found.apart <> coalesce((said -> 'restricted') = 'true', false)
           OR found.nhs_number IS NOT NULL AND found.nhs_number IS DISTINCT FROM
              regexp_replace(told #>> '{nhs_number,value}', '[^0-9]', '', 'g')
    );
END $$;

-- And so its postcode, but for signs that no postcode has; of a refuge or an adopted child, none.
CREATE OR REPLACE FUNCTION fanlight_place_agrees(kept contact) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said jsonb := kept.body::jsonb;
    apart boolean := coalesce((said -> 'restricted') = 'true', false);
    address jsonb := coalesce(said #> '{content,address}', '{}');
    place text := (SELECT postcode FROM restricted_place WHERE contact_id = kept.id);
    told text := coalesce(address #>> '{postcode,value}', '');
BEGIN
    IF apart AND kept.postcode IS NOT NULL OR NOT apart AND place IS NOT NULL THEN
        RETURN false;
    END IF;
    place := coalesce(place, kept.postcode);
    IF (address -> 'is_refuge') = 'true' OR said ->> 'restricted_kind' = 'Adoption'
        OR (address #> '{postcode,unknown}') IS DISTINCT FROM 'null'
    THEN
        RETURN place IS NULL;
    END IF;
    RETURN told ~ '[^ -~]'
        OR coalesce(place, '') = upper(regexp_replace(told, '[^A-Za-z0-9]', '', 'g'));
END $$;

-- Whoever could ask these could try what a contact that is hidden is found by.
REVOKE ALL ON FUNCTION fanlight_children_agree(contact), fanlight_place_agrees(contact) FROM PUBLIC;

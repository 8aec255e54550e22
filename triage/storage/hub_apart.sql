-- What was found beside a contact and names a restricted one stands apart.
--
-- Applied by `fanlightctl hub create` after the rules of rows. An index finds its rows before a rule
-- of rows hides them, and how many were hidden can be told: so no row that is hidden from some
-- stands where others look. Nobody who signs in writes either table: they write the view, and it is
-- seen to here where a row goes. Under the same name in both schemas, the same rules hold of it.

-- Whether a row is about, or names, a contact that is restricted, whoever asks.
CREATE OR REPLACE FUNCTION fanlight_inside.stands_apart(whose uuid[], partner text, words text)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM restriction WHERE contact_id = ANY (whose))
        OR words LIKE '%"restricted":true%'
        OR partner = 'hub' AND EXISTS (
            SELECT FROM contact kept JOIN restriction ON restriction.contact_id = kept.id
            WHERE kept.reference = ANY (fanlight_references(words))
        );
END $$;

-- Whether this person may know of all these contacts, and they are there.
CREATE OR REPLACE FUNCTION fanlight_inside.knows(whose uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN fanlight_may('read') AND NOT EXISTS (
        SELECT FROM unnest(whose) wanted
        WHERE NOT EXISTS (SELECT FROM contact WHERE contact.id = wanted)
           OR NOT fanlight_may('open restricted') AND fanlight_inside.is_restricted(wanted)
    );
END $$;

-- Whether all that stands apart is for this person.
CREATE OR REPLACE FUNCTION fanlight_inside.opens() RETURNS boolean
LANGUAGE plpgsql STABLE COST 1 SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN fanlight_worker() IS NULL OR fanlight_may('open restricted') AND fanlight_may('read');
END $$;

-- The restricted contacts that this person opened with a reason, now.
CREATE OR REPLACE FUNCTION fanlight_inside.all_opened() RETURNS SETOF contact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT kept.* FROM contact kept WHERE kept.id IN (
        SELECT given.contact_id FROM access_grant given WHERE given.worker = fanlight_worker()
    ) AND fanlight_inside.opened(kept.id);
END $$;

CREATE INDEX IF NOT EXISTS fanlight_named ON verdict
    USING gin (fanlight_references(body)) WHERE partner = 'hub';

-- The rows beside a contact that was restricted or opened up go where they belong now. None that
-- stands apart already is looked at as one is restricted: whoever may restrict could tell, and take
-- it back.
CREATE OR REPLACE FUNCTION fanlight_inside.parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    about contact;
    goes boolean := TG_OP = 'INSERT';
BEGIN
    SELECT * INTO about FROM contact
    WHERE contact.id = CASE WHEN goes THEN NEW.contact_id ELSE OLD.contact_id END;
    PERFORM fanlight_inside.part_lookup_result(about, goes),
        fanlight_inside.part_verdict(about, goes), fanlight_inside.part_suggestion(about, goes),
        fanlight_inside.part_request(about, goes);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER fanlight_parts AFTER INSERT OR DELETE ON restriction
    FOR EACH ROW EXECUTE FUNCTION fanlight_inside.parts();

DO $$
DECLARE
    kept record;
    said text;
    is_new boolean;
BEGIN
    -- By `whose`, `words` and `about` hangs whether a row, k, stands apart, and because of which
    -- contact.
    FOR kept IN SELECT *, (
        SELECT string_agg('"' || attname || '"', ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = to_regclass('public.' || name) AND attnum > 0 AND NOT attisdropped
          AND attname <> ALL (key)
    ) AS changed
    FROM (VALUES
        ('lookup_result', '{id}'::text[], '{receive,screen}', '^match\.answered$',
         'ARRAY[k.contact_id]', 'k.partner, k.body',
         'k.contact_id = about.id OR k.partner = ''hub'' '
         'AND fanlight_references(k.body) @> ARRAY[about.reference::text]'),
        ('verdict', '{id}', '{link}', '^match\.(linked|not_same|unsure)$',
         'ARRAY[k.contact_id]', 'k.partner, k.body',
         'k.contact_id = about.id OR k.partner = ''hub'' '
         'AND fanlight_references(k.body) @> ARRAY[about.reference::text]'),
        ('suggestion', '{low,high}', '{receive,screen}',
         '^contact\.(likeness_found|joined|kept_apart|taken_apart)$',
         'ARRAY[k.low, k.high]', ''''', ''''', 'k.low = about.id OR k.high = about.id')
    ) AS of_table (name, key, acts, told, whose, words, about)
    LOOP
        is_new := to_regclass('fanlight_inside.' || kept.name) IS NULL;
        EXECUTE format('CREATE TABLE IF NOT EXISTS fanlight_inside.%1$I '
            '(LIKE public.%1$I INCLUDING ALL)', kept.name);
        FOR said IN SELECT attname FROM pg_attribute
            WHERE attrelid = to_regclass('public.' || kept.name) AND attnum > 0 AND NOT attisdropped
        LOOP
            EXECUTE format('ALTER TABLE fanlight_inside.%I ALTER %I SET STATISTICS 0',
                kept.name, said);
        END LOOP;

        -- `moving` is set in these functions and nowhere else that counts.
        EXECUTE format($f$
            DROP FUNCTION IF EXISTS fanlight_inside.part_%1$s(contact);
            CREATE OR REPLACE FUNCTION fanlight_inside.part_%1$s(about contact, goes boolean)
            RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $b$
            BEGIN
                PERFORM set_config('fanlight.moving', 'yes', true);
                IF goes THEN
                    WITH moved AS (
                        DELETE FROM public.%1$I k WHERE (%2$s) RETURNING k.*
                    ) INSERT INTO fanlight_inside.%1$I SELECT * FROM moved;
                ELSE
                    WITH moved AS (
                        DELETE FROM fanlight_inside.%1$I k WHERE (%2$s)
                        AND NOT fanlight_inside.stands_apart(%3$s, %4$s) RETURNING k.*
                    ) INSERT INTO public.%1$I SELECT * FROM moved;
                END IF;
                PERFORM set_config('fanlight.moving', 'no', true);
            END $b$
            $f$, kept.name, kept.about, kept.whose, kept.words);
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION fanlight_inside.goes_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $b$
            BEGIN
                IF NOT fanlight_inside.stands_apart(%2$s, %3$s) THEN
                    RETURN NEW;
                END IF;
                INSERT INTO fanlight_inside.%1$I VALUES (NEW.*);
                RETURN NULL;
            END $b$
            $f$, kept.name, replace(kept.whose, 'k.', 'NEW.'), replace(kept.words, 'k.', 'NEW.'));
        EXECUTE format('CREATE OR REPLACE TRIGGER fanlight_stands_apart BEFORE INSERT ON %1$I '
            'FOR EACH ROW EXECUTE FUNCTION fanlight_inside.goes_%1$s()', kept.name);
        FOREACH said IN ARRAY '{public,fanlight_inside}'::text[] LOOP
            EXECUTE format(
                'DROP TRIGGER IF EXISTS fanlight_is_told ON %1$I.%2$I; '
                'CREATE CONSTRAINT TRIGGER fanlight_is_told AFTER INSERT OR UPDATE ON %1$I.%2$I '
                'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
                'WHEN (current_setting(''fanlight.moving'', true) IS DISTINCT FROM ''yes'') '
                'EXECUTE FUNCTION fanlight_is_told(%3$L)', said, kept.name, kept.told
            );
            IF kept.name <> 'suggestion' THEN
                EXECUTE format('CREATE OR REPLACE TRIGGER fanlight_stays_where_it_is '
                    'BEFORE UPDATE OF contact_id ON %I.%I FOR EACH ROW '
                    'WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id) '
                    'EXECUTE FUNCTION fanlight_stays_where_it_is()', said, kept.name);
            END IF;
            IF kept.name <> 'lookup_result' THEN
                EXECUTE format('CREATE OR REPLACE TRIGGER fanlight_is_theirs '
                    'BEFORE INSERT OR UPDATE ON %1$I.%2$I FOR EACH ROW '
                    'WHEN (current_setting(''fanlight.moving'', true) IS DISTINCT FROM ''yes'') '
                    'EXECUTE FUNCTION fanlight_%2$s_is_theirs()', said, kept.name);
            END IF;
        END LOOP;

        EXECUTE format($f$
            CREATE OR REPLACE VIEW fanlight_inside.%1$I AS SELECT * FROM fanlight_inside.%2$I
            WHERE (SELECT fanlight_inside.opens())
            $f$, kept.name || '_apart', kept.name);
        -- Of what they opened, without what names another that is hidden from them.
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION fanlight_inside.opened_%1$s()
            RETURNS SETOF fanlight_inside.%1$I
            LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1 ROWS 1
            SET search_path = pg_catalog, public, pg_temp AS $b$
            BEGIN
                IF fanlight_inside.opens()
                    OR NOT EXISTS (SELECT FROM fanlight_inside.all_opened())
                THEN
                    RETURN;
                END IF;
                RETURN QUERY SELECT k.* FROM fanlight_inside.%1$I k
                WHERE EXISTS (SELECT FROM fanlight_inside.all_opened() about WHERE %2$s)
                  AND fanlight_inside.knows(%3$s) AND NOT fanlight_inside.tells_other(%4$s);
            END $b$
            $f$, kept.name, kept.about, kept.whose, kept.words);
        -- OFFSET: a function by itself would keep the rest from being joined by an index.
        EXECUTE format($f$
            CREATE OR REPLACE VIEW %1$I WITH (security_invoker = true) AS
            SELECT * FROM public.%2$I
            UNION ALL SELECT * FROM fanlight_inside.%3$I
            UNION ALL SELECT * FROM (SELECT * FROM fanlight_inside.opened_%2$s() OFFSET 0) of_theirs
            $f$, kept.name || '_shown', kept.name, kept.name || '_apart');
        EXECUTE format('GRANT SELECT ON fanlight_inside.%I TO fanlight_person',
            kept.name || '_apart');
        EXECUTE format('GRANT SELECT, INSERT, UPDATE (%2$s) ON %1$I TO fanlight_person',
            kept.name || '_shown', kept.changed);

        -- An answer that others changed meanwhile is changed by nobody.
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION fanlight_inside.writes_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $b$
            BEGIN
                PERFORM set_config('fanlight.moving', 'no', true); -- whatever they set
                IF fanlight_worker() IS NOT NULL AND NOT (
                    fanlight_inside.knows(%2$s)
                    AND EXISTS (SELECT FROM unnest(%3$L::text[]) act WHERE fanlight_may(act))
                ) THEN
                    RAISE EXCEPTION SQLSTATE '42501' USING MESSAGE =
                        'new row violates row-level security policy for table "%1$s"';
                END IF;
                IF TG_OP = 'INSERT' THEN
                    INSERT INTO public.%1$I VALUES (NEW.*);
                    RETURN NEW;
                END IF;
                UPDATE public.%1$I k SET (%4$s) = ROW(%5$s)
                WHERE (%6$s) = (%7$s) AND ROW(k.*) IS NOT DISTINCT FROM ROW(OLD.*);
                IF NOT FOUND THEN
                    UPDATE fanlight_inside.%1$I k SET (%4$s) = ROW(%5$s)
                    WHERE (%6$s) = (%7$s) AND ROW(k.*) IS NOT DISTINCT FROM ROW(OLD.*);
                END IF;
                RETURN CASE WHEN FOUND THEN NEW END;
            END $b$
            $f$, kept.name, replace(kept.whose, 'k.', 'NEW.'), kept.acts, kept.changed,
            'NEW.' || replace(kept.changed, ', ', ', NEW.'),
            'k.' || array_to_string(kept.key, ', k.'),
            'OLD.' || array_to_string(kept.key, ', OLD.'));
        EXECUTE format('CREATE OR REPLACE TRIGGER fanlight_writes INSTEAD OF INSERT OR UPDATE '
            'ON %I FOR EACH ROW EXECUTE FUNCTION fanlight_inside.writes_%s()',
            kept.name || '_shown', kept.name);

        IF is_new THEN
            PERFORM set_config('fanlight.moving', 'yes', true);
            EXECUTE format('WITH moved AS (DELETE FROM public.%1$I k '
                'WHERE fanlight_inside.stands_apart(%2$s, %3$s) RETURNING k.*) '
                'INSERT INTO fanlight_inside.%1$I SELECT * FROM moved',
                kept.name, kept.whose, kept.words);
            PERFORM set_config('fanlight.moving', 'no', true);
        END IF;
    END LOOP;
END $$;

namespace WaitFor.Migrate.Tests.Sql;

internal static partial class ScriptTable
{
    private const string LongRoutines = """
        -- Keeps updated_at current.
        ⟦CREATE OR REPLACE FUNCTION touch()
        RETURNS trigger
        LANGUAGE plpgsql
        AS $$
        BEGIN
            -- it's now; really
            NEW.updated_at := now();
            RETURN NEW;
        END;
        $$⟧;

        ⟦CREATE TRIGGER touch BEFORE UPDATE ON users
            FOR EACH ROW EXECUTE FUNCTION touch()⟧;
        ================
        ⟦CREATE FUNCTION audit() RETURNS trigger AS $audit$
        DECLARE
            message text := 'a "quoted"; text';
        BEGIN
            EXECUTE format($sql$INSERT INTO %I VALUES ($1, ';')$sql$, TG_TABLE_NAME) USING NEW.id;
            CASE TG_OP WHEN 'INSERT' THEN RETURN NEW; ELSE RETURN OLD; END CASE;
        EXCEPTION WHEN others THEN
            RAISE WARNING $msg$it's %; $$$msg$, SQLERRM;
            RETURN NULL;
        END
        $audit$ LANGUAGE plpgsql⟧;
        ================
        ⟦CREATE FUNCTION outer_one() RETURNS void LANGUAGE plpgsql AS $outer$
        BEGIN
            EXECUTE $inner$
                CREATE OR REPLACE FUNCTION inner_one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;
            $inner$;
        END $outer$⟧;
        ⟦SELECT outer_one()⟧
        ================
        ⟦CREATE FUNCTION graded(points int)
        RETURNS text
        LANGUAGE SQL
        IMMUTABLE
        BEGIN ATOMIC
            SELECT 'unused;';
            -- end;
            SELECT CASE
                WHEN points > 90 THEN 'a'
                WHEN points > 50 THEN CASE WHEN points > 70 THEN 'b' ELSE 'c' END
                ELSE /* end */ 'd;'
            END;
        END⟧;
        ⟦COMMENT ON FUNCTION graded IS 'points; to grades'⟧;
        ================
        ⟦CREATE OR REPLACE PROCEDURE move_in_batches()
        LANGUAGE plpgsql AS $procedure$
        DECLARE moved int;
        BEGIN
            LOOP
                WITH gone AS (DELETE FROM users WHERE id IN (SELECT id FROM users LIMIT 100) RETURNING *)
                SELECT count(*) INTO moved FROM gone;
                COMMIT;
                EXIT WHEN moved = 0;
            END LOOP;
        END;
        $procedure$⟧;
        ⟦CALL move_in_batches()⟧;
        ⟦DROP PROCEDURE move_in_batches⟧;
        ================
        ⟦DO
        $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
                RAISE NOTICE 'no role; it''s fine';
            END IF;
        END
        $$⟧;
        ⟦DO $do$
        DECLARE
            r record;
        BEGIN
            FOR r IN SELECT relname FROM pg_class LIMIT 1 LOOP
                EXECUTE 'SELECT ' || quote_literal(r.relname) || ';';
            END LOOP;
        END $do$⟧
        ================
        ⟦CREATE FUNCTION with_commas(VARIADIC parts text[] DEFAULT ARRAY[';'])
        RETURNS TABLE (part text, "no;" int)
        LANGUAGE sql STABLE PARALLEL SAFE
        SET search_path = public, pg_temp
        AS $_$SELECT unnest($1), 1;$_$⟧;
        ⟦SELECT * FROM with_commas('a', 'b;')⟧;
        ================
        ⟦CREATE FUNCTION c_like(int) RETURNS int AS '$libdir/nothing;', 'symbol' LANGUAGE c STRICT⟧;
        ⟦SELECT 2⟧
        """;

    private const string LongScripts =
        """
            --
            -- PostgreSQL database dump
            --

            ⟦SET statement_timeout = 0⟧;
            ⟦SET client_encoding = 'UTF8'⟧;
            ⟦SET check_function_bodies = false⟧;
            ⟦SELECT pg_catalog.set_config('search_path', '', false)⟧;

            ⟦CREATE TABLE public.dumped (
                id integer NOT NULL,
                note character varying(255) DEFAULT 'none; yet'::character varying
            )⟧;


            ⟦ALTER TABLE public.dumped OWNER TO postgres⟧;

            --
            -- Name: dumped_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
            --

            ⟦ALTER TABLE public.dumped ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
                SEQUENCE NAME public.dumped_id_seq
                START WITH 1
                INCREMENT BY 1
            )⟧;
            ⟦SET search_path TO DEFAULT⟧;
            ================
            /*
             * Licence; it's free
             * /* nested; */
             */
            ⟦CREATE TABLE licensed (
                id int, -- the key; of course
                /* the name; in full */ name text,
                -- it's the last one
                at timestamptz
            )⟧ /* after; */ ; -- done;
            -- end
            ================
            -- CreateTable
            ⟦CREATE TABLE "User" (
                "id" SERIAL NOT NULL,
                "email" TEXT NOT NULL,

                CONSTRAINT "User_pkey" PRIMARY KEY ("id")
            )⟧;

            -- CreateIndex
            ⟦CREATE UNIQUE INDEX "User_email_key" ON "User"("email")⟧;

            -- AddForeignKey
            ⟦ALTER TABLE "User" ADD CONSTRAINT "User_self_fkey" FOREIGN KEY ("id")
            """
        + """
             REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE⟧;
            ================
            ⟦INSERT INTO users (id, name) VALUES
                (1, 'one;'),
                (2, E'two\'s;'),
                (3, $$three's;$$),
                -- (4, 'not;'),
                (5, 'line one;
            line two; -- no comment
            /* no comment either')⟧;
            ⟦SELECT 2⟧;
            ================
            ⟦CREATE RULE log_users AS
                ON UPDATE TO users
                WHERE NEW.name <> OLD.name
                DO ALSO (
                    INSERT INTO users VALUES (NEW.id, ';');  -- first;
                    INSERT INTO users VALUES (OLD.id, ')');  /* second; */
                )⟧;
            ⟦SELECT 2⟧;
            ================
            ⟦SELECT
                1⟧
            ;
            ⟦SELECT
                2⟧
            -- the end comes late
            ;
            ================
            ⟦SELECT 'a'
                'b;'⟧;
            ⟦SELECT 2⟧
            ================
            ⟦CREATE VIEW report AS
            WITH recent AS (
                SELECT * FROM users WHERE name NOT IN ('a;', 'b')
            )
            SELECT r.id,
                   CASE WHEN r.name = 'x;' THEN 1 ELSE 2 END AS kind,
                   r.name || ';' AS label
              FROM recent r
             ORDER BY 1⟧;
            ⟦GRANT SELECT ON report TO PUBLIC⟧;
            ⟦DROP VIEW report⟧;
            """;
}

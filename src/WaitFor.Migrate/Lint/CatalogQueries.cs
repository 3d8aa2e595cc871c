namespace WaitFor.Migrate.Lint;

/// <summary>The queries behind <see cref="Catalog"/>, for PostgreSQL 12 to 18. Each one ends where a condition can follow.
/// Types that Npgsql would have to look up are read as text.
/// <see href="https://www.postgresql.org/docs/current/catalogs.html"/></summary>
internal static class CatalogQueries
{
    /// <summary>Keeps the script's search path while the catalogs are read, whose texts depend on it.</summary>
    public const string Keep = """
        SELECT set_config('migrate.lint_path', current_setting('search_path'), true), set_config('search_path', 'pg_catalog', true),
            set_config('statement_timeout', '0', true)
        """;

    /// <summary>Brings it back.</summary>
    public const string Restore = "SELECT set_config('search_path', current_setting('migrate.lint_path'), true)";

    /// <summary>The schemas that are the user's.</summary>
    private const string Schemas =
        "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(temp|toast_temp)_'";

    /// <summary>pg_class.</summary>
    public const string Relations = $"""
        SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, pg_get_userbyid(c.relowner)::text, c.relfilenode,
            c.reltuples::float8, coalesce(CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) END, 0), c.relrowsecurity,
            array_to_string(c.relacl, E'\n'), c.relispartition,
            coalesce(
                (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1),
                CASE WHEN c.relkind = 'S' THEN (SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') LIMIT 1) END,
                0::oid),
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, c.relpages, c.relforcerowsecurity
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {Schemas}
        """;

    /// <summary>pg_attribute and pg_attrdef, with the widths that an estimate of rows needs.</summary>
    public const string Columns = $"""
        SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod, a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, a.attidentity::text,
            CASE WHEN a.attlen > 0 THEN a.attlen::int ELSE 32 END, array_to_string(a.attacl, E'\n')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {Schemas}
        """;

    /// <summary>pg_index.</summary>
    public const string Indexes = $"""
        SELECT i.indexrelid, i.indrelid, n.nspname::text, c.relname::text, i.indisunique, i.indisprimary, i.indisvalid, c.relfilenode,
            pg_get_indexdef(i.indexrelid), array_to_string(i.indkey, ','), i.indpred IS NOT NULL
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {Schemas}
        """;

    /// <summary>pg_constraint.</summary>
    public const string Constraints = $"""
        SELECT k.oid, k.conrelid, k.contypid, k.conname::text, k.contype::text, k.convalidated,
            CASE k.contype WHEN 'f' THEN 0::oid ELSE k.conindid END, k.confrelid, pg_get_constraintdef(k.oid),
            array_to_string(k.conkey, ',')
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        WHERE {Schemas}
        """;

    /// <summary>pg_proc.</summary>
    public const string Routines = $"""
        SELECT p.oid, n.nspname::text, p.proname::text, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
            pg_get_userbyid(p.proowner)::text, array_to_string(p.proacl, E'\n'), p.pronargdefaults::int
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {Schemas}
        """;

    /// <summary>pg_type: a composite type has a relation of its own kind. The labels of an enum: oid and name in turn.</summary>
    public const string Types = $"""
        SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text,
            (SELECT string_agg(e.oid || chr(31) || e.enumlabel, chr(31) ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
            CASE t.typtype
                WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
                    || coalesce(' DEFAULT ' || t.typdefault, '')
                WHEN 'c' THEN (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', '
                        ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
            END
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')) AND {Schemas}
        """;

    /// <summary>pg_namespace.</summary>
    public const string Namespaces = $"""
        SELECT n.oid, n.nspname::text, pg_get_userbyid(n.nspowner)::text, array_to_string(n.nspacl, E'\n') FROM pg_namespace n
        WHERE {Schemas}
        """;

    /// <summary>The relations whose rows of any catalog are of a transaction not older than $1, and the views that are written with
    /// them.</summary>
    public const string ChangedRelations = """
        WITH changed AS (
            SELECT oid FROM pg_class WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT attrelid FROM pg_attribute WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT adrelid FROM pg_attrdef WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT indrelid FROM pg_index WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT conrelid FROM pg_constraint WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT confrelid FROM pg_constraint WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT inhrelid FROM pg_inherits WHERE age(xmin) <= age($1::text::xid)
            UNION SELECT ev_class FROM pg_rewrite WHERE age(xmin) <= age($1::text::xid)
            -- An index that was built again.
            UNION SELECT i.indrelid FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid WHERE age(x.xmin) <= age($1::text::xid)
        )
        SELECT string_agg(oid::text, ',') FROM (
            SELECT oid FROM changed WHERE oid >= 16384
            UNION SELECT r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.refobjid IN (SELECT oid FROM changed WHERE oid >= 16384)
        ) AS every
        """;

    /// <summary>The routines of a transaction not older than $1.</summary>
    public const string ChangedRoutines = "SELECT string_agg(oid::text, ',') FROM pg_proc WHERE age(xmin) <= age($1::text::xid)";

    /// <summary>What is still there of relations, indexes, constraints and routines: a row each.</summary>
    public const string Alive = """
        SELECT string_agg(oid::text, ',') FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_proc WHERE oid >= 16384
        """;
}

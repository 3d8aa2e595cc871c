namespace WaitFor.Migrate.Lint;

/// <summary>The queries behind <see cref="Catalog"/>, for PostgreSQL 12 to 18. Each one ends where a condition can follow.
/// Types that Npgsql would have to look up are read as text.
/// <see href="https://www.postgresql.org/docs/current/catalogs.html"/></summary>
internal static class CatalogQueries
{
    /// <summary>Keeps the script's search path while the catalogs are read, whose texts depend on it.</summary>
    public const string Keep = $"""
        SELECT set_config('migrate.lint_path', current_setting('search_path'), true) AS {QueryBatch.Mark},
            set_config('search_path', 'pg_catalog', true), set_config('statement_timeout', '0', true)
        """;

    /// <summary>Brings it back.</summary>
    public const string Restore = "SELECT set_config('search_path', current_setting('migrate.lint_path'), true)";

    /// <summary>Notes the transaction from which on rows of the catalogs are new.</summary>
    public const string Note = "SELECT set_config('migrate.lint_since', (txid_current() & 4294967295)::text, false)";

    /// <summary>Around the alias of a catalog: true for a row of a transaction that is not older.</summary>
    private const string NewOf = "age(";
    private const string NewEnd = "xmin) <= age(current_setting('migrate.lint_since')::xid)";

    /// <summary>The relations that <see cref="Change"/> has found.</summary>
    public const string Changed = "= ANY(current_setting('migrate.lint_changed')::oid[])";

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
                CASE WHEN c.relkind = 'S' THEN (SELECT d.refobjid FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                        AND d.deptype IN ('a', 'i') LIMIT 1) END,
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

    /// <summary>The order of columns.</summary>
    public const string InOrder = " ORDER BY a.attrelid, a.attnum";

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

    /// <summary>Notes the relations whose rows of any catalog are new, and the views that are written with them.</summary>
    public const string Change = $$"""
        WITH changed AS (
            SELECT coalesce(i.indrelid, c.oid) AS oid FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
                WHERE {{NewOf}}c.{{NewEnd}}
            UNION SELECT attrelid FROM pg_attribute WHERE {{NewOf}}{{NewEnd}}
            UNION SELECT adrelid FROM pg_attrdef WHERE {{NewOf}}{{NewEnd}}
            UNION SELECT indrelid FROM pg_index WHERE {{NewOf}}{{NewEnd}}
            UNION SELECT unnest(ARRAY[conrelid, confrelid]) FROM pg_constraint WHERE {{NewOf}}{{NewEnd}}
            UNION SELECT inhrelid FROM pg_inherits WHERE {{NewOf}}{{NewEnd}}
            UNION SELECT ev_class FROM pg_rewrite WHERE {{NewOf}}{{NewEnd}}
        )
        SELECT set_config('migrate.lint_changed', '{' || coalesce(string_agg(oid::text, ','), '') || '}', true) FROM (
            SELECT oid FROM changed WHERE oid >= 16384
            UNION SELECT r.ev_class FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.refobjid IN (SELECT oid FROM changed WHERE oid >= 16384)
        ) AS every
        """;

    /// <summary>What is still there of relations, constraints, routines, types and schemas: a row each.</summary>
    public const string Alive = """
        SELECT string_agg(oid::text, ',') FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_type WHERE oid >= 16384
        UNION ALL SELECT string_agg(oid::text, ',') FROM pg_namespace
        """;

    /// <summary>The queries that run again and again, by the names under which a session prepares them.</summary>
    public static IReadOnlyList<(string Name, string Text)> Prepared { get; } =
    [
        (nameof(Change), Change),
        (nameof(Columns), $"{Columns} AND a.attrelid {Changed}{InOrder}"),
        (nameof(Relations), $"{Relations} AND c.oid {Changed}"),
        (nameof(Indexes), $"{Indexes} AND i.indrelid {Changed}"),
        // The condition of a domain has no relation.
        (nameof(Constraints), $"{Constraints} AND (k.conrelid {Changed} OR k.confrelid {Changed} OR k.contypid <> 0)"),
        (nameof(Routines), $"{Routines} AND {NewOf}p.{NewEnd}"),
        // A label, or an attribute, is not in the row of its type.
        (nameof(Types), $"{Types} AND ({NewOf}t.{NewEnd} OR t.typtype IN ('c', 'e'))"),
        (nameof(Namespaces), $"{Namespaces} AND {NewOf}n.{NewEnd}"),
        (nameof(Alive), Alive),
    ];

    /// <summary>Runs one of them.</summary>
    public static string Execute(string name) => $"EXECUTE {PreparedName(name)}";

    /// <summary>The name in the session, which no script has.</summary>
    public static string PreparedName(string name) => $"migrate_lint_{name.ToLowerInvariant()}";
}

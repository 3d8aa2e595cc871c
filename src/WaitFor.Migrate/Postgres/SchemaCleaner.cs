using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Drops everything in schemas, as Flyway's clean: a schema that the history says was made by a migration goes itself.
/// <see href="https://documentation.red-gate.com/fd/clean-184127458.html"/></summary>
internal static class SchemaCleaner
{
    /// <summary>Empties them, in one transaction.</summary>
    public static async Task CleanAsync(Session session, HistoryTable history, ILogger log, CancellationToken cancel)
    {
        var made = await history.ExistsAsync(cancel)
            ? (await history.ReadAsync(cancel)).Where(row => row.Type == AppliedType.Schema).SelectMany(row => row.Script.Split(','))
                .ToHashSet(StringComparer.Ordinal)
            : [];
        var there = await session.RowsAsync("SELECT nspname::text FROM pg_namespace", reader => reader.GetString(0), cancel);
        var schemas = history.Schemas.Intersect(there, StringComparer.Ordinal).ToList();
        await session.WriteAsync(
            schemas.Select(name => made.Contains(Identifier.Quote(name)) ? $"DROP SCHEMA {Identifier.Quote(name)} CASCADE"
                : EmptyText(name)),
            cancel
        );
        foreach (var name in schemas)
            log.LogWarning("{Schema}: {What}", name, made.Contains(Identifier.Quote(name)) ? "dropped with all its objects"
                : "all its objects were dropped");
    }

    /// <summary>What belongs to an extension goes with it; types of tables and arrays go with theirs.</summary>
    private static string EmptyText(string schema) =>
        $$"""
        DO $clean$
        DECLARE
            todo text[];
            drops text;
        BEGIN
            SELECT array_agg(line) INTO todo FROM (
                SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension
                    WHERE extnamespace = {{Oid(schema)}} AND extowner = current_user::regrole
                UNION ALL SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW'
                        WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE'
                        ELSE 'TABLE' END, {{Identifier.Literal(schema)}}, relname)
                    FROM pg_class c WHERE relnamespace = {{Oid(schema)}} AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
                UNION ALL SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
                    WHERE pronamespace = {{Oid(schema)}} AND prokind IN ('f', 'p')
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))
                UNION ALL SELECT format('DROP AGGREGATE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
                    WHERE pronamespace = {{Oid(schema)}} AND prokind = 'a'
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                UNION ALL SELECT format('DROP TYPE IF EXISTS %I.%I CASCADE', {{Identifier.Literal(schema)}}, typname) FROM pg_type t
                    WHERE typnamespace = {{Oid(schema)}} AND typtype IN ('e', 'd', 'r')
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i'))) lines(line);
            FOREACH drops IN ARRAY coalesce(todo, '{}')
            LOOP
                BEGIN
                    EXECUTE drops;
                EXCEPTION WHEN undefined_function OR undefined_object OR undefined_table THEN
                    NULL; -- It went with one before it.
                END;
            END LOOP;
        END $clean$
        """;

    private static string Oid(string schema) => $"{Identifier.Literal(Identifier.Quote(schema))}::regnamespace";
}

using System.Globalization;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Batch;

/// <summary>Asks the server whether a table can be walked along a key: an ordered type, NOT NULL, and a unique index in that
/// order.</summary>
internal sealed class KeyCheck(Session session)
{
    private static readonly string[] Ordered =
    [
        "int2",
        "int4",
        "int8",
        "numeric",
        "uuid",
        "text",
        "varchar",
        "bpchar",
        "timestamptz",
        "timestamp",
        "date",
    ];

    /// <summary>Checks, on the session as the script's SET statements have left it.</summary>
    /// <returns>The key; null where there is no such table.</returns>
    /// <exception cref="ScriptException">The table cannot be walked so.</exception>
    public async Task<BatchKey?> RunAsync(Script script, BatchOptions options, CancellationToken cancel)
    {
        if (await TableAsync(options, cancel) is not var (oid, kind, name))
            return null;
        var other = kind switch
        {
            "r" or "p" => null,
            "v" => "a view",
            "m" => "a materialized view",
            "f" => "a foreign table",
            _ => "no table",
        };
        if (other is not null)
            throw Wrong(script, options, $"{options.TableText} is {other}; name the table that the batches divide into ranges");
        var columns = await ColumnsAsync(oid, options, cancel);
        foreach (var column in columns)
        {
            if (column.Type is null)
                throw Wrong(script, options, $"the table {options.TableText} has no column {column.Name}; correct key={options.KeyText}");
            if (!Ordered.Contains(column.Type, StringComparer.Ordinal))
                throw Wrong(
                    script,
                    options,
                    $"the column {column.Name} of {options.TableText} is of type {column.Written}, which cannot be divided into "
                        + "ranges; use "
                        + "a key "
                        + $"of {string.Join(", ", Ordered)}"
                );
            if (!column.NotNull)
                throw Wrong(
                    script,
                    options,
                    $"the column {column.Name} of {options.TableText} can be NULL, and such rows would be left out; use a NOT NULL key, or "
                        + "add CHECK ... NOT VALID, VALIDATE it, and SET NOT NULL first"
                );
        }

        var indexes = await IndexesAsync(oid, columns, cancel);
        if (!indexes.Exists(index => index.Problem is null))
        {
            var keyColumns = string.Join(", ", columns.Select(column => Short(column.Name)));
            var near = indexes.Count == 0 ? "" : $" ({string.Join("; ", indexes.Select(index => $"{index.Name} {index.Problem}"))})";
            throw Wrong(
                script,
                options,
                $"{options.TableText} has no unique index on exactly {options.KeyText}{near}; create one in an earlier script: CREATE "
                    + "UNIQUE "
                    + $"INDEX {(kind == "p" ? "" : "CONCURRENTLY ")}ON {name} ({keyColumns})"
                    + (kind == "p" ? " (of a partitioned table it includes the columns that it is partitioned by)" : "")
            );
        }

        return new BatchKey(name, [.. columns.Select((column, index) => new TypedColumn(options.Key[index], column.Type!))]);
    }

    /// <summary>The error of a table that does not exist.</summary>
    public static ScriptException NoTable(Script script, BatchOptions options) =>
        Wrong(
            script,
            options,
            $"there is no table {options.TableText}; correct table=..., or name its schema"
                + (options.Table.Any(char.IsUpper) || options.Schema is not null ? "" : " (table=app.users)")
        );

    private static ScriptException Wrong(Script script, BatchOptions options, string why) =>
        new($"{script.Path}, line {options.Line}: batch: {why}");

    private async Task<(string Oid, string Kind, string Name)?> TableAsync(BatchOptions options, CancellationToken cancel)
    {
        var rows = await session.RowsAsync(
            "SELECT c.oid::text, c.relkind::text, format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
                + "c.relnamespace WHERE c.oid = to_regclass($1)",
            reader => (reader.GetString(0), reader.GetString(1), reader.GetString(2)),
            cancel,
            options.QuotedTable
        );
        return rows is [var only] ? only : null;
    }

    private async Task<List<KeyedColumn>> ColumnsAsync(string oid, BatchOptions options, CancellationToken cancel)
    {
        var names = string.Join(
            ", ",
            options.Key.Select((column, place) => $"({place.ToString(CultureInfo.InvariantCulture)}, {Identifier.Literal(column.Name)})")
        );
        // Since PostgreSQL 18 a NOT NULL may be NOT VALID: there may be older rows without a value.
        return await session.RowsAsync(
            $"""
            SELECT w.name, coalesce(a.attnum, 0)::int, coalesce(a.attnotnull, false) AND NOT EXISTS (SELECT FROM pg_constraint c
                    WHERE c.conrelid = a.attrelid AND c.contype = 'n' AND c.conkey = ARRAY[a.attnum] AND NOT c.convalidated),
                (WITH RECURSIVE below AS (SELECT a.atttypid AS oid
                        UNION ALL SELECT t.typbasetype FROM pg_type t JOIN below b ON t.oid = b.oid WHERE t.typtype = 'd')
                    SELECT CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text ELSE 'other' END
                    FROM pg_type t JOIN below b ON t.oid = b.oid WHERE t.typtype <> 'd'),
                coalesce(format_type(a.atttypid, a.atttypmod), '')
            FROM (VALUES {names}) AS w (place, name)
                LEFT JOIN pg_attribute a ON a.attrelid = {oid} AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY w.place
            """,
            reader => new KeyedColumn(
                reader.GetString(0),
                reader.GetInt32(1),
                reader.GetBoolean(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetString(4)
            ),
            cancel
        );
    }

    /// <summary>The unique indexes that have the key's first column among theirs, and why each does not count; null where it
    /// does.</summary>
    private async Task<List<(string Name, string? Problem)>> IndexesAsync(
        string oid,
        List<KeyedColumn> columns,
        CancellationToken cancel
    )
    {
        var numbers = string.Join(", ", columns.Select(column => column.Number.ToString(CultureInfo.InvariantCulture)));
        return await session.RowsAsync(
            $"""
            SELECT x.relname::text, CASE
                WHEN NOT (i.indisvalid AND i.indisready) THEN 'is not valid'
                WHEN i.indpred IS NOT NULL THEN 'is partial'
                WHEN i.indexprs IS NOT NULL THEN 'has an expression'
                WHEN k.numbers <> ARRAY[{numbers}] THEN 'is on (' || k.names || ')'
                WHEN m.amname <> 'btree' THEN 'is not a btree'
                WHEN k.orders > 1 THEN 'mixes ASC and DESC'
                WHEN k.others > 0 THEN 'has another collation than the column'
                WHEN EXISTS (SELECT FROM unnest(i.indclass::oid[]) AS o JOIN pg_opclass c ON c.oid = o WHERE NOT c.opcdefault)
                    THEN 'has an operator class that is not the default one'
            END
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
                CROSS JOIN LATERAL (SELECT array_agg(u.number::int ORDER BY u.place) AS numbers,
                    string_agg(coalesce(a.attname::text, '...'), ', ' ORDER BY u.place) AS names, count(DISTINCT u.option & 1) AS orders,
                    count(*) FILTER (WHERE u.coll <> 0 AND u.coll <> a.attcollation) AS others
                    FROM unnest(i.indkey::int2[], i.indoption::int2[], i.indcollation::oid[])
                        WITH ORDINALITY AS u (number, option, coll, place)
                        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
                    WHERE u.place <= i.indnkeyatts) AS k
            WHERE i.indrelid = {oid} AND i.indisunique AND {columns[0].Number.ToString(CultureInfo.InvariantCulture)} = ANY (i.indkey)
            ORDER BY 1
            """,
            reader => (reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancel
        );
    }

    private static string Short(string name) =>
        name.All(unit => unit is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') ? name : Identifier.Quote(name);

    /// <summary>A column of the key in the catalog.</summary>
    private sealed record KeyedColumn(string Name, int Number, bool NotNull, string? Type, string Written);
}

using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Lint;

/// <summary>Reads <see cref="Catalog"/>: once whole, then what has changed since. Successive catalogs share what is the same.</summary>
/// <param name="session">The session, in a transaction: its search path is that of the catalogs while this reads.</param>
/// <param name="sizes">Rows and size by schema and name, where others count than this database's own; null for its own.</param>
internal sealed class CatalogReader(Session session, IReadOnlyDictionary<(string Schema, string Name), StoredSize>? sizes = null)
{
    /// <summary>Up to this size an upper limit of the rows is small enough to be told as their number.</summary>
    private const long SmallBytes = 1 << 20;

    /// <summary>The most rows that a page of 8 kB has, and what a row takes beside its columns.</summary>
    private const int RowsOfPage = 291;
    private const int PageBytes = 8192;
    private const int RowBytes = 28;

    /// <summary>Between an enum's labels, which may hold any sign that people write.</summary>
    private const char Separator = '\u001f';

    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);

    /// <summary>Reads everything.</summary>
    public Task<Catalog> ReadAsync(CancellationToken cancel) => ReadAsync(Nothing, cancel);

    private static Catalog Nothing { get; } =
        new(
            ImmutableDictionary<uint, Relation>.Empty,
            ImmutableDictionary<uint, TableIndex>.Empty,
            ImmutableDictionary<uint, Constraint>.Empty,
            ImmutableDictionary<uint, Routine>.Empty,
            ImmutableDictionary<uint, UserType>.Empty
        )
        {
            Namespaces = ImmutableDictionary<uint, Namespace>.Empty,
        };

    private async Task<Catalog> ReadAsync(Catalog last, CancellationToken cancel)
    {
        var batch = new QueryBatch(session).Add(CatalogQueries.Keep);
        var relations = Relations(batch, CatalogQueries.Columns + CatalogQueries.InOrder, CatalogQueries.Relations);
        var (indexes, constraints) = (Indexes(batch, CatalogQueries.Indexes), Constraints(batch, CatalogQueries.Constraints));
        var routines = Routines(batch, CatalogQueries.Routines);
        var (types, namespaces) = (Types(batch, CatalogQueries.Types), Namespaces(batch, CatalogQueries.Namespaces));
        await batch.Add(CatalogQueries.Restore).RunAsync(cancel);
        return Changed(
            last,
            new Catalog(
                Whole(last.Relations, relations, one => one.Oid, Same.Relations),
                Whole(last.Indexes, indexes, one => one.Oid, Same.Indexes),
                Whole(last.Constraints, constraints, one => one.Oid, Same.Constraints),
                Whole(last.Routines, routines, one => one.Oid, Same.Routines),
                Whole(last.Types, types, one => one.Oid, Same.Types)
            )
            {
                Namespaces = Whole(last.Namespaces, namespaces, one => one.Oid, Same.Namespaces),
            }
        );
    }

    /// <summary>Rows and size of all tables.</summary>
    public async Task<Dictionary<(string Schema, string Name), StoredSize>> SizesAsync(CancellationToken cancel)
    {
        var batch = new QueryBatch(session);
        var relations = Relations(
            batch,
            CatalogQueries.Columns + CatalogQueries.InOrder,
            $"{CatalogQueries.Relations} AND c.relkind IN ('r', 'p', 'm')"
        );
        await batch.RunAsync(cancel);
        return relations.ToDictionary(
            relation => (relation.Schema, relation.Name),
            relation => new StoredSize(relation.Rows, relation.Bytes)
        );
    }

    /// <summary>Prepares on the session what is read again and again.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        var there = await session.RowsAsync("SELECT name FROM pg_prepared_statements", reader => reader.GetString(0), cancel);
        foreach (var (name, text) in CatalogQueries.Prepared)
        {
            if (!there.Contains(CatalogQueries.PreparedName(name)))
                await session.ExecuteAsync($"PREPARE {CatalogQueries.PreparedName(name)} AS {text}", cancel);
        }
    }

    /// <summary>Takes the prepared statements back.</summary>
    public async Task ForgetAsync(CancellationToken cancel)
    {
        var there = await session.RowsAsync("SELECT name FROM pg_prepared_statements", reader => reader.GetString(0), cancel);
        foreach (var name in CatalogQueries.Prepared.Select(query => CatalogQueries.PreparedName(query.Name)).Where(there.Contains))
            await session.ExecuteAsync($"DEALLOCATE {name}", cancel);
    }

    /// <summary>Reads what has changed.</summary>
    /// <param name="last">What was read last.</param>
    /// <param name="changes">Which catalogs were written since.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<Catalog> RefreshAsync(Catalog last, CatalogChanges changes, CancellationToken cancel)
    {
        if (changes.Renames)
            return await ReadAsync(last, cancel);
        var batch = new QueryBatch(session).Add(CatalogQueries.Keep);
        var read = Queue(batch);
        await batch.Add(CatalogQueries.Restore).RunAsync(cancel);
        return await MergeAsync(last, changes, read, cancel);
    }

    /// <summary>Adds the queries of what is new to a batch, after <see cref="CatalogQueries.Keep"/>.</summary>
    /// <returns>Takes what they return.</returns>
    public CatalogNews Queue(QueryBatch batch)
    {
        batch.Add(CatalogQueries.Execute(nameof(CatalogQueries.Change)));
        return new CatalogNews(
            Relations(
                batch,
                CatalogQueries.Execute(nameof(CatalogQueries.Columns)),
                CatalogQueries.Execute(nameof(CatalogQueries.Relations))
            ),
            Indexes(batch, CatalogQueries.Execute(nameof(CatalogQueries.Indexes))),
            Constraints(batch, CatalogQueries.Execute(nameof(CatalogQueries.Constraints))),
            Routines(batch, CatalogQueries.Execute(nameof(CatalogQueries.Routines))),
            Types(batch, CatalogQueries.Execute(nameof(CatalogQueries.Types))),
            Namespaces(batch, CatalogQueries.Execute(nameof(CatalogQueries.Namespaces)))
        );
    }

    /// <summary>The last catalog with what is new; what was deleted, or renamed, is asked for here.</summary>
    public async Task<Catalog> MergeAsync(Catalog last, CatalogChanges changes, CatalogNews news, CancellationToken cancel)
    {
        if (changes.Renames)
            return await ReadAsync(last, cancel);
        var alive = changes.Deletes
            ? await session.RowsAsync(CatalogQueries.Execute(nameof(CatalogQueries.Alive)), Oids, cancel)
            : [];
        return Changed(
            last,
            new Catalog(
                Put(Alive(last.Relations, alive, 0), news.Relations, one => one.Oid, Same.Relations),
                Put(Alive(last.Indexes, alive, 0), news.Indexes, one => one.Oid, Same.Indexes),
                Put(Alive(last.Constraints, alive, 1), news.Constraints, one => one.Oid, Same.Constraints),
                Put(Alive(last.Routines, alive, 2), news.Routines, one => one.Oid, Same.Routines),
                Put(Alive(last.Types, alive, 3), news.Types, one => one.Oid, Same.Types)
            )
            {
                Namespaces = Put(Alive(last.Namespaces, alive, 4), news.Namespaces, one => one.Oid, Same.Namespaces),
            }
        );
    }

    /// <summary>What is still there; all where nothing was deleted.</summary>
    private static ImmutableDictionary<uint, T> Alive<T>(IReadOnlyDictionary<uint, T> last, List<HashSet<uint>> alive, int row)
    {
        var all = (ImmutableDictionary<uint, T>)last;
        return alive.Count == 0 ? all : all.RemoveRange(all.Keys.Where(oid => !alive[row].Contains(oid)));
    }

    /// <summary>The last catalog where nothing differs.</summary>
    private static Catalog Changed(Catalog last, Catalog now) =>
        ReferenceEquals(last.Relations, now.Relations)
        && ReferenceEquals(last.Indexes, now.Indexes)
        && ReferenceEquals(last.Constraints, now.Constraints)
        && ReferenceEquals(last.Routines, now.Routines)
        && ReferenceEquals(last.Types, now.Types)
        && ReferenceEquals(last.Namespaces, now.Namespaces)
            ? last
            : now;

    /// <summary>All of a kind: what is not among them is gone.</summary>
    private static ImmutableDictionary<uint, T> Whole<T>(
        IReadOnlyDictionary<uint, T> known,
        List<T> read,
        Func<T, uint> key,
        Func<T, T, bool> same
    )
    {
        var last = (ImmutableDictionary<uint, T>)known;
        var alive = read.Select(key).ToHashSet();
        return Put(last.RemoveRange(last.Keys.Where(oid => !alive.Contains(oid))), read, key, same);
    }

    /// <summary>What is the same stays the same object, so that a comparison of two catalogs costs little.</summary>
    private static ImmutableDictionary<uint, T> Put<T>(
        ImmutableDictionary<uint, T> known,
        List<T> read,
        Func<T, uint> key,
        Func<T, T, bool> same
    ) => known.SetItems(
            read.Where(one => !known.TryGetValue(key(one), out var old) || !same(old, one))
                .Select(one => KeyValuePair.Create(key(one), one))
        );

    private List<Relation> Relations(QueryBatch batch, string ofColumns, string ofRelations)
    {
        var widths = new Dictionary<uint, int>();
        var columns = new Dictionary<uint, List<Column>>();
        _ = batch.Add(
            ofColumns,
            reader =>
            {
                var relation = reader.GetFieldValue<uint>(0);
                if (!columns.TryGetValue(relation, out var own))
                    columns[relation] = own = [];
                own.Add(
                    new Column(
                        reader.GetInt16(1),
                        reader.GetString(2),
                        Shared(reader.GetString(3)),
                        reader.GetFieldValue<uint>(4),
                        reader.GetInt32(5),
                        reader.GetBoolean(6),
                        Text(reader, 7),
                        First(reader, 8),
                        First(reader, 9)
                    )
                    {
                        Acl = Text(reader, 11)?.Split('\n'),
                    }
                );
                widths[relation] = widths.GetValueOrDefault(relation) + reader.GetInt32(10);
                return 0;
            }
        );
        return batch.Add(
            ofRelations,
            reader =>
            {
                var (oid, schema, name, kind) = (
                    reader.GetFieldValue<uint>(0),
                    Shared(reader.GetString(1)),
                    reader.GetString(2),
                    First(reader, 3)
                );
                var bytes = reader.GetInt64(7);
                var size = sizes is null ? new StoredSize(Rows(kind, reader.GetDouble(6), reader.GetInt32(13), bytes, Width(oid)), bytes)
                    : sizes.GetValueOrDefault((schema, name)) ?? new StoredSize(kind is 'r' or 'p' or 'm' ? -1 : 0, 0);
                return new Relation(
                    oid,
                    schema,
                    name,
                    kind,
                    Shared(reader.GetString(4)),
                    reader.GetFieldValue<uint>(5),
                    size.Rows,
                    size.Bytes,
                    reader.GetBoolean(8),
                    Text(reader, 9)?.Split('\n'),
                    reader.GetBoolean(10),
                    reader.GetFieldValue<uint>(11),
                    Text(reader, 12),
                    columns.GetValueOrDefault(oid, []).ToDictionary(column => column.Number)
                )
                {
                    ForcesRowSecurity = reader.GetBoolean(14),
                };
            }
        );

        int Width(uint oid) => widths.GetValueOrDefault(oid);
    }

    /// <summary>reltuples where the table was ever analyzed; else what its size allows, as the planner estimates it.</summary>
    private static double Rows(char kind, double estimate, int pages, long bytes, int width) =>
        kind is not ('r' or 'p' or 'm') ? 0
        // Before 14, a table that was never analyzed has 0 of both.
        : estimate > 0 || (estimate == 0 && pages > 0) ? estimate
        : kind == 'p' ? -1
        : bytes <= SmallBytes ? Math.Min(bytes / PageBytes * RowsOfPage, (double)bytes / (RowBytes + width) * 2)
        : Math.Round((double)bytes / (RowBytes + width));

    private List<TableIndex> Indexes(QueryBatch batch, string text) =>
        batch.Add(
            text,
            reader => new TableIndex(
                reader.GetFieldValue<uint>(0),
                reader.GetFieldValue<uint>(1),
                Shared(reader.GetString(2)),
                reader.GetString(3),
                reader.GetBoolean(4),
                reader.GetBoolean(5),
                reader.GetBoolean(6),
                reader.GetFieldValue<uint>(7),
                reader.GetString(8),
                Numbers(Text(reader, 9)),
                reader.GetBoolean(10)
            )
        );

    private static List<Constraint> Constraints(QueryBatch batch, string text) =>
        batch.Add(
            text,
            reader => new Constraint(
                reader.GetFieldValue<uint>(0),
                reader.GetFieldValue<uint>(1),
                reader.GetFieldValue<uint>(2),
                reader.GetString(3),
                First(reader, 4),
                reader.GetBoolean(5),
                reader.GetFieldValue<uint>(6),
                reader.GetFieldValue<uint>(7),
                reader.GetString(8),
                Numbers(Text(reader, 9))
            )
        );

    private List<Routine> Routines(QueryBatch batch, string text) =>
        batch.Add(
            text,
            reader => new Routine(
                reader.GetFieldValue<uint>(0),
                Shared(reader.GetString(1)),
                reader.GetString(2),
                reader.GetString(3),
                Text(reader, 4),
                Shared(reader.GetString(5)),
                Text(reader, 6)?.Split('\n')
            )
            {
                Defaults = reader.GetInt32(7),
            }
        );

    private List<UserType> Types(QueryBatch batch, string text) =>
        batch.Add(
            text,
            reader => new UserType(
                reader.GetFieldValue<uint>(0),
                Shared(reader.GetString(1)),
                reader.GetString(2),
                First(reader, 3),
                Labels(Text(reader, 4)),
                Text(reader, 5)
            )
        );

    private List<Namespace> Namespaces(QueryBatch batch, string text) =>
        batch.Add(
            text,
            reader => new Namespace(
                reader.GetFieldValue<uint>(0),
                reader.GetString(1),
                Shared(reader.GetString(2)),
                Text(reader, 3)?.Split('\n')
            )
        );

    /// <summary>In their order; a dictionary that nothing is taken out of keeps it.</summary>
    private static Dictionary<uint, string> Labels(string? lines) =>
        lines is null
            ? []
            : lines.Split(Separator).Chunk(2).ToDictionary(pair => uint.Parse(pair[0], CultureInfo.InvariantCulture), pair => pair[1]);

    private static List<short> Numbers(string? list) =>
        string.IsNullOrEmpty(list) ? [] : [.. list.Split(',').Select(number => short.Parse(number, CultureInfo.InvariantCulture))];

    private static HashSet<uint> Oids(NpgsqlDataReader reader) =>
        Text(reader, 0) is { } list ? [.. list.Split(',').Select(oid => uint.Parse(oid, CultureInfo.InvariantCulture))] : [];

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static char First(NpgsqlDataReader reader, int column) => reader.GetString(column) is [var first, ..] ? first : ' ';

    /// <summary>Names of schemas, owners and types are few, and stand in every row.</summary>
    private string Shared(string text)
    {
        if (_shared.TryGetValue(text, out var known))
            return known;
        return _shared[text] = text;
    }
}

/// <summary>How big a table is.</summary>
/// <param name="Rows">As <see cref="Relation.Rows"/>.</param>
/// <param name="Bytes">As <see cref="Relation.Bytes"/>.</param>
internal sealed record StoredSize(double Rows, long Bytes);

/// <summary>What is new in the catalogs.</summary>
internal sealed record CatalogNews(
    List<Relation> Relations,
    List<TableIndex> Indexes,
    List<Constraint> Constraints,
    List<Routine> Routines,
    List<UserType> Types,
    List<Namespace> Namespaces
);

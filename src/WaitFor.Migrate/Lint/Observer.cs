using System.Globalization;
using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Runs one statement after another on a session, and sees what each one does: in one round trip, as the queries about it go with
/// the statement.</summary>
/// <param name="session">The session.</param>
/// <param name="reader">Reads catalogs on that session.</param>
/// <param name="limits">How long a statement may wait, and run.</param>
internal sealed class Observer(Session session, CatalogReader reader, LintLimits limits)
{
    private const string ClockText = "SELECT extract(epoch FROM clock_timestamp())::float8";

    private const string LocksText = """
        SELECT l.relation, string_agg(DISTINCT l.mode, ','), pg_stat_get_xact_tuples_returned(l.relation),
            pg_stat_get_xact_tuples_inserted(l.relation), pg_stat_get_xact_tuples_updated(l.relation),
            pg_stat_get_xact_tuples_deleted(l.relation)
        FROM pg_locks l
        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384 AND l.granted
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY l.relation
        """;

    private static readonly string CountsText = $"""
        SELECT oid, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_deleted(oid)
        FROM unnest(ARRAY[{string.Join(',', CatalogChanges.Catalogs)}]::oid[]) AS oid
        """;

    private readonly string _limitsText = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT set_config('lock_timeout', '{(long)limits.Lock.TotalMilliseconds}', true) AS {QueryBatch.Mark},
            set_config('statement_timeout', '{(long)limits.Statement.TotalMilliseconds}', true)
        """
    );

    /// <summary>The relations with counts, which the server keeps for a second: a transaction that begins has those of the ones
    /// before.</summary>
    private readonly HashSet<uint> _seen = [];

    private bool _counted = true;
    private Catalog _begun = Catalog.Empty;
    private IReadOnlyList<string> _beginning = [];

    /// <summary>The statement that sets the limits for the one that follows, whatever the script has set.</summary>
    public string LimitsText => _limitsText;

    /// <summary>The catalogs as they were seen last.</summary>
    public Catalog Catalog { get; private set; } = Catalog.Empty;

    /// <summary>What the transaction has done so far.</summary>
    public Activity Activity { get; private set; } = Activity.None;

    /// <summary>What it had done before the last look.</summary>
    public Activity Previous { get; private set; } = Activity.None;

    /// <summary>What the server counted when it began.</summary>
    public Activity Begun { get; private set; } = Activity.None;

    /// <summary>Reads the catalogs for the first time.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _counted = await session.ScalarAsync<string>("SELECT current_setting('track_counts')", cancel) == "on";
        await reader.PrepareAsync(cancel);
        await session.ExecuteAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", cancel);
        Catalog = await reader.ReadAsync(cancel);
        // The text of a view locks its tables for reads; none of them is to be kept.
        await session.ExecuteAsync("ROLLBACK", cancel);
    }

    /// <summary>A transaction is to begin, with the next statement.</summary>
    /// <param name="texts">The statement that begins it, and what else is set first.</param>
    public void Begin(IReadOnlyList<string> texts) => (_beginning, _begun) = (texts, Catalog);

    /// <summary>Begins what <see cref="Begin"/> has said, where nothing has done so yet.</summary>
    public async Task EnsureBegunAsync(CancellationToken cancel)
    {
        if (_beginning.Count > 0)
            await LookAsync([], reads: false, cancel);
    }

    /// <summary>Ends the transaction without effect.</summary>
    public async Task RollBackAsync()
    {
        await session.RollBackAsync();
        Catalog = _begun;
    }

    /// <summary>Runs a statement in the transaction, and looks.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="PostgresException">It failed.</exception>
    public async Task<TimeSpan> RunAsync(Statement statement, CancellationToken cancel)
    {
        if (statement.Data is null && !Forgets(statement))
            return await LookAsync([statement.Text], MayChange(statement), cancel);
        await EnsureBegunAsync(cancel);
        await session.ExecuteAsync(_limitsText, cancel);
        var begin = await session.ScalarAsync<double>(ClockText, cancel);
        if (statement.Data is { } data)
            await Steps.CopyAsync(session, statement.Text, data, cancel);
        else
            await session.ExecuteAsync(statement.Text, cancel);
        await reader.PrepareAsync(cancel);
        await LookAsync([], reads: true, cancel);
        return TimeSpan.FromSeconds(Math.Max(0, Activity.At - begin));
    }

    /// <summary>Looks at what the transaction has done, after statements that are not judged.</summary>
    /// <param name="refresh">False where the catalogs are read again as a whole before anything is judged.</param>
    /// <param name="cancel">Ends it.</param>
    public Task LookAsync(bool refresh, CancellationToken cancel) => LookAsync([], reads: refresh, cancel, refresh);

    /// <summary>Runs a statement that cannot run in a transaction, by itself, and reads the catalogs again.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> RunApartAsync(Statement statement, CancellationToken cancel)
    {
        await session.ExecuteAsync(CatalogQueries.Note, cancel);
        var begin = await session.ScalarAsync<double>(ClockText, cancel);
        await session.ExecuteAsync(statement.Text, cancel);
        var end = await session.ScalarAsync<double>(ClockText, cancel);
        await session.ExecuteAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", cancel);
        Catalog = await reader.RefreshAsync(Catalog, CatalogChanges.All with { Renames = false }, cancel);
        await session.ExecuteAsync("ROLLBACK", cancel);
        return TimeSpan.FromSeconds(Math.Max(0, end - begin));
    }

    /// <summary>Takes back what it has left on the session.</summary>
    public Task EndAsync(CancellationToken cancel) => reader.ForgetAsync(cancel);

    /// <summary>A statement that may take back what is prepared here.</summary>
    private static bool Forgets(Statement statement) =>
        statement.Text.Contains("deallocate", StringComparison.OrdinalIgnoreCase)
        || statement.Text.Contains("discard", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is worth while to ask with the statement what it has changed; where it has changed something all the same,
    /// that is asked after it.</summary>
    private static bool MayChange(Statement statement) =>
        new Tokens(statement.Text).Next() is not ("select" or "insert" or "update" or "delete" or "set" or "with" or "values" or "lock");

    /// <summary>Begins the transaction where that is to be done, runs statements, looks, and reads what has changed; in one round
    /// trip.</summary>
    /// <returns>How long the statements took.</returns>
    private async Task<TimeSpan> LookAsync(IReadOnlyList<string> texts, bool reads, CancellationToken cancel, bool refresh = true)
    {
        var batch = new QueryBatch(session);
        var begins = _beginning.Count > 0;
        var first = begins ? Queue(batch.AddForeign(_beginning).Add(_limitsText).Add(CatalogQueries.Note), KeptText()) : null;
        batch.Add(_limitsText);
        var begin = batch.Add(ClockText, Double);
        batch.AddForeign(texts).Add(CatalogQueries.Keep);
        var last = Queue(batch, LocksText);
        var news = reads ? reader.Queue(batch) : null;
        batch.Add(CatalogQueries.Restore);
        await batch.RunAsync(cancel);
        if (first is not null)
            (_beginning, Activity, Begun) = ([], first(), first());
        (Previous, Activity) = (Activity, last());
        _seen.UnionWith(Activity.Relations.Where(relation => relation.Value.IsCounted).Select(relation => relation.Key));
        var changes = _counted ? CatalogChanges.Between(Previous.Catalogs, Activity.Catalogs) : CatalogChanges.All;
        if (refresh && changes.Any)
            Catalog = news is null
                ? await reader.RefreshAsync(Catalog, changes, cancel)
                : await reader.MergeAsync(Catalog, changes, news, cancel);
        return TimeSpan.FromSeconds(Math.Max(0, Activity.At - begin[0]));
    }

    private string KeptText() =>
        $"""
        SELECT oid, '', pg_stat_get_xact_tuples_returned(oid), pg_stat_get_xact_tuples_inserted(oid),
            pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_deleted(oid)
        FROM unnest(ARRAY[{string.Join(',', _seen)}]::oid[]) AS oid
        """;

    /// <summary>Adds the queries of a look.</summary>
    /// <returns>Takes what they return.</returns>
    private static Func<Activity> Queue(QueryBatch batch, string relationsText)
    {
        var clock = batch.Add(ClockText, Double);
        var relations = batch.Add(
            relationsText,
            reader =>
                (
                    Oid: reader.GetFieldValue<uint>(0),
                    Activity: new RelationActivity(
                        reader.GetString(1).Split(','),
                        reader.GetInt64(2),
                        reader.GetInt64(3),
                        reader.GetInt64(4),
                        reader.GetInt64(5)
                    )
                )
        );
        var counts = batch.Add(
            CountsText,
            reader =>
                (
                    Oid: reader.GetFieldValue<uint>(0),
                    Count: new CatalogCount(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3))
                )
        );
        return () =>
            new Activity(
                clock[0],
                relations.ToDictionary(relation => relation.Oid, relation => relation.Activity),
                counts.ToDictionary(count => count.Oid, count => count.Count)
            );
    }

    private static double Double(NpgsqlDataReader reader) => reader.GetDouble(0);
}

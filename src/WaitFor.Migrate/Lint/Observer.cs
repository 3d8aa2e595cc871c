using System.Globalization;
using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Runs one statement after another on a session, and sees what each one does: one round trip, and two more where it has written
/// a catalog.</summary>
/// <param name="session">The session.</param>
/// <param name="reader">Reads catalogs on that session.</param>
/// <param name="limits">How long a statement may wait, and run.</param>
internal sealed class Observer(Session session, CatalogReader reader, LintLimits limits)
{
    /// <summary>The names of the columns by which results are told from those of the script.</summary>
    private const string Begin = "lint_begin";
    private const string End = "lint_end";
    private const string Locks = "lint_locks";
    private const string Counts = "lint_counts";
    private const string Since = "lint_since";

    private const string BeginText = $"SELECT extract(epoch FROM clock_timestamp())::float8 AS {Begin}";

    private const string EndText = $"SELECT extract(epoch FROM clock_timestamp())::float8 AS {End}";

    private const string SinceText = $"SELECT (txid_current() & 4294967295)::text AS {Since}";

    private const string LocksText = $"""
        SELECT l.relation AS {Locks}, string_agg(DISTINCT l.mode, ','), pg_stat_get_xact_tuples_returned(l.relation),
            pg_stat_get_xact_tuples_inserted(l.relation), pg_stat_get_xact_tuples_updated(l.relation),
            pg_stat_get_xact_tuples_deleted(l.relation)
        FROM pg_locks l
        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384 AND l.granted
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY l.relation
        """;

    private static readonly string CountsText = $"""
        SELECT oid AS {Counts}, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),
            pg_stat_get_xact_tuples_deleted(oid)
        FROM unnest(ARRAY[{string.Join(',', CatalogChanges.Catalogs)}]::oid[]) AS oid
        """;

    /// <summary>The statement that sets the limits for the one that follows, whatever the script has set.</summary>
    public string LimitsText { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT set_config('lock_timeout', '{(long)limits.Lock.TotalMilliseconds}', true),
            set_config('statement_timeout', '{(long)limits.Statement.TotalMilliseconds}', true)
        """
    );

    private bool _counted = true;
    private string _since = "";
    private Catalog _begun = Catalog.Empty;

    /// <summary>The catalogs as they were seen last.</summary>
    public Catalog Catalog { get; private set; } = Catalog.Empty;

    /// <summary>What the transaction has done so far.</summary>
    public Activity Activity { get; private set; } = Activity.None;

    /// <summary>Reads the catalogs for the first time.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _counted = await session.ScalarAsync<string>("SELECT current_setting('track_counts')", cancel) == "on";
        await session.ExecuteAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", cancel);
        Catalog = await reader.ReadAsync(cancel);
        // The text of a view locks its tables for reads; none of them is to be kept.
        await session.ExecuteAsync("ROLLBACK", cancel);
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="texts">The statement that begins it, and what else is set first.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task BeginAsync(IEnumerable<string> texts, CancellationToken cancel)
    {
        (Activity, _) = await LookAsync([.. texts, SinceText], cancel);
        _begun = Catalog;
    }

    /// <summary>Ends it without effect.</summary>
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
        double begin;
        if (statement.Data is { } data)
        {
            await session.ExecuteAsync(LimitsText, cancel);
            begin = await session.ScalarAsync<double>(BeginText, cancel);
            await Steps.CopyAsync(session, statement.Text, data, cancel);
            (Activity, _) = await LookAsync([], cancel);
        }
        else
        {
            (Activity, begin) = await LookAsync([LimitsText, BeginText, statement.Text], cancel);
        }

        return TimeSpan.FromSeconds(Math.Max(0, Activity.At - begin));
    }

    /// <summary>Looks at what the transaction has done, after statements that are not judged.</summary>
    /// <param name="refresh">False where the catalogs are read again as a whole before anything is judged.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task LookAsync(bool refresh, CancellationToken cancel)
    {
        var before = Activity;
        (Activity, _) = await LookAsync([], cancel);
        if (refresh)
            await RefreshAsync(before, cancel);
    }

    /// <summary>Runs a statement that cannot run in a transaction, by itself, and reads the catalogs again.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> RunApartAsync(Statement statement, CancellationToken cancel)
    {
        _since = (await session.ScalarAsync<string>(SinceText, cancel))!;
        var begin = await session.ScalarAsync<double>(BeginText, cancel);
        await session.ExecuteAsync(statement.Text, cancel);
        var end = await session.ScalarAsync<double>(EndText, cancel);
        await session.ExecuteAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", cancel);
        Catalog = await reader.RefreshAsync(Catalog, CatalogChanges.All with { Renames = false }, _since, cancel);
        await session.ExecuteAsync("ROLLBACK", cancel);
        return TimeSpan.FromSeconds(Math.Max(0, end - begin));
    }

    /// <summary>Reads the catalogs again where the transaction has written them since an earlier look.</summary>
    public async Task RefreshAsync(Activity before, CancellationToken cancel)
    {
        var changes = _counted ? CatalogChanges.Between(before.Catalogs, Activity.Catalogs) : CatalogChanges.All;
        if (changes.Any)
            Catalog = await reader.RefreshAsync(Catalog, changes, _since, cancel);
    }

    /// <summary>Runs statements, and looks; in one round trip.</summary>
    /// <returns>What the transaction has done, and the server's clock at <see cref="BeginText"/>.</returns>
    private async Task<(Activity Activity, double Begin)> LookAsync(IEnumerable<string> first, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var text in (IEnumerable<string>)[.. first, LimitsText, EndText, LocksText, CountsText])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        var (begin, end) = (0.0, 0.0);
        var (relations, catalogs) = (new Dictionary<uint, RelationActivity>(), new Dictionary<uint, CatalogCount>());
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        do
        {
            var name = rows.FieldCount > 0 ? rows.GetName(0) : "";
            while (name is Begin or End or Since or Locks or Counts && await rows.ReadAsync(cancel))
            {
                if (name == Begin)
                    begin = rows.GetDouble(0);
                else if (name == End)
                    end = rows.GetDouble(0);
                else if (name == Since)
                    _since = rows.GetString(0);
                else if (name == Counts)
                    catalogs[rows.GetFieldValue<uint>(0)] = new CatalogCount(rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3));
                else
                    relations[rows.GetFieldValue<uint>(0)] = new RelationActivity(
                        rows.GetString(1).Split(','),
                        rows.GetInt64(2),
                        rows.GetInt64(3),
                        rows.GetInt64(4),
                        rows.GetInt64(5)
                    );
            }
        } while (await rows.NextResultAsync(cancel));
        return (new Activity(end, relations, catalogs), begin);
    }
}

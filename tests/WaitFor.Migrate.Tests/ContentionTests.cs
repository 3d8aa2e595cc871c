using System.Diagnostics;
using System.Globalization;
using Npgsql;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests;

/// <summary>An application holds the table: the migration steps back, so that the application's queries go on, and gets there in the
/// end.</summary>
public abstract class ContentionTests(PostgresPackage package, ITestOutputHelper output) : ServerTests(package)
{
    [PostgresTheory]
    [InlineData("V2__column.sql", "ALTER TABLE users ADD seen int;")]
    [InlineData("V2__apart.sql", "VACUUM pg_class; ALTER TABLE users ADD seen int;")]
    public async Task The_applications_queries_get_through_and_so_does_the_migration(string name, string script)
    {
        using var bed = await BedAsync();
        bed.Write(name, script);
        await using var holder = await HoldAsync(bed);
        var (log, stop) = (new LogLines(), new CancellationTokenSource());
        // The application reads on, and measures.
        var reading = Task.Run(async () =>
        {
            await using var connection = await bed.ConnectAsync();
            var (longest, count) = (TimeSpan.Zero, 0);
            while (!stop.IsCancellationRequested)
            {
                var start = Stopwatch.GetTimestamp();
                await ExecuteAsync(connection, "SELECT count(*) FROM users");
                var took = Stopwatch.GetElapsedTime(start);
                longest = took > longest ? took : longest;
                count++;
            }

            return (longest, count);
        });
        var run = bed.RunAsync("up --statement-lock-timeout 200ms --lock-retries 50", log);
        await log.ContainsAsync("attempt 4 of 51");
        Assert.False(run.IsCompleted);
        await ExecuteAsync(holder, "COMMIT");
        await run;
        await stop.CancelAsync();
        var (longest, count) = await reading;
        output.WriteLine(
            $"{name}: {count} queries of the application, the longest took "
                + $"{longest.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms (lock timeout 200 ms)"
        );

        Assert.Contains(log.All, line => line.StartsWith($"{name}: could not acquire a lock within 200ms", StringComparison.Ordinal));
        // Far below the minutes that the holder might take; the machine is busy with other tests.
        Assert.InRange(longest.TotalMilliseconds, 100, 2000);
        Assert.Equal(2, (await bed.HistoryAsync()).Count);
    }

    [PostgresTheory]
    [InlineData(
        "V2__x.sql",
        "CREATE TABLE half (id int);\nALTER TABLE users ADD seen int;",
        "line 2, column 1",
        "The script was rolled back: the database is as it was before it."
    )]
    [InlineData(
        "V2__x.sql",
        "VACUUM pg_class;\nALTER TABLE users ADD seen int;",
        "line 2, column 1",
        "The statements before it stay done; the next run continues here."
    )]
    public async Task Tries_come_to_an_end(string name, string script, string place, string end)
    {
        using var bed = await BedAsync();
        bed.Write(name, script);
        var before = await bed.DumpAsync();
        await using var holder = await HoldAsync(bed);
        var log = new LogLines();

        var (exitCode, message) = await bed.EndAsync("up --statement-lock-timeout 50ms --lock-retries 2", log);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"{name}, {place}: canceling statement due to lock timeout (SQLSTATE 55P03)", message, StringComparison.Ordinal);
        Assert.EndsWith(end, message, StringComparison.Ordinal);
        Assert.Equal(2, log.All.Count(line => line.Contains("could not acquire a lock within 50ms", StringComparison.Ordinal)));
        await ExecuteAsync(holder, "COMMIT");
        Assert.Equal(before, await bed.DumpAsync());
    }

    [PostgresFact]
    public async Task A_broken_deadlock_is_tried_again()
    {
        using var bed = await BedAsync();
        bed.Write("V2__both.sql", "ALTER TABLE users ADD a int; ALTER TABLE orders ADD a int;");
        await using var other = await bed.ConnectAsync();
        await ExecuteAsync(other, "SET deadlock_timeout = '1h'");
        await ExecuteAsync(other, "BEGIN");
        await ExecuteAsync(other, "LOCK TABLE orders");
        var log = new LogLines();
        var run = bed.RunAsync("up --statement-lock-timeout 0", log);
        await bed.UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass)");
        // It waits for orders and has users; the other way round here: the server breaks the circle, at the migration's cost.
        await ExecuteAsync(other, "LOCK TABLE users");
        await ExecuteAsync(other, "COMMIT");
        await run;

        Assert.StartsWith("V2__both.sql: deadlock detected; attempt 2 of 11 in ", log.All[0], StringComparison.Ordinal);
        Assert.Equal(2, (await bed.HistoryAsync()).Count);
    }

    [PostgresTheory]
    [InlineData("CREATE INDEX CONCURRENTLY users_id ON users (id);")]
    [InlineData("CREATE INDEX CONCURRENTLY IF NOT EXISTS broken ON users (id);")]
    [InlineData("DROP INDEX CONCURRENTLY broken;")]
    public async Task What_lets_everybody_through_waits_as_long_as_it_takes(string statement)
    {
        using var bed = await BedAsync();
        await bed.ExecuteAsync("INSERT INTO users VALUES (1), (1)");
        await Assert.ThrowsAsync<PostgresException>(() => bed.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY broken ON users (id)"));
        bed.Write("V2__x.sql", statement);
        await using var holder = await bed.ConnectAsync();
        await ExecuteAsync(holder, "BEGIN");
        await ExecuteAsync(holder, "INSERT INTO users VALUES (7)");
        var run = bed.RunAsync("up --statement-lock-timeout 50ms --lock-retries 0");
        // Longer than the lock timeout, as the server's own clock tells.
        await bed.UntilAsync(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND "
                + "clock_timestamp() - query_start > '300ms')"
        );
        Assert.False(run.IsCompleted);
        await ExecuteAsync(holder, "COMMIT");
        await run;

        Assert.Equal(["1|V1__tables.sql|True", "2|V2__x.sql|True"], await bed.HistoryAsync());
        Assert.Equal(
            statement.StartsWith("CREATE INDEX CONCURRENTLY users_id", StringComparison.Ordinal) ? ["broken"] : [],
            await bed.QueryAsync("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        );
    }

    private async Task<Bed> BedAsync()
    {
        var bed = await CreateBedAsync();
        bed.Write("V1__tables.sql", "CREATE TABLE users (id int); CREATE TABLE orders (id int);");
        await bed.RunAsync("up");
        return bed;
    }

    private static async Task<NpgsqlConnection> HoldAsync(Bed bed)
    {
        var connection = await bed.ConnectAsync();
        await ExecuteAsync(connection, "BEGIN");
        await ExecuteAsync(connection, "SELECT * FROM users");
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

public sealed class ContentionTestsOnDebian(ITestOutputHelper output) : ContentionTests(PostgresPackage.Debian, output);

public sealed class ContentionTestsOn18(ITestOutputHelper output) : ContentionTests(PostgresPackage.Npm, output);

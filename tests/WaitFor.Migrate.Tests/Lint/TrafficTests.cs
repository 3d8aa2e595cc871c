using System.Diagnostics;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>While lint waits for a lock, nobody waits behind it for longer than its lock_timeout.</summary>
public abstract class TrafficTests(PostgresPackage package, ITestOutputHelper output) : ServerTests(package)
{
    /// <summary>The slowest query may take as long as that beside the wait, on two busy cores; without a limit it never
    /// ends.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    [PostgresTheory]
    [InlineData("ALTER TABLE users ADD COLUMN more int;")]
    [InlineData("SET lock_timeout = 0; ALTER TABLE users ADD COLUMN more int;")]
    [InlineData("DO $$ BEGIN SET lock_timeout = 0; ALTER TABLE users ADD COLUMN more int; END $$;")]
    public async Task No_query_waits_longer_than_the_lock_timeout(string pending)
    {
        using var bed = await CreateBedAsync();
        bed.Write("V1__users.sql", "CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users SELECT generate_series(1, 100);");
        await bed.RunAsync("up");
        bed.Write("V2__pending.sql", pending);
        // A long transaction of the application keeps lint waiting, and whoever comes after waits behind lint.
        await using var reader = await bed.ConnectAsync("BEGIN", "SELECT count(*) FROM users");
        using var stop = new CancellationTokenSource();
        var traffic = Enumerable.Range(0, 3).Select(_ => SlowestAsync(bed, stop.Token)).ToList();
        var end = await bed.LintAsync("lint --statement-lock-timeout 500ms", new Seen());
        await stop.CancelAsync();
        var slowest = (await Task.WhenAll(traffic)).Max();
        output.WriteLine($"the slowest query took {slowest.TotalMilliseconds:0} ms");

        Assert.Equal(1, end.ExitCode);
        Assert.Contains("V2__pending.sql, line 1", end.Message, StringComparison.Ordinal);
        Assert.InRange(slowest, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(500) + Slack);
    }

    private static async Task<TimeSpan> SlowestAsync(Bed bed, CancellationToken stop)
    {
        await using var connection = await bed.ConnectAsync();
        var slowest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            await using var query = new Npgsql.NpgsqlCommand("SELECT count(*) FROM users", connection);
            await query.ExecuteScalarAsync(CancellationToken.None);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }

        return slowest;
    }
}

public sealed class TrafficTestsOnDebian(ITestOutputHelper output) : TrafficTests(PostgresPackage.Debian, output);

public sealed class TrafficTestsOn18(ITestOutputHelper output) : TrafficTests(PostgresPackage.Npm, output);

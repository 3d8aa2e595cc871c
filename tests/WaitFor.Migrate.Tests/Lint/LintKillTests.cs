using System.Globalization;
using WaitFor.Migrate.Postgres;
using WaitFor.Testing;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>SIGKILL and SIGTERM at random moments: a database that others use is as it was, and shadow databases go.</summary>
public abstract class LintKillTests(PostgresPackage package, ITestOutputHelper output) : ServerTests(package)
{
    /// <summary>In place of the rounds; for a longer run than that of every commit.</summary>
    private static readonly string? Rounds = Environment.GetEnvironmentVariable("MIGRATE_KILL_ROUNDS");

    /// <summary>No server process works for a run any more.</summary>
    private const string Gone = """
        SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'migrate lint'
            AND (datname = current_database() OR datname LIKE current_database() || '\_lint\_%')
        """;

    private async Task<Bed> PrepareAsync()
    {
        var bed = await CreateBedAsync();
        bed.Write(
            "V1__users.sql",
            "CREATE TABLE users (id bigint PRIMARY KEY, name text); INSERT INTO users SELECT generate_series(1, 20000);"
        );
        await bed.RunAsync("up");
        bed.Write("V2__type.sql", "ALTER TABLE users ALTER COLUMN id TYPE numeric; CREATE TABLE more (id int); DROP SCHEMA IF EXISTS x;");
        bed.Write("V3__name.sql", "UPDATE users SET name = 'n'; CREATE INDEX users_name ON users (name);");
        bed.Write("V4__apart.sql", "CREATE INDEX CONCURRENTLY users_apart ON users (name);");
        bed.Write("V5__drop.sql", "DROP TABLE users;");
        return bed;
    }

    [NativeFact]
    public async Task A_killed_rehearsal_leaves_no_trace()
    {
        using var bed = await PrepareAsync();
        var before = await TraceAsync(bed);
        var whole = await WholeAsync(bed, "lint");
        var (random, tally) = (Random(), new int[3]);
        for (var round = 0; round < (Rounds is null ? 20 : int.Parse(Rounds, CultureInfo.InvariantCulture)); round++)
        {
            await CutAsync(bed, "lint", round % 4 == 3 ? 15 : 9, whole * random.NextDouble(), tally);
            await bed.UntilAsync(Gone);
            Assert.Equal(before, await TraceAsync(bed));
        }

        output.WriteLine($"{tally[0]} ended by themselves, {tally[1]} by SIGTERM, {tally[2]} by SIGKILL");
        Assert.True(tally[2] > 0, "no run was cut");
    }

    [NativeFact]
    public async Task Shadow_databases_of_killed_runs_are_dropped_later_and_those_of_ended_ones_at_once()
    {
        using var bed = await PrepareAsync();
        var whole = await WholeAsync(bed, "lint --shadow");
        var (random, tally) = (Random(), new int[3]);
        for (var round = 0; round < (Rounds is null ? 8 : int.Parse(Rounds, CultureInfo.InvariantCulture)); round++)
        {
            var left = (await ShadowsAsync(bed)).Count;
            var exitCode = await CutAsync(bed, "lint --shadow", round % 2 == 0 ? 15 : 9, whole * random.NextDouble(), tally);
            await bed.UntilAsync(Gone);
            Assert.InRange((await ShadowsAsync(bed)).Count, left, exitCode == 137 ? left + 1 : left);
        }

        // Two hours later.
        foreach (var name in await ShadowsAsync(bed))
        {
            var parts = name.Split('_');
            var then = DateTime.ParseExact(parts[^2], "yyyyMMddHHmm", CultureInfo.InvariantCulture).AddHours(-2);
            var old = $"{parts[0]}_lint_{then.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture)}_{parts[^1]}";
            await bed.ExecuteAsync($"ALTER DATABASE \"{name}\" RENAME TO \"{old}\"");
        }

        await WholeAsync(bed, "lint --shadow");
        Assert.Empty(await ShadowsAsync(bed));
        output.WriteLine($"{tally[0]} ended by themselves, {tally[1]} by SIGTERM, {tally[2]} by SIGKILL");
    }

    private Random Random()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    /// <summary>What pg_dump writes where it is of the server's version; else what the catalogs say.</summary>
    private async Task<IReadOnlyList<string>> TraceAsync(Bed bed)
    {
        var catalogs = await bed.QueryAsync("SELECT oid, relname, relfilenode, relacl::text FROM pg_class WHERE oid >= 16384 ORDER BY oid");
        if (Package != PostgresPackage.Debian)
            return [.. catalogs, .. await bed.DumpAsync(), .. await bed.QueryAsync("SELECT count(*), sum(id), max(name) FROM users")];
        var dump = await NativeGate.RunAsync(["--dbname", bed.Url, "--no-sync"], bed.Environment(), PostgresServer.Program("pg_dump"));
        Assert.True(dump.ExitCode == 0, dump.Log);
        // Since August 2025 its first and last line hold a random word.
        return [.. catalogs, .. dump.Output.Split('\n').Where(line => !line.Contains("restrict ", StringComparison.Ordinal))];
    }

    private static Task<IReadOnlyList<string>> ShadowsAsync(Bed bed) =>
        bed.QueryAsync("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '\\_lint\\_%' ORDER BY 1");

    private static NativeGate Start(Bed bed, string line) =>
        NativeGate.Start([.. line.Split(' '), "--locations", bed.Sql], bed.Environment(), Repository.Migrate);

    private static async Task<TimeSpan> WholeAsync(Bed bed, string line)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var run = Start(bed, line);
        var exitCode = await run.ExitAsync();
        Assert.True(exitCode == ExitCode.Lint, run.Log);
        return watch.Elapsed;
    }

    private static async Task<int> CutAsync(Bed bed, string line, int signal, TimeSpan after, int[] tally)
    {
        await using var run = Start(bed, line);
        // A random moment is what is tested.
        await Task.WhenAny(run.EndAsync(), Task.Delay(after));
        run.Signal(signal);
        var exitCode = await run.ExitAsync();
        Assert.True(exitCode == ExitCode.Lint || exitCode == 128 + signal, $"{exitCode}: {run.Log}");
        tally[exitCode switch { ExitCode.Lint => 0, 143 => 1, _ => 2 }]++;
        return exitCode;
    }
}

public sealed class LintKillTestsOnDebian(ITestOutputHelper output) : LintKillTests(PostgresPackage.Debian, output);

public sealed class LintKillTestsOn18(ITestOutputHelper output) : LintKillTests(PostgresPackage.Npm, output);

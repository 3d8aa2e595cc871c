namespace WaitFor.Migrate.Tests;

/// <summary>Who holds the lock that a statement waited for.</summary>
public sealed class LockHolderTests
{
    // Half of the limit is left for the connection that asks who holds the lock: enough on a machine that is busy with other tests.
    [PostgresTheory]
    [InlineData("ALTER TABLE t ADD COLUMN j int;", "2s")]
    [InlineData("VACUUM pg_class; ALTER TABLE t ADD COLUMN j int;", "2s")]
    [InlineData("SET lock_timeout = '2s'; ALTER TABLE t ADD COLUMN j int;", "the script's lock_timeout")]
    public async Task Is_named_at_each_try_and_at_the_end(string script, string limit)
    {
        using var bed = await Bed.CreateAsync();
        await bed.ExecuteAsync("CREATE TABLE t (i int)");
        await using var holder = await bed.ConnectAsync("SET application_name = 'shop'", "BEGIN", "LOCK TABLE t", "SELECT 'cart'");
        bed.Write("V1__x.sql", script);
        var log = new LogLines();

        var (exitCode, message) = await bed.EndAsync(
            "up --statement-lock-timeout 2s --lock-retries 1 --baseline-on-migrate --baseline-version 0",
            log
        );

        Assert.Equal(1, exitCode);
        var who =
            $@"backend {holder.ProcessID} \(shop, user postgres, idle in transaction, since \d\d:\d\d:\d\d .*; "
            + @"query: SELECT 'cart'\)";
        Assert.Contains(log.All, line =>
            System.Text.RegularExpressions.Regex.IsMatch(
                line,
                $"^V1__x.sql: could not acquire a lock within {limit}: held by {who}; attempt 2 of 2 in "
            )
        );
        Assert.Matches($@"\(SQLSTATE 55P03\)\n  the lock is held by {who}\n", message);
    }

    [PostgresFact]
    public async Task A_role_that_may_connect_once_only_migrates_all_the_same()
    {
        using var bed = await Bed.CreateAsync();
        var role = "single_" + bed.Url.Split('/')[^1];
        await bed.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 1",
            $"CREATE SCHEMA app AUTHORIZATION {role}",
            $"CREATE TABLE app.t (i int)",
            $"ALTER TABLE app.t OWNER TO {role}"
        );
        await using var holder = await bed.ConnectAsync("BEGIN", "LOCK TABLE app.t");
        bed.Write("V1__x.sql", "ALTER TABLE app.t ADD COLUMN j int;");
        var log = new LogLines();
        var url = bed.Url.Replace("postgres:secret@", $"{role}:x@", StringComparison.Ordinal);
        var run = bed.EndAsync(
            $"up --url {url} --schema app --statement-lock-timeout 200ms --baseline-on-migrate --baseline-version 0",
            log
        );
        await log.ContainsAsync("could not acquire a lock within 200ms; attempt 2");
        await holder.CloseAsync();

        Assert.Equal(0, (await run).ExitCode);
    }
}

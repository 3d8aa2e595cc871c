using System.Globalization;
using Microsoft.Extensions.Logging;
using WaitFor.Process;

namespace WaitFor.Migrate.Postgres;

/// <summary>Which advisory lock is taken.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Shared">With others that share it, but not with one that has it alone.</param>
internal readonly record struct LockKey(long Key, bool Shared = false);

/// <summary>A session's advisory lock, polled: a runner that blocks inside <c>pg_advisory_lock()</c> holds a snapshot, for which a
/// <c>CREATE INDEX CONCURRENTLY</c> of the
/// other waits: both would wait for ever.
/// <see href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/></summary>
internal sealed class AdvisoryLock(Session session, LockKey key, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(30);

    /// <summary>Takes the lock.</summary>
    /// <param name="limit">The longest time to wait; zero for no limit.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="MigrationException">Another run still holds it when the time is over.</exception>
    public async Task TakeAsync(TimeSpan limit, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        (Holder? Holder, long At) told = default;
        while (!await session.ScalarAsync<bool>($"SELECT pg_try_advisory_lock{Mode}($1)", cancel, key.Key))
        {
            var holder = await HolderAsync(cancel);
            if (limit > TimeSpan.Zero && time.GetElapsedTime(start) >= limit)
                throw new MigrationException(
                    ExitCode.Lock,
                    $"could not acquire the lock within {GoDuration.Format(limit)}: {holder?.Text ?? "another run"} holds it; wait for its "
                        + $"end, or end it (SELECT pg_terminate_backend({holder?.Pid ?? "PID"})), then start again"
                );
            if (holder != told.Holder || time.GetElapsedTime(told.At) >= TellAgain)
            {
                log.LogInformation("waiting for the lock: {Holder} holds it", holder?.Text ?? "another run");
                told = (holder, time.GetTimestamp());
            }

            await Task.Delay(Interval, time, cancel);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public Task ReleaseAsync(CancellationToken cancel) =>
        session.ScalarAsync<bool>($"SELECT pg_advisory_unlock{Mode}($1)", cancel, key.Key);

    private string Mode => key.Shared ? "_shared" : "";

    /// <summary>Who holds it: backend, program, since when, and what it does. The query of another user may be hidden.</summary>
    private async Task<Holder?> HolderAsync(CancellationToken cancel)
    {
        var rows = await session.RowsAsync(
            """
            SELECT a.pid, a.application_name, a.usename, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'),
                a.state, left(regexp_replace(a.query, '\s+', ' ', 'g'), 120)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.classid::bigint = ($1 >> 32) & 4294967295 AND l.objid::bigint = $1 & 4294967295
            LIMIT 1
            """,
            reader => new Holder(
                reader.GetInt32(0).ToString(CultureInfo.InvariantCulture),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"backend {reader.GetInt32(0)} ({Text(reader, 1) ?? "no name"}, user {Text(reader, 2)}, "
                        + $"connected since {Text(reader, 3)}, {Text(reader, 4) ?? "state hidden"}: {Text(reader, 5) ?? "query hidden"})"
                )
            ),
            cancel,
            key.Key
        );
        return rows.Count > 0 ? rows[0] : null;

        static string? Text(Npgsql.NpgsqlDataReader reader, int column) =>
            reader.IsDBNull(column) || reader.GetString(column).Length == 0 ? null : reader.GetString(column);
    }

    private sealed record Holder(string Pid, string Text);
}

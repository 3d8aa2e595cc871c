using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Postgres;
using WaitFor.Process;

namespace WaitFor.Migrate.Batch;

/// <summary>How far the replicas of the server are behind with what was written.
/// <see href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW"/></summary>
internal sealed class ReplicaLag(Session session, SessionState state, TimeProvider time, ILogger log)
{
    /// <summary>How often it is asked, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // An idle replica keeps its last lag until its next message, though it has replayed everything.
    private const string Query = """
        SELECT json_build_array((SELECT count(*) FROM pg_stat_replication WHERE state IS NULL),
            (SELECT json_build_array(coalesce(nullif(application_name, ''), 'pid ' || pid), extract(epoch FROM replay_lag))
                FROM pg_stat_replication WHERE state IN ('streaming', 'catchup') AND replay_lag IS NOT NULL
                    AND replay_lsn < pg_current_wal_lsn() ORDER BY replay_lag DESC LIMIT 1))::text
        """;

    private long? _asked;
    private bool _hidden;

    /// <summary>Waits while a replica is further behind than that.</summary>
    /// <param name="path">The script, for the log.</param>
    /// <param name="most">The lag that is accepted.</param>
    /// <param name="waiting">Called each time that it looks again.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task WaitAsync(string path, TimeSpan most, Action waiting, CancellationToken cancel)
    {
        if (_hidden || (_asked is { } asked && time.GetElapsedTime(asked) < Interval))
            return;
        string? waited = null;
        while (await WorstAsync(path, cancel) is var (name, lag) && lag > most)
        {
            if (waited is null)
                log.LogInformation(
                    "{Script}: replica {Name} is {Lag} behind (max-lag={Most}); batches wait",
                    path,
                    name,
                    Seconds(lag),
                    GoDuration.Format(most)
                );
            waited = name;
            waiting();
            await Task.Delay(Interval, time, cancel);
        }

        if (waited is not null)
            log.LogInformation("{Script}: replica {Name} has caught up; batches continue", path, waited);
    }

    private async Task<(string Name, TimeSpan Lag)?> WorstAsync(string path, CancellationToken cancel)
    {
        _asked = time.GetTimestamp();
        // The script may have set a role that sees less.
        var results = await new Steps(session, null).Add(SessionState.BeginText, state.OwnText, Query, "COMMIT").RunAsync(cancel);
        using var document = JsonDocument.Parse(results[^1]!);
        var (hidden, worst) = (document.RootElement[0].GetInt32(), document.RootElement[1]);
        if (hidden > 0)
        {
            _hidden = true;
            log.LogWarning(
                "{Script}: the lag of replicas is not visible to {User}, so max-lag has no effect\n  next step: run GRANT "
                    + "pg_read_all_stats "
                    + "TO {Grantee}, or write max-lag=0",
                path,
                state.Login,
                state.Login
            );
            return null;
        }

        return worst.ValueKind == JsonValueKind.Null
            ? null
            : (Kubernetes.ApiFault.OneLine(worst[0].GetString()!), TimeSpan.FromSeconds(Math.Clamp(worst[1].GetDouble(), 0, 1e9)));
    }

    private static string Seconds(TimeSpan lag) => $"{lag.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)}s";
}

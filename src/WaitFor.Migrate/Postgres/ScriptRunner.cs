using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>How locks of tables are waited for. A statement that waits for its lock makes everyone wait who comes after it: better to step
/// back and try again.</summary>
/// <param name="Limit">The longest a statement waits for a lock; zero for no limit.</param>
/// <param name="Retries">How many tries after the first; 0 or more.</param>
internal sealed record LockPatience(TimeSpan Limit, int Retries);

/// <summary>Runs scripts, each with its row of the history.</summary>
internal sealed class ScriptRunner(
    Session session,
    SessionState state,
    HistoryTable history,
    StatementRunner statements,
    Attempts attempts,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A statement failed; what can be rolled back was rolled back.</exception>
    public async Task RunAsync(Script script, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        using (var notices = new Notices(session.Connection, script.Path, log))
        {
            if (script.InTransaction)
                await attempts.RetryAsync(
                    script,
                    () => RunInTransactionAsync(script, notices, cancel),
                    pause => attempts.PauseAsync(pause, cancel)
                );
            else
                await statements.RunAsync(script, notices, cancel);
        }

        log.LogInformation("{Script}: applied in {Milliseconds} ms", script.Path, (int)time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>All in one transaction and one round trip, the history's row last.</summary>
    private async Task RunInTransactionAsync(Script script, Notices notices, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        var of = new List<Statement?>();
        Add("BEGIN");
        // A transaction that was made read only stays so, but for the end of a subtransaction in which that happened.
        var savepoint = false;
        foreach (var statement in script.Statements)
        {
            if (!savepoint && SessionSettings.MayStopWrites(statement))
            {
                Add("SAVEPOINT before_read_only");
                savepoint = true;
            }

            Add(statement.Text, statement);
        }

        Add(SessionState.FireText);
        if (savepoint)
            Add("RELEASE SAVEPOINT before_read_only");
        foreach (var text in state.RestoreTexts)
            Add(text);
        Add(history.RecordText(script));
        Add("COMMIT");
        notices.Follow(batch, index => of[index]);
        await attempts.GuardAsync(
            script,
            script.Statements,
            async () => await batch.ExecuteNonQueryAsync(cancel),
            exception => of.ElementAtOrDefault(IndexOf(batch, exception)),
            cancel
        );

        void Add(string sql, Statement? statement = null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
            of.Add(statement);
        }
    }

    private static int IndexOf(NpgsqlBatch batch, PostgresException exception)
    {
        for (var index = 0; index < batch.BatchCommands.Count; index++)
        {
            if (ReferenceEquals(batch.BatchCommands[index], exception.BatchCommand))
                return index;
        }

        return -1;
    }
}

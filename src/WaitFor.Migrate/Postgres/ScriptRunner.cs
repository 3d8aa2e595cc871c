using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

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
    Journal journal,
    LockPatience patience,
    TimeProvider time,
    Random random,
    ILogger log
)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A statement failed; what can be rolled back was rolled back.</exception>
    public async Task RunAsync(Script script, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        if (script.InTransaction)
            await RetryAsync(script, () => RunInTransactionAsync(script, cancel), cancel);
        else
            await RunByStatementAsync(script, cancel);
        log.LogInformation("{Script}: applied in {Milliseconds} ms", script.Path, (int)time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>All in one transaction and one round trip, the history's row last.</summary>
    private async Task RunInTransactionAsync(Script script, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        Add(batch, "BEGIN");
        foreach (var statement in script.Statements)
            Add(batch, statement.Text);
        AddRestore(batch);
        Add(batch, history.RecordText(script));
        Add(batch, "COMMIT");
        await GuardAsync(
            script,
            async () => await batch.ExecuteNonQueryAsync(cancel),
            exception => script.Statements.ElementAtOrDefault(IndexOf(batch, exception) - 1),
            cancel
        );
    }

    private async Task RunByStatementAsync(Script script, CancellationToken cancel)
    {
        try
        {
            await RunStatementsAsync(script, cancel);
        }
        catch when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            foreach (var text in state.RestoreTexts)
                await session.ExecuteAsync(text, CancellationToken.None);
            throw;
        }
    }

    private async Task RunStatementsAsync(Script script, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        await journal.PrepareAsync(cancel);
        var known = await journal.ReadAsync(script, cancel);
        for (var index = 0; index < script.Statements.Count; index++)
        {
            var (number, statement) = (index, script.Statements[index]);
            var cut = false;
            if (known.TryGetValue(index, out var before))
            {
                if (before.Finished && before.Checksum != Checksum.Of(statement.Text))
                {
                    throw new MigrationException(
                        ExitCode.Validation,
                        $"{script.Path}, line {statement.Line}: this statement was changed after it ran, in an earlier try that stopped "
                            + "later in the script;"
                            + " put it back, and write a new script for the change"
                    );
                }

                // What it sets was lost with the session that it was set for.
                if (before.Finished && !Traits.SetsSession(statement))
                {
                    log.LogInformation(
                        "{Script}: statement {Number} of {Count} (line {Line}) is done already",
                        script.Path,
                        index + 1,
                        script.Statements.Count,
                        statement.Line
                    );
                    continue;
                }

                cut = !before.Finished;
                if (cut)
                    log.LogWarning(
                        "{Script}: statement {Number} of {Count} (line {Line}) was cut in an earlier try",
                        script.Path,
                        index + 1,
                        script.Statements.Count,
                        statement.Line
                    );
            }

            await RetryAsync(script, () => RunStatementAsync(script, number, cut, cancel), cancel);
        }

        await using var batch = new NpgsqlBatch(session.Connection);
        Add(batch, "BEGIN");
        AddRestore(batch);
        Add(
            batch,
            history.RecordText(
                script,
                ((int)time.GetElapsedTime(start).TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
        );
        Add(batch, journal.ForgetText(script));
        Add(batch, "COMMIT");
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task RunStatementAsync(Script script, int index, bool cut, CancellationToken cancel)
    {
        var statement = script.Statements[index];
        var surroundings = Traits.Of(statement);
        if (surroundings == Surroundings.Any)
        {
            // With its note in one transaction: it cannot be cut.
            await using var batch = new NpgsqlBatch(session.Connection);
            Add(batch, "BEGIN");
            Add(batch, statement.Text);
            Add(batch, journal.FinishText(script, index));
            Add(batch, "COMMIT");
            await GuardAsync(script, async () => await batch.ExecuteNonQueryAsync(cancel), _ => statement, cancel);
            return;
        }

        var indexes = new ConcurrentIndexes(session, log);
        if (cut && await indexes.IsDoneAsync(statement, cancel))
        {
            await session.ExecuteAsync(journal.FinishText(script, index), cancel);
            return;
        }

        await session.ExecuteAsync(journal.BeginText(script, index), cancel);
        try
        {
            // It lets everybody else through: there is no harm in waiting, and giving up half way leaves an invalid index.
            if (surroundings == Surroundings.Concurrently)
                await session.ExecuteAsync("SET lock_timeout = 0", cancel);
            await GuardAsync(
                script,
                async () =>
                {
                    await indexes.RemoveInvalidAsync(statement, cancel);
                    await session.ExecuteAsync(statement.Text, cancel);
                },
                _ => statement,
                cancel
            );
            await indexes.RequireValidAsync(script, statement, cancel);
        }
        catch (MigrationException) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await indexes.RemoveInvalidAsync(statement, CancellationToken.None);
            // The server refused it: it was not cut, and what bears its name is not its work.
            await session.ExecuteAsync(journal.RetractText(script, index), CancellationToken.None);
            throw;
        }
        finally
        {
            if (surroundings == Surroundings.Concurrently && session.Connection.State == System.Data.ConnectionState.Open)
                await session.ExecuteAsync(LockTimeoutText, CancellationToken.None);
        }

        await session.ExecuteAsync(journal.FinishText(script, index), cancel);
    }

    /// <summary>The setting for all other statements of the session.</summary>
    public string LockTimeoutText => $"SET lock_timeout = {(long)patience.Limit.TotalMilliseconds}";

    /// <summary>Tries again where a lock was not to be had, or a deadlock was broken: both were rolled back.</summary>
    private async Task RetryAsync(Script script, Func<Task> run, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await run();
                return;
            }
            catch (MigrationException exception)
                when (attempt <= patience.Retries
                    && exception.InnerException
                        is PostgresException { SqlState: SqlStates.LockNotAvailable or SqlStates.DeadlockDetected } busy
                )
            {
                var longest = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), LongestPause.TotalSeconds));
                var pause = longest * (0.5 + (random.NextDouble() / 2));
                log.LogInformation(
                    "{Script}: {Reason}; try {Next} of {All} in {Pause}",
                    script.Path,
                    busy.SqlState == SqlStates.DeadlockDetected
                        ? "a deadlock was broken"
                        : $"a lock was not to be had within {GoDuration.Format(patience.Limit)}",
                    attempt + 1,
                    patience.Retries + 1,
                    GoDuration.Format(TimeSpan.FromMilliseconds((long)pause.TotalMilliseconds))
                );
                await Task.Delay(pause, time, cancel);
            }
        }
    }

    /// <summary>Runs, rolls back what is left open, and says where it failed.</summary>
    private async Task GuardAsync(Script script, Func<Task> run, Func<PostgresException, Statement?> statementOf, CancellationToken cancel)
    {
        try
        {
            await run();
        }
        catch (PostgresException exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await RollBackAsync();
            throw new MigrationException(ExitCode.Failed, SqlFailure.Describe(script, statementOf(exception), exception), exception);
        }
        catch (NpgsqlException exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
        catch (NpgsqlException exception)
        {
            throw new MigrationException(
                ExitCode.Connection,
                $"{script.Path}: the connection broke: {exception.Message}; the server goes on with the statement that it has, or rolls "
                    + "back; start again: the next run waits for it, and sees what was done",
                exception
            );
        }
        catch (OperationCanceledException)
        {
            await RollBackAsync();
            throw;
        }
    }

    private async Task RollBackAsync()
    {
        if (session.Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            await session.ExecuteAsync("ROLLBACK", CancellationToken.None);
    }

    private void AddRestore(NpgsqlBatch batch)
    {
        foreach (var text in state.RestoreTexts)
            Add(batch, text);
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

    private static void Add(NpgsqlBatch batch, string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
}

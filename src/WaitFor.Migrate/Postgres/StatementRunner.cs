using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Runs scripts that cannot run in one transaction: statement by statement, each noted in the journal, so that a later run goes on
/// after the last finished one. What the script sets holds to its end, also in a later run; the journal is written as whoever logged
/// in.</summary>
internal sealed class StatementRunner(
    Session session,
    SessionState state,
    HistoryTable history,
    Journal journal,
    Attempts attempts,
    TimeProvider time,
    ILogger log
)
{
    private const string WasReadOnly = "SELECT current_setting('transaction_read_only')";

    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A statement failed; those before it stay done.</exception>
    public async Task RunAsync(Script script, Notices notices, CancellationToken cancel)
    {
        try
        {
            await RunAllAsync(script, notices, cancel);
        }
        catch when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            notices.Follow(statement: null);
            await session.RollBackAsync();
            foreach (var text in state.RestoreTexts)
                await session.ExecuteAsync(text, CancellationToken.None);
            throw;
        }
    }

    private async Task RunAllAsync(Script script, Notices notices, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        foreach (var statement in script.Statements)
        {
            if (SessionSettings.WithoutEffect(statement) is { } set)
                log.LogWarning(
                    "{Script}, line {Line}: {Set} has no effect on later statements, as this script runs statement by statement; write SET "
                        + "(without LOCAL) for what is to hold to the end of the script",
                    script.Path,
                    statement.Line,
                    set
                );
        }

        await journal.PrepareAsync(cancel);
        var known = await journal.ReadAsync(script, cancel);
        var count = script.Statements.Count;
        await RestoreAsync(script, known, cancel);
        for (var index = 0; index < count; index++)
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
                            + "later in the script; put it back, and write a new script for the change"
                    );
                }

                if (before.Finished && !Traits.IsForSession(statement))
                {
                    if (!Traits.SetsSession(statement))
                        log.LogInformation(
                            "{Script}: statement {Number} of {Count} (line {Line}) is done already",
                            script.Path,
                            index + 1,
                            count,
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
                        count,
                        statement.Line
                    );
            }

            await attempts.RetryAsync(
                script,
                () => RunStatementAsync(script, number, cut, notices, cancel),
                pause => PauseAsync(pause, cancel)
            );
        }

        notices.Follow(statement: null);
        var milliseconds = ((int)time.GetElapsedTime(start).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await session.WriteAsync([.. state.RestoreTexts, history.RecordText(script, milliseconds), journal.ForgetText(script)], cancel);
    }

    /// <summary>Sets the session as the finished statements had set theirs.</summary>
    private async Task RestoreAsync(Script script, Dictionary<int, JournalEntry> known, CancellationToken cancel)
    {
        var last = known.Where(entry => entry.Value.Finished).OrderBy(entry => entry.Key).Select(entry => entry.Value).LastOrDefault();
        if (last?.Settings is not { } settings)
            return;
        try
        {
            await session.ScalarAsync<long>(SessionState.ApplyText, cancel, settings);
        }
        catch (PostgresException exception)
        {
            throw new MigrationException(
                ExitCode.Failed,
                $"{script.Path}: the settings that its finished statements made in an earlier try cannot be restored: "
                    + $"{exception.MessageText} (SQLSTATE {exception.SqlState}); nothing was run\n  next step: create again what was "
                    + $"dropped since, or grant the permission; the settings: {settings}",
                exception
            );
        }
    }

    private Task RunStatementAsync(Script script, int index, bool cut, Notices notices, CancellationToken cancel) =>
        Traits.Of(script.Statements[index]) == Surroundings.Any
            ? RunInTransactionAsync(script, index, notices, cancel)
            : RunApartAsync(script, index, cut, notices, cancel);

    /// <summary>With its note in one transaction: it cannot be cut. A transaction that is read only at its end takes no note, and needs
    /// none: it may run again.</summary>
    private async Task RunInTransactionAsync(Script script, int index, Notices notices, CancellationToken cancel)
    {
        var statement = script.Statements[index];
        await attempts.GuardAsync(
            script,
            [statement],
            async () =>
            {
                // In one round trip: a script may limit how long a transaction is idle.
                string[] texts =
                [
                    "BEGIN",
                    statement.Text,
                    SessionState.FireText,
                    WasReadOnly,
                    .. state.SnapshotTexts(script),
                    state.OwnText,
                ];
                await using var batch = Batch(texts);
                notices.Follow(batch, at => at == 1 ? statement : null);
                var results = await ResultsAsync(batch, cancel);
                var (readOnly, settings) = (results[^4] == "on", results[^2]);
                notices.Follow(statement: null);
                if (readOnly)
                {
                    await session.ExecuteAsync("COMMIT", cancel);
                    await FinishAsync(script, index, cancel);
                    return;
                }

                await using var end = Batch([journal.FinishText(script, index, settings), "COMMIT", .. Look(script)]);
                // What was set with SET LOCAL is gone with the transaction.
                if ((await ResultsAsync(end, cancel))[^1] != settings)
                    await FinishAsync(script, index, cancel);
            },
            exception => exception.BatchCommand is { } command && command.CommandText != statement.Text ? null : statement,
            cancel
        );
    }

    /// <summary>The statements that return the settings, in a transaction of their own.</summary>
    private string[] Look(Script script) => [SessionState.BeginText, .. state.SnapshotTexts(script), "COMMIT"];

    /// <summary>What the script has set; null where it has set nothing.</summary>
    private async Task<string?> SnapshotAsync(Script script, CancellationToken cancel)
    {
        await using var batch = Batch(Look(script));
        return (await ResultsAsync(batch, cancel))[^1];
    }

    private NpgsqlBatch Batch(IEnumerable<string> texts)
    {
        var batch = new NpgsqlBatch(session.Connection);
        foreach (var text in texts)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        return batch;
    }

    /// <summary>The single text that each query of a batch returns; null where it returns something else.</summary>
    private static async Task<List<string?>> ResultsAsync(NpgsqlBatch batch, CancellationToken cancel)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var results = new List<string?>();
        do
        {
            string? first = null;
            while (await reader.ReadAsync(cancel))
                first = reader.FieldCount == 1 && reader.GetDataTypeName(0) == "text" && !reader.IsDBNull(0) ? reader.GetString(0) : null;
            results.Add(first);
        } while (await reader.NextResultAsync(cancel));
        return results;
    }

    private async Task RunApartAsync(Script script, int index, bool cut, Notices notices, CancellationToken cancel)
    {
        var statement = script.Statements[index];
        var concurrently = Traits.Of(statement) == Surroundings.Concurrently;
        var indexes = new ConcurrentIndexes(session, log);
        notices.Follow(statement: null);
        if (cut && await indexes.IsDoneAsync(statement, cancel))
        {
            await FinishAsync(script, index, cancel);
            return;
        }

        await session.WriteAsync([state.OwnText, journal.BeginText(script, index)], cancel);
        // It lets everybody else through: there is no harm in waiting, and giving up half way leaves an invalid index.
        var unlimited = concurrently && await HasOwnLockTimeoutAsync(script, index, cancel);
        try
        {
            if (unlimited)
                await session.ExecuteAsync("SET lock_timeout = 0", cancel);
            await attempts.GuardAsync(
                script,
                [statement],
                async () =>
                {
                    await indexes.RemoveInvalidAsync(statement, cancel);
                    notices.Follow(statement);
                    await session.ExecuteAsync(statement.Text, cancel);
                    notices.Follow(statement: null);
                },
                _ => statement,
                cancel
            );
            await indexes.RequireValidAsync(script, statement, cancel);
        }
        catch (MigrationException) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            notices.Follow(statement: null);
            await CleanAsync(indexes, script, index);
            throw;
        }
        finally
        {
            if (unlimited && session.Connection.State == System.Data.ConnectionState.Open)
                await session.ExecuteAsync($"SET lock_timeout = {Identifier.Literal(state.OwnLockTimeout)}", CancellationToken.None);
        }

        await FinishAsync(script, index, cancel);
    }

    /// <summary>The server refused a statement: it was not cut, and what has its name is not its work. Neither a time limit nor a role of
    /// the script may get in the way.</summary>
    private async Task CleanAsync(ConcurrentIndexes indexes, Script script, int index)
    {
        var statement = script.Statements[index];
        var settings = await SnapshotAsync(script, CancellationToken.None);
        await session.ExecuteAsync("SET lock_timeout = 0", CancellationToken.None);
        await session.ExecuteAsync("SET statement_timeout = 0", CancellationToken.None);
        await indexes.RemoveInvalidAsync(statement, CancellationToken.None);
        foreach (var text in state.RestoreTexts)
            await session.ExecuteAsync(text, CancellationToken.None);
        await session.WriteAsync(journal.RetractText(script, index), CancellationToken.None);
        // There may be another try.
        if (settings is not null)
            await session.ScalarAsync<long>(SessionState.ApplyText, CancellationToken.None, settings);
    }

    private async Task FinishAsync(Script script, int index, CancellationToken cancel)
    {
        var settings = await SnapshotAsync(script, cancel);
        await session.WriteAsync([state.OwnText, journal.FinishText(script, index, settings)], cancel);
    }

    /// <summary>True where lock_timeout is ours: the script has not said anything about it so far.</summary>
    private async Task<bool> HasOwnLockTimeoutAsync(Script script, int index, CancellationToken cancel) =>
        !SessionSettings.MentionsLockTimeout(script.Statements.Take(index))
        && await session.ScalarAsync<string>("SELECT current_setting('lock_timeout')", cancel) == state.OwnLockTimeout;

    /// <summary>Between two tries nothing is sent: a limit that the script sets for that would end the session.</summary>
    private async Task PauseAsync(TimeSpan length, CancellationToken cancel)
    {
        var limit =
            session.ServerVersion.Major < 14
                ? "0"
                : await session.ScalarAsync<string>("SELECT current_setting('idle_session_timeout')", cancel);
        if (limit is not "0")
            await session.ExecuteAsync("SET idle_session_timeout = 0", cancel);
        await attempts.PauseAsync(length, cancel);
        if (limit is not "0")
            await session.ExecuteAsync($"SET idle_session_timeout = {Identifier.Literal(limit!)}", cancel);
    }
}

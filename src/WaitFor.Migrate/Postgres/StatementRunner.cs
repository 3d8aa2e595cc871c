using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Runs scripts that cannot run in one transaction: statement by statement, or from one COMMIT of the script to the next, each
/// noted in the journal, so that a later run goes on after the last finished one. What the script sets holds to its end, also in a later
/// run; the journal is written as whoever logged in.</summary>
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

    private bool _resumed;

    /// <inheritdoc cref="Journal.StartedAsync"/>
    public Task<IReadOnlyList<string>> StartedAsync(CancellationToken cancel) => journal.StartedAsync(cancel);

    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A statement failed; those before it stay done.</exception>
    public async Task RunAsync(Script script, CallbackRunner callbacks, Notices notices, CancellationToken cancel)
    {
        try
        {
            await RunAllAsync(script, callbacks, notices, cancel);
        }
        catch (Exception failure) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await RestoreAsync(notices);
            if (_resumed && journal.AfterResuming(script, failure) is { } text)
                throw new MigrationException(ExitCode.Failed, text, failure.InnerException);
            throw;
        }
    }

    /// <summary>Runs a callback: without a row of the history, and from its beginning each time.</summary>
    /// <exception cref="MigrationException">A statement failed.</exception>
    public async Task RunUnrecordedAsync(Script callback, Notices notices, CancellationToken cancel)
    {
        try
        {
            foreach (var block in callback.Blocks)
                await attempts.RetryAsync(
                    callback,
                    () => RunUnrecordedAsync(callback, block, notices, cancel),
                    pause => PauseAsync(pause, cancel)
                );
        }
        catch when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await RestoreAsync(notices);
            throw;
        }
    }

    private Task RunUnrecordedAsync(Script callback, Block block, Notices notices, CancellationToken cancel)
    {
        var steps = new Steps(session, notices);
        var inner = block.Inner(callback.Statements).ToList();
        if (block.End == BlockEnd.Single && Traits.Of(inner[0]) != Surroundings.Any)
            steps.Add(callback, inner);
        else
            steps.Add(block.Begun ? [] : ["BEGIN"])
                .Add(callback, inner)
                .Add(block.End == BlockEnd.Rollback ? ["ROLLBACK"] : [SessionState.FireText, SessionState.WritableText, "COMMIT"]);
        return attempts.GuardAsync(callback, inner, () => steps.RunAsync(cancel), steps.FailedAt, cancel);
    }

    /// <summary>Brings the session back after a failure.</summary>
    public async Task RestoreAsync(Notices notices)
    {
        notices.Pause();
        await session.RollBackAsync();
        foreach (var text in state.RestoreTexts)
            await session.ExecuteAsync(text, CancellationToken.None);
    }

    private async Task RunAllAsync(Script script, CallbackRunner callbacks, Notices notices, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        Warn(script);
        await session.WriteAsync(state.SetBackTexts, cancel);
        await journal.PrepareAsync(cancel);
        var known = await journal.ReadAsync(script, cancel);
        Resumption.Check(script, known);
        _resumed = known.Values.Any(entry => entry.Finished);
        await RestoreAsync(script, known, cancel);
        if (!known.ContainsKey(Journal.Before))
            await RunBeforeAsync(script, callbacks, notices, cancel);
        foreach (var block in script.Blocks)
        {
            var cut = false;
            if (known.TryGetValue(block.Last, out var before))
            {
                var last = script.Statements[block.Last];
                if (before.Finished && !(block.End == BlockEnd.Single && Traits.IsForSession(last)))
                {
                    if (!Traits.SetsSession(last))
                        Tell(LogLevel.Information, "was done before");
                    continue;
                }

                cut = !before.Finished;
                if (cut)
                    Tell(LogLevel.Warning, "was interrupted in an earlier attempt");

                void Tell(LogLevel level, string what) =>
                    log.Log(
                        level,
                        "{Script}: statement {Number} of {Count} (line {Line}) {What}",
                        script.Path,
                        block.Last + 1,
                        script.Statements.Count,
                        last.Line,
                        what
                    );
            }

            await attempts.RetryAsync(script, () => RunBlockAsync(script, block, cut, notices, cancel), pause => PauseAsync(pause, cancel));
        }

        notices.Pause();
        await EndAsync(script, callbacks, () => time.GetElapsedTime(start), notices, cancel);
    }

    private void Warn(Script script)
    {
        if (script.EndsTransactions)
        {
            log.LogWarning(
                "{Script}, line {Line}: the script ends its transaction itself: what it has committed stays if a later statement fails, "
                    + "and the next run continues after it",
                script.Path,
                script.Statements.First(Traits.ControlsTransaction).Line
            );
            return;
        }

        foreach (var block in script.Blocks.Where(block => block.End == BlockEnd.Single))
        {
            if (SessionSettings.WithoutEffect(script.Statements[block.First]) is var (set, instead))
                log.LogWarning(
                    "{Script}, line {Line}: {Set} has no effect on later statements, as this script runs statement by statement; {Instead}",
                    script.Path,
                    script.Statements[block.First].Line,
                    set,
                    instead
                );
        }
    }

    /// <summary>The callbacks before a script, with their note in one transaction, so that a later run does not run them again.</summary>
    public async Task RunBeforeAsync(Script script, CallbackRunner callbacks, Notices notices, CancellationToken cancel)
    {
        var before = callbacks.Of(CallbackEvent.BeforeEachMigrate).ToList();
        if (before.Count == 0)
            return;
        if (!before.TrueForAll(callback => callback.InTransaction))
        {
            foreach (var callback in before)
                await RunUnrecordedAsync(callback, notices, cancel);
            return;
        }

        await attempts.RetryAsync(
            script,
            () =>
            {
                var steps = new Steps(session, notices).Add("BEGIN");
                callbacks.Add(steps, CallbackEvent.BeforeEachMigrate);
                steps.Add(SessionState.FireText);
                return attempts.GuardAsync(
                    script,
                    [],
                    async () =>
                    {
                        var settings = (await steps.Add(state.SnapshotTexts(script)).Add(state.OwnText).RunAsync(cancel))[^2];
                        await new Steps(session, notices).Add(journal.FinishBeforeText(script, settings), "COMMIT").RunAsync(cancel);
                    },
                    steps.FailedAt,
                    cancel
                );
            },
            pause => PauseAsync(pause, cancel)
        );
    }

    /// <summary>The callbacks after a script, its row, and the end of its notes: in one transaction.</summary>
    public async Task EndAsync(
        Script script,
        CallbackRunner callbacks,
        Func<TimeSpan> took,
        Notices notices,
        CancellationToken cancel
    )
    {
        var after = callbacks.Of(CallbackEvent.AfterEachMigrate).ToList();
        var together = after.TrueForAll(callback => callback.InTransaction);
        if (!together)
        {
            foreach (var callback in after)
                await RunUnrecordedAsync(callback, notices, cancel);
        }

        await attempts.RetryAsync(
            script,
            () =>
            {
                var steps = new Steps(session, notices).Add(SessionState.BeginText);
                if (together)
                    callbacks.Add(steps, CallbackEvent.AfterEachMigrate);
                var milliseconds = ((int)Math.Min(took().TotalMilliseconds, int.MaxValue)).ToString(CultureInfo.InvariantCulture);
                steps.Add(SessionState.FireText, SessionState.WritableText, SessionState.AwakeText, state.OwnText)
                    .Add(history.RecordText(script, milliseconds), journal.ForgetText(script), "COMMIT");
                return attempts.GuardAsync(script, [], () => steps.RunAsync(cancel), steps.FailedAt, cancel);
            },
            pause => PauseAsync(pause, cancel)
        );
    }

    /// <summary>Sets the session as the finished statements had set theirs.</summary>
    public async Task RestoreAsync(Script script, Dictionary<int, JournalEntry> known, CancellationToken cancel)
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
                $"{script.Path}: the settings that its finished statements made in an earlier run cannot be restored: "
                    + $"{exception.MessageText} (SQLSTATE {exception.SqlState}); nothing was run\n  next step: create again what was "
                    + $"dropped since, or grant the permission; the settings: {settings}",
                exception
            );
        }
    }

    private Task RunBlockAsync(Script script, Block block, bool cut, Notices notices, CancellationToken cancel) =>
        block.End == BlockEnd.Rollback ? RunRolledBackAsync(script, block, notices, cancel)
        : block.End != BlockEnd.Single || Traits.Of(script.Statements[block.First]) == Surroundings.Any
            ? RunInTransactionAsync(script, block, notices, cancel)
        : RunApartAsync(script, block, cut, notices, cancel);

    /// <summary>Nothing of it stays, so it does no harm where it runs again: its note comes after it.</summary>
    private async Task RunRolledBackAsync(Script script, Block block, Notices notices, CancellationToken cancel)
    {
        var inner = block.Inner(script.Statements).ToList();
        var steps = new Steps(session, notices).Add(block.Begun ? [] : ["BEGIN"]).Add(script, inner).Add("ROLLBACK");
        await attempts.GuardAsync(script, inner, () => steps.RunAsync(cancel), steps.FailedAt, cancel);
        await FinishAsync(script, block, cancel);
    }

    /// <summary>With its note in one transaction: it cannot be cut. A transaction that is read only at its end takes no note, and needs
    /// none: it may run again.</summary>
    private async Task RunInTransactionAsync(Script script, Block block, Notices notices, CancellationToken cancel)
    {
        var inner = block.Inner(script.Statements).ToList();
        // In one round trip: a script may limit how long a transaction is idle.
        var steps = new Steps(session, notices)
            .Add(block.Begun ? [] : ["BEGIN"])
            .Add(script, inner)
            .Add(SessionState.FireText, WasReadOnly)
            .Add(state.SnapshotTexts(script))
            .Add(state.OwnText);
        await attempts.GuardAsync(
            script,
            inner,
            async () =>
            {
                var results = await steps.RunAsync(cancel);
                var (readOnly, settings) = (results[^4] == "on", results[^2]);
                if (readOnly)
                {
                    await session.ExecuteAsync("COMMIT", cancel);
                    await FinishAsync(script, block, cancel);
                    return;
                }

                var end = new Steps(session, null).Add(journal.FinishText(script, block, settings), "COMMIT").Add(Look(script));
                // What was set with SET LOCAL is gone with the transaction.
                if ((await end.RunAsync(cancel))[^1] != settings)
                    await FinishAsync(script, block, cancel);
            },
            steps.FailedAt,
            cancel
        );
    }

    /// <summary>The statements that return the settings, in their own transaction.</summary>
    private string[] Look(Script script) => [SessionState.BeginText, .. state.SnapshotTexts(script), "COMMIT"];

    /// <summary>What the script has set; null where it has set nothing.</summary>
    private async Task<string?> SnapshotAsync(Script script, CancellationToken cancel) =>
        (await new Steps(session, null).Add(Look(script)).RunAsync(cancel))[^1];

    private async Task RunApartAsync(Script script, Block block, bool cut, Notices notices, CancellationToken cancel)
    {
        var statement = script.Statements[block.First];
        var concurrently = Traits.Of(statement) == Surroundings.Concurrently;
        var indexes = new ConcurrentIndexes(session, log);
        notices.Pause();
        if (cut && await indexes.IsDoneAsync(statement, cancel))
        {
            await FinishAsync(script, block, cancel);
            return;
        }

        await session.WriteAsync([state.OwnText, journal.BeginText(script, block)], cancel);
        // It lets everybody else through: there is no harm in waiting, and giving up half way leaves an invalid index.
        var unlimited = concurrently && await HasOwnLockTimeoutAsync(script, block.First, cancel);
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
                    await notices.DuringAsync(script, statement, () => session.ExecuteAsync(statement.Text, cancel));
                },
                _ => (script, statement),
                cancel
            );
            await indexes.RequireValidAsync(script, statement, cancel);
        }
        catch (MigrationException) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            notices.Pause();
            await CleanAsync(indexes, script, block);
            throw;
        }
        finally
        {
            if (unlimited && session.Connection.State == System.Data.ConnectionState.Open)
                await session.ExecuteAsync($"SET lock_timeout = {Identifier.Literal(state.OwnLockTimeout)}", CancellationToken.None);
        }

        await FinishAsync(script, block, cancel);
    }

    /// <summary>The server refused a statement: it was not cut, and what has its name is not its work. Neither a time limit nor a role of
    /// the script may get in the way.</summary>
    private async Task CleanAsync(ConcurrentIndexes indexes, Script script, Block block)
    {
        var statement = script.Statements[block.First];
        var settings = await SnapshotAsync(script, CancellationToken.None);
        await session.ExecuteAsync("SET lock_timeout = 0", CancellationToken.None);
        await session.ExecuteAsync("SET statement_timeout = 0", CancellationToken.None);
        await indexes.RemoveFailedAsync(statement, CancellationToken.None);
        foreach (var text in state.RestoreTexts)
            await session.ExecuteAsync(text, CancellationToken.None);
        await session.WriteAsync(journal.RetractText(script, block), CancellationToken.None);
        // There may be another try.
        if (settings is not null)
            await session.ScalarAsync<long>(SessionState.ApplyText, CancellationToken.None, settings);
    }

    private async Task FinishAsync(Script script, Block block, CancellationToken cancel)
    {
        var settings = await SnapshotAsync(script, cancel);
        await session.WriteAsync([state.OwnText, journal.FinishText(script, block, settings)], cancel);
    }

    /// <summary>True where lock_timeout is ours: the script has not said anything about it so far.</summary>
    private async Task<bool> HasOwnLockTimeoutAsync(Script script, int index, CancellationToken cancel) =>
        !SessionSettings.MentionsLockTimeout(script.Statements.Take(index))
        && await session.ScalarAsync<string>("SELECT current_setting('lock_timeout')", cancel) == state.OwnLockTimeout;

    /// <summary>Between two tries nothing is sent: a limit that the script sets for that would end the session.</summary>
    public async Task PauseAsync(TimeSpan length, CancellationToken cancel)
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

using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>How a statement waits for locks of tables. While it waits, everyone who comes after it waits too: it is better to stop and
/// try again.</summary>
/// <param name="Limit">The longest a statement waits for a lock; zero for no limit.</param>
/// <param name="Retries">How many tries after the first; 0 or more.</param>
internal sealed record LockPatience(TimeSpan Limit, int Retries);

/// <summary>Runs scripts, each with its row of the history, and the callbacks that belong to each.</summary>
internal sealed class ScriptRunner(
    Session session,
    SessionState state,
    HistoryTable history,
    StatementRunner statements,
    BatchRunner batches,
    Journal journal,
    CallbackRunner callbacks,
    Attempts attempts,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>Ends where a script would run twice, or cannot run in batches.</summary>
    /// <param name="pending">What is pending.</param>
    /// <param name="run">False: the scripts are only written into the history.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="MigrationException">It would.</exception>
    /// <exception cref="ScriptException">It cannot.</exception>
    public async Task CheckAsync(IReadOnlyList<Script> pending, bool run, CancellationToken cancel)
    {
        var (started, half) = (await statements.StartedAsync(cancel), await journal.BatchesAsync(cancel));
        foreach (var script in pending)
        {
            Resumption.Check(script, started);
            if (half.TryGetValue(script.Path, out var batched))
                Resumption.Check(script, batched.Checksum, batched.State);
        }

        foreach (var (index, script) in pending.Index())
        {
            if (run && script.Batch is not null)
                await batches.CheckAsync(script, pending.Take(index).Concat(callbacks.All), cancel);
        }
    }

    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A statement failed; what can be rolled back was rolled back.</exception>
    public async Task RunAsync(Script script, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        try
        {
            using var notices = new Notices(session.Connection, script.Path, log);
            if (script.Batch is not null)
                await batches.RunAsync(script, callbacks, notices, cancel);
            else if (script.InTransaction && callbacks.Each.All(callback => callback.InTransaction))
                await RunInTransactionAsync([script], notices, null, cancel);
            else
                await statements.RunAsync(script, callbacks, notices, cancel);
        }
        catch (MigrationException exception) when (exception.ExitCode == ExitCode.Failed)
        {
            await callbacks.RunAfterErrorAsync(CallbackEvent.AfterEachMigrateError, cancel);
            throw;
        }

        log.LogInformation("{Script}: applied in {Milliseconds} ms", script.Path, (int)time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Runs all scripts in one transaction: all or none.</summary>
    /// <exception cref="MigrationException">A statement failed; everything was rolled back.</exception>
    public async Task RunGroupAsync(IReadOnlyList<Script> scripts, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        try
        {
            using var notices = new Notices(session.Connection, scripts[0].Path, log);
            const string aftermath = "All scripts of this run were rolled back (group): the database is as it was before it.";
            await RunInTransactionAsync(scripts, notices, aftermath, cancel);
        }
        catch (MigrationException exception) when (exception.ExitCode == ExitCode.Failed)
        {
            await callbacks.RunAfterErrorAsync(CallbackEvent.AfterEachMigrateError, cancel);
            throw;
        }

        foreach (var script in scripts)
            log.LogInformation("{Script}: applied, with the group", script.Path);
        log.LogInformation("the group of {Count} took {Milliseconds} ms", scripts.Count, (int)time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>All in one transaction and, without COPY, one round trip, the history's rows last.</summary>
    private Task RunInTransactionAsync(IReadOnlyList<Script> scripts, Notices notices, string? aftermath, CancellationToken cancel) =>
        attempts.RetryAsync(
            scripts[0],
            async () =>
            {
                var steps = new Steps(session, notices).Add("BEGIN");
                var firstRepeatable = scripts.TakeWhile(script => script.Name.Version is not null).Count();
                for (var index = 0; index < scripts.Count; index++)
                {
                    // Of a group only: else they run in their own transaction.
                    if (aftermath is not null && index == firstRepeatable)
                        callbacks.AddBetween(steps);
                    steps.Add(state.SetBackTexts);
                    callbacks.Add(steps, CallbackEvent.BeforeEachMigrate);
                    steps.Add(scripts[index], scripts[index].Whole);
                    callbacks.Add(steps, CallbackEvent.AfterEachMigrate);
                }

                steps.Add(SessionState.FireText, SessionState.WritableText, SessionState.AwakeText, state.OwnText);
                steps.Add(scripts.Select(script => history.RecordText(script))).Add("COMMIT");
                await attempts.GuardAsync(
                    scripts[0],
                    scripts.SelectMany(script => script.Statements),
                    () => steps.RunAsync(cancel),
                    steps.FailedAt,
                    cancel,
                    aftermath
                );
            },
            pause => attempts.PauseAsync(pause, cancel)
        );
}

using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Postgres;

/// <summary>Runs SQL callbacks, as Flyway does: those of an event in the order of their descriptions, each in its own transaction, but
/// for those around each script, which run in the script's.
/// <see href="https://documentation.red-gate.com/fd/callback-events-277579336.html"/></summary>
internal sealed class CallbackRunner(
    Session session,
    SessionState? state,
    StatementRunner? statements,
    IReadOnlyList<Script> all,
    ILogger log
)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<Script> All => all;

    /// <summary>Those that run around each script.</summary>
    public IEnumerable<Script> Each => Of(CallbackEvent.BeforeEachMigrate).Concat(Of(CallbackEvent.AfterEachMigrate));

    /// <summary>Those of an event, in their order.</summary>
    public IEnumerable<Script> Of(string name) => all.Where(callback => callback.Name.Event == name);

    /// <summary>Runs those of an event.</summary>
    /// <exception cref="MigrationException">One failed.</exception>
    public async Task RunAsync(string name, CancellationToken cancel)
    {
        foreach (var callback in Of(name))
        {
            cancel.ThrowIfCancellationRequested();
            log.LogInformation("{Callback}: runs", callback.Path);
            using var notices = new Notices(session.Connection, callback.Path, log);
            await session.WriteAsync(state!.SetBackTexts, cancel);
            await statements!.RunUnrecordedAsync(callback, notices, cancel);
        }
    }

    /// <summary>Runs those of an event that comes with an error, which they do not hide.</summary>
    public async Task RunAfterErrorAsync(string name, CancellationToken cancel)
    {
        if (session.Connection.State != System.Data.ConnectionState.Open)
            return;
        try
        {
            await RunAsync(name, cancel);
        }
        catch (MigrationException exception)
        {
            log.LogWarning("{Reason}", exception.Message);
        }
    }

    /// <summary>Runs something between its callbacks: those before, then those after it, or after its error.</summary>
    /// <param name="what">Such as <c>Validate</c>.</param>
    /// <param name="run">What it is.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task AroundAsync(string what, Func<Task> run, CancellationToken cancel)
    {
        await RunAsync($"before{what}", cancel);
        try
        {
            await run();
        }
        catch (MigrationException)
        {
            await RunAfterErrorAsync($"after{what}Error", cancel);
            throw;
        }

        await RunAsync($"after{what}", cancel);
    }

    /// <summary>Adds the statements of those that run in a script's transaction.</summary>
    public void Add(Steps steps, string name)
    {
        foreach (var callback in Of(name))
            steps.Add(callback, callback.Whole);
    }

    /// <summary>Adds the statements of those between versioned and repeatable scripts, where both are one group.</summary>
    public void AddBetween(Steps steps)
    {
        foreach (var callback in Of(CallbackEvent.AfterVersioned).Concat(Of(CallbackEvent.BeforeRepeatables)))
            steps.Add(state!.SetBackTexts).Add(callback, callback.Whole);
    }
}

using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>Runs scripts as <c>up</c> would, and sees what each statement does. On a database that others use, all of it is one
/// transaction that is always rolled back; on a shadow database it runs for real.</summary>
/// <param name="session">The session, set up as that of <c>up</c>.</param>
/// <param name="state">How it was set.</param>
/// <param name="observer">Sees what a statement does on that session.</param>
/// <param name="callbacks">The callbacks.</param>
/// <param name="guard">Limits how long a statement waits for a lock.</param>
/// <param name="shadow">The database is the run's own.</param>
/// <param name="quick">Which statements are not run for the time that they would block others; null for none.</param>
/// <param name="log">For people.</param>
internal sealed class Rehearser(
    Session session,
    SessionState state,
    Observer observer,
    CallbackRunner callbacks,
    LockGuard guard,
    bool shadow,
    QuickLook? quick,
    ILogger log
)
{
    private readonly List<Observation> _observations = [];
    private Catalog? _origin;
    private Activity _earlier = Activity.None;
    private int _transaction;
    private bool _stale;
    private (Script Script, Statement Statement)? _left;

    /// <summary>Rehearses.</summary>
    /// <param name="scripts">The scripts, in the order of <c>up</c>.</param>
    /// <param name="schemas">The schemas that <c>up</c> would make first.</param>
    /// <param name="options">The options of the rules.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="MigrationException">A script failed, or cannot be rehearsed here.</exception>
    public async Task<Rehearsal> RunAsync(
        IReadOnlyList<PlannedScript> scripts,
        IReadOnlyList<string> schemas,
        LintOptions options,
        CancellationToken cancel
    )
    {
        var all = scripts.Select(planned => planned.Script).Concat(Callbacks()).ToList();
        if (!shadow)
        {
            all.ForEach(Escapes.Refuse);
            await Escapes.RefuseAsync(session, all, cancel);
        }

        await observer.StartAsync(cancel);
        try
        {
            if (!shadow)
            {
                observer.Begin([SessionState.BeginText]);
                await observer.EnsureBegunAsync(cancel);
            }

            foreach (var schema in schemas)
                await session.ExecuteAsync($"CREATE SCHEMA {Identifier.Quote(schema)}", cancel);
            await RunCallbacksAsync(CallbackEvent.BeforeMigrate, cancel);
            var repeatable = false;
            foreach (var (script, judged) in scripts)
            {
                cancel.ThrowIfCancellationRequested();
                if (script.Name.Version is null && !repeatable)
                {
                    repeatable = true;
                    await RunCallbacksAsync(CallbackEvent.AfterVersioned, cancel);
                    await RunCallbacksAsync(CallbackEvent.BeforeRepeatables, cancel);
                }

                if (judged && _stale)
                    await observer.StartAsync(cancel);
                _stale &= !judged;
                if (judged)
                    _origin ??= observer.Catalog;
                await RunAsync(script, judged, cancel);
            }
        }
        finally
        {
            if (session.Connection.State == System.Data.ConnectionState.Open)
            {
                await session.RollBackAsync();
                await observer.EndAsync(CancellationToken.None);
            }
        }

        return new Rehearsal(_origin ?? observer.Catalog, _observations, options);
    }

    /// <summary>What a script runs. A batch script will have its statement with the bounds of one batch here.</summary>
    private static IEnumerable<Segment> SegmentsOf(Script script) => Segment.Of(script);

    private IEnumerable<Script> Callbacks() =>
        callbacks
            .Of(CallbackEvent.BeforeMigrate)
            .Concat(callbacks.Each)
            .Concat(callbacks.Of(CallbackEvent.AfterVersioned))
            .Concat(callbacks.Of(CallbackEvent.BeforeRepeatables));

    private async Task RunCallbacksAsync(string name, CancellationToken cancel)
    {
        foreach (var callback in callbacks.Of(name))
            await RunAsync(callback, judged: false, cancel);
    }

    private async Task RunAsync(Script script, bool judged, CancellationToken cancel)
    {
        using var notices = new Notices(session.Connection, script.Path, log);
        var isMigration = script.Name.Kind != ScriptKind.Callback;
        var segments = SegmentsOf(script).ToList();
        // As up does, where both can.
        var within = !shadow || (segments is [{ Begin: not null }] && callbacks.Each.All(callback => callback.InTransaction));
        if (isMigration && !within)
            await RunCallbacksAsync(CallbackEvent.BeforeEachMigrate, cancel);
        for (var index = 0; index < segments.Count; index++)
        {
            var segment = segments[index];
            _transaction++;
            var (first, last) = (index == 0, index == segments.Count - 1);
            var settings = first ? state.SetBackTexts : [];
            if (shadow && segment.Begin is null)
            {
                await session.WriteAsync(settings, cancel);
                await RunApartAsync(script, segment.Statements[0], judged, notices, cancel);
                continue;
            }

            if (shadow)
                observer.Begin([segment.Begin!, .. settings]);
            _earlier = observer.Activity;
            var around = isMigration && within;
            await RunUnseenAsync(script, shadow ? [] : settings, around && first ? CallbackEvent.BeforeEachMigrate : null, notices, cancel);
            await RunAllAsync(script, segment, judged, notices, cancel);
            await RunUnseenAsync(
                script,
                shadow ? [] : [SessionState.FireText],
                around && last ? CallbackEvent.AfterEachMigrate : null,
                notices,
                cancel
            );
            if (shadow)
                await EndAsync(script, segment, notices, cancel);
        }

        if (isMigration && !within)
            await RunCallbacksAsync(CallbackEvent.AfterEachMigrate, cancel);
    }

    private async Task RunAllAsync(Script script, Segment segment, bool judged, Notices notices, CancellationToken cancel)
    {
        if (judged || !shadow || segment.Statements.Any(ServerWide.Is))
        {
            foreach (var statement in segment.Statements)
                await RunAsync(script, statement, segment, judged, notices, cancel);
            return;
        }

        // In one round trip: nobody asks what they did.
        await GuardAsync(script, steps: null, observer.EnsureBegunAsync, cancel);
        var steps = new Steps(session, notices).Add(observer.LimitsText).Add(script, segment.Statements);
        await GuardAsync(script, steps, steps.RunAsync, cancel);
        await GuardAsync(script, steps: null, limited => observer.LookAsync(refresh: false, limited), cancel);
        _stale = true;
    }

    private async Task EndAsync(Script script, Segment segment, Notices notices, CancellationToken cancel)
    {
        await GuardAsync(script, steps: null, observer.EnsureBegunAsync, cancel);
        if (CatalogChanges.Between(observer.Begun.Catalogs, observer.Activity.Catalogs).Server)
            throw new MigrationException(
                ExitCode.Usage,
                $"{script.Path}{(segment.Statements.Count > 0 ? $", line {segment.Statements[0].Line}" : "")}: it changes roles, databases "
                    + "or tablespaces, which belong to the whole server and would stay; create them on that server first, so that the "
                    + "script finds them there, or lint without --shadow"
            );
        if (!segment.RolledBack)
        {
            var steps = new Steps(session, notices).Add(observer.LimitsText, SessionState.FireText, SessionState.WritableText, "COMMIT");
            await GuardAsync(script, steps, steps.RunAsync, cancel);
            return;
        }

        await observer.RollBackAsync();
        // Its locks were held; what it changed is as it was.
        for (var index = 0; index < _observations.Count; index++)
        {
            if (_observations[index].Transaction == _transaction)
                _observations[index] = _observations[index] with { Before = observer.Catalog, After = observer.Catalog };
        }
    }

    /// <summary>Runs what is not judged: our own texts, and the callbacks of an event.</summary>
    private async Task RunUnseenAsync(
        Script script,
        IReadOnlyList<string> texts,
        string? callback,
        Notices notices,
        CancellationToken cancel
    )
    {
        var any = callback is not null && callbacks.Of(callback).Any();
        if (!any && texts.Count == 0)
            return;
        await GuardAsync(script, steps: null, observer.EnsureBegunAsync, cancel);
        var steps = new Steps(session, notices).Add(observer.LimitsText).Add(texts);
        if (any)
            callbacks.Add(steps, callback!);
        await GuardAsync(script, steps, steps.RunAsync, cancel);
        // What a callback, or a deferred trigger, does is not the next statement's.
        await GuardAsync(script, steps: null, limited => observer.LookAsync(refresh: true, limited), cancel);
    }

    private async Task RunAsync(
        Script script,
        Statement statement,
        Segment segment,
        bool judged,
        Notices notices,
        CancellationToken cancel
    )
    {
        if (WhyNot(script, statement, segment) is { } why)
        {
            Leave(script, statement, judged, why);
            return;
        }

        if (SessionSettings.WithoutEffect(statement)?.Set == "SET TRANSACTION" || (!shadow && StopsWrites(statement)))
            return;
        var before = observer.Catalog;
        var took = TimeSpan.Zero;
        notices.Follow(script, statement);
        await GuardAsync(
            script,
            statement,
            async limited =>
            {
                took = await observer.RunAsync(statement, limited);
                notices.Pause();
            },
            cancel
        );
        if (!judged)
            return;
        var (activity, now) = (observer.Previous, observer.Activity);
        var changed = now.Since(activity, relation => relation.Inserted + relation.Updated + relation.Deleted);
        var (locks, read) = (now.LocksSince(activity), now.Since(activity, relation => relation.Read));
        if (!shadow && _earlier.Relations.Count > 0)
            locks.AddRange(
                RepeatedLocks
                    .Of(statement, _earlier, before, observer.Catalog, changed.Keys)
                    .Where(held => !locks.Contains(held) && !_observations.Exists(other => HasLock(other, held)))
                    .ToList()
            );
        _observations.Add(
            new Observation(
                script,
                statement,
                Ran: true,
                _transaction,
                before,
                observer.Catalog,
                locks,
                shadow ? read : ParallelScans.Complete(read, before, observer.Catalog),
                changed,
                now.Since(activity, relation => relation.Updated + relation.Deleted),
                took
            )
        );
    }

    /// <summary>In a transaction that all scripts share it would stop those after it.</summary>
    private static bool StopsWrites(Statement statement) => Traits.SetsSession(statement) && SessionSettings.MayStopWrites(statement);

    private bool HasLock(Observation other, HeldLock held) => other.Transaction == _transaction && other.Locks.Contains(held);

    private async Task RunApartAsync(Script script, Statement statement, bool judged, Notices notices, CancellationToken cancel)
    {
        if (ServerWide.Is(statement))
        {
            Leave(script, statement, judged, "it belongs to the whole server");
            return;
        }

        var before = observer.Catalog;
        var took = TimeSpan.Zero;
        notices.Follow(script, statement);
        await GuardAsync(script, statement, async limited => took = await observer.RunApartAsync(statement, limited), cancel);
        notices.Pause();
        if (judged)
            Note(script, statement, ran: true, before, took);
    }

    /// <summary>Why a statement is not run; null where it is.</summary>
    private string? WhyNot(Script script, Statement statement, Segment segment) =>
        shadow ? ServerWide.Is(statement) ? "it belongs to the whole server" : null
        : segment.Begin is null && Traits.Of(statement) != Surroundings.MayCommit ? "it cannot run in a transaction"
        : quick?.Blocks(statement, observer.Catalog) is { } table ? $"it locks {table}, which is big (--quick)"
        : null;

    private void Leave(Script script, Statement statement, bool judged, string why)
    {
        _left = (script, statement);
        log.LogInformation(
            "{Script}, line {Line}: {Start} was judged by its kind and not run, as {Why}{Advice}",
            script.Path,
            statement.Line,
            Traits.Start(statement),
            why,
            shadow ? "" : "; --shadow runs it"
        );
        if (judged)
            Note(script, statement, ran: false, observer.Catalog, TimeSpan.Zero);
    }

    private void Note(Script script, Statement statement, bool ran, Catalog before, TimeSpan took) =>
        _observations.Add(
            new Observation(
                script,
                statement,
                ran,
                _transaction,
                before,
                observer.Catalog,
                [],
                new Dictionary<uint, long>(),
                new Dictionary<uint, long>(),
                new Dictionary<uint, long>(),
                took
            )
        );

    private Task GuardAsync(Script script, Statement statement, Func<CancellationToken, Task> run, CancellationToken cancel) =>
        GuardAsync(script, _ => (script, statement), SessionSettings.MentionsLockTimeout([statement]), run, cancel);

    private Task GuardAsync(Script script, Steps? steps, Func<CancellationToken, Task> run, CancellationToken cancel) =>
        GuardAsync(script, exception => exception is null ? default : steps?.FailedAt(exception) ?? default, ownLimit: false, run, cancel);

    private async Task GuardAsync(
        Script script,
        Func<PostgresException?, (Script? Script, Statement? Statement)> failed,
        bool ownLimit,
        Func<CancellationToken, Task> run,
        CancellationToken cancel
    )
    {
        try
        {
            await guard.RunAsync(run, ownLimit, cancel);
        }
        catch (PostgresException exception) when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            var (of, statement) = failed(exception);
            await session.RollBackAsync();
            throw new MigrationException(
                ExitCode.Failed,
                RehearsalFailure.Describe(of ?? script, statement, exception, state.Login, guard.Holders, _left, shadow),
                exception
            );
        }
        catch (TimeoutException exception)
        {
            throw new MigrationException(
                ExitCode.Failed,
                RehearsalFailure.WaitedTooLong(script, ownLimit ? failed(null).Statement : null, guard.Holders),
                exception
            );
        }
        catch (NpgsqlException exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
    }
}

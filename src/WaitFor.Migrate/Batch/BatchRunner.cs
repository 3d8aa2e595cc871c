using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Batch;

/// <summary>Runs a batched script: its statement for one range of keys after the other, each range in a transaction of its own that also
/// notes in the journal how far the script is. A run that was cut continues after the last range that was committed.</summary>
/// <param name="session">The session.</param>
/// <param name="state">How it was set.</param>
/// <param name="statements">Runs the callbacks, and writes the history's row.</param>
/// <param name="journal">Keeps how far a script is.</param>
/// <param name="attempts">Tries again where a lock could not be acquired.</param>
/// <param name="waiting">Counts who waits for a batch.</param>
/// <param name="relay">Takes how far a script is, for the gate; null for nobody.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For people.</param>
internal sealed class BatchRunner(
    Session session,
    SessionState state,
    StatementRunner statements,
    Journal journal,
    Attempts attempts,
    WaitingSessions waiting,
    ProgressRelay? relay,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>How long the batch in flight may still take after a signal; it is rolled back then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);

    private const string Aftermath = "The batches before it stay done; the next run continues after them.";

    private readonly KeyCheck _keys = new(session);
    private readonly ReplicaLag _replicas = new(session, state, time, log);

    /// <summary>Checks that a script can run, before anything runs. A table that an earlier script of this run may make, or change, is
    /// looked at when the script begins.</summary>
    /// <exception cref="ScriptException">It cannot.</exception>
    public async Task CheckAsync(Script script, IEnumerable<Script> earlier, CancellationToken cancel)
    {
        var options = script.Batch!;
        var before = earlier.ToList();
        if (before.Exists(other => other.Statements.Any(statement => RawWords.Has(statement.Text, options.Table))))
            return;
        await LookAsync(
            script,
            state.SetBackTexts,
            async () =>
            {
                if (await KeyAsync(script, cancel) is null && before.Count == 0)
                    throw KeyCheck.NoTable(script, options);
            },
            cancel
        );
    }

    /// <summary>Runs a script.</summary>
    /// <exception cref="MigrationException">A batch failed; those before it stay done.</exception>
    public async Task RunAsync(Script script, CallbackRunner callbacks, Notices notices, CancellationToken cancel)
    {
        try
        {
            var work = await RunAllAsync(script, callbacks, notices, cancel);
            await statements.EndAsync(script, callbacks, () => work, notices, cancel);
            relay?.Clear();
        }
        catch when (session.Connection.State == System.Data.ConnectionState.Open)
        {
            await statements.RestoreAsync(notices);
            throw;
        }
    }

    /// <returns>The time that batches took, in all runs.</returns>
    private async Task<TimeSpan> RunAllAsync(Script script, CallbackRunner callbacks, Notices notices, CancellationToken cancel)
    {
        await session.WriteAsync(state.SetBackTexts, cancel);
        await journal.PrepareAsync(cancel);
        var known = await journal.ReadAsync(script, cancel);
        await statements.RestoreAsync(script, known, cancel);
        if (!known.ContainsKey(Journal.Before))
            await statements.RunBeforeAsync(script, callbacks, notices, cancel);

        var before = known.TryGetValue(Journal.Batch, out var entry) ? BatchState.Parse(entry.Settings!) : null;
        var walk = await BeginAsync(script, before, cancel);
        if (walk is null)
        {
            log.LogInformation("{Script}: the table {Table} has no rows", script.Path, script.Batch!.TableText);
            await session.WriteAsync(script.Statements.Where(Traits.SetsSession).Select(statement => statement.Text), cancel);
            return TimeSpan.Zero;
        }

        if (before is not null)
            log.LogInformation(
                "{Script}: {Batches} batches are done ({Percent} %); this run continues after them",
                script.Path,
                before.Batches,
                before.Percent
            );
        await WalkAsync(walk, notices, cancel);
        log.LogInformation(
            "{Script}: {Changed} rows changed in {Batches} batches, {Walked} rows read",
            script.Path,
            walk.State.Changed,
            walk.State.Batches,
            walk.State.Walked
        );
        return walk.State.Work;
    }

    private async Task WalkAsync(Walk walk, Notices notices, CancellationToken cancel)
    {
        var options = walk.Script.Batch!;
        // A signal lets the batch in flight end.
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var onSignal = cancel.Register(() => late.CancelAfter(Grace));
        var busy = 0;
        while (!cancel.IsCancellationRequested)
        {
            if (options.MaxLag > TimeSpan.Zero)
                await _replicas.WaitAsync(walk.Script.Path, options.MaxLag, () => walk.Tell(log, relay, "waits for a replica"), cancel);
            var (more, waited) = await RunBatchAsync(walk, notices, cancel, late.Token);
            if (!more)
                return;
            walk.Tell(log, relay, null);
            busy = waited > options.MaxWaiting ? busy + 1 : 0;
            await PauseAsync(walk, busy, waited, cancel);
        }

        log.LogInformation(
            "{Script}: stops after {Batches} batches ({Percent} %); the next run continues after them",
            walk.Script.Path,
            walk.State.Batches,
            walk.State.Percent
        );
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Where many had to wait for the batch, they get more time until the next one, and the next one is smaller.</summary>
    private async Task PauseAsync(Walk walk, int busy, int waited, CancellationToken cancel)
    {
        var pause = walk.Script.Batch!.Pause;
        if (busy > 0)
        {
            var longer = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, busy - 1), LongestBackOff.TotalSeconds));
            walk.Size.Halve();
            log.LogInformation(
                "{Script}: {Count} sessions waited for a batch (max-waiting={Most}); the next one has {Size} rows, and comes in {Pause}",
                walk.Script.Path,
                waited,
                walk.Script.Batch.MaxWaiting,
                walk.Size.Current,
                GoDuration.Format(longer > pause ? longer : pause)
            );
            pause = longer > pause ? longer : pause;
        }

        // Cancelled: the caller says so, and ends.
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<(bool More, int Waited)> RunBatchAsync(Walk walk, Notices notices, CancellationToken cancel, CancellationToken late)
    {
        var (more, most, tries) = (false, 0, 0);
        await attempts.RetryAsync(
            walk.Script,
            async () =>
            {
                // A smaller one asks for fewer locks, and for a shorter time.
                if (tries++ > 0)
                    walk.Size.Halve();
                var seen = await waiting.DuringAsync(
                    walk.Script.Batch!.Target / 2,
                    async () => more = await TryShorterAsync(walk, notices, late)
                );
                most = Math.Max(most, seen);
            },
            pause => statements.PauseAsync(pause, cancel)
        );
        return (more, most);
    }

    /// <summary>One batch; with fewer rows where it takes longer than statement_timeout.</summary>
    private async Task<bool> TryShorterAsync(Walk walk, Notices notices, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await TryBatchAsync(walk, notices, cancel);
            }
            catch (MigrationException exception)
                when (exception.InnerException is PostgresException { SqlState: SqlStates.QueryCanceled }
                    && walk.Size.Current > walk.Script.Batch!.Min
                    && session.Connection.State == System.Data.ConnectionState.Open
                )
            {
                walk.Size.Halve();
                log.LogInformation(
                    "{Script}: the server canceled a batch (such as by statement_timeout); it is tried again with {Size} rows",
                    walk.Script.Path,
                    walk.Size.Current
                );
            }
        }
    }

    /// <summary>One batch.</summary>
    /// <returns>False where no row is left.</returns>
    private async Task<bool> TryBatchAsync(Walk walk, Notices notices, CancellationToken cancel)
    {
        var (script, start, size, noted) = (walk.Script, time.GetTimestamp(), walk.Size.Current, walk.State);
        var main = script.Statements.First(statement => !Traits.SetsSession(statement));
        var settings = script.Statements.TakeWhile(statement => statement != main).ToList();
        var steps = new Steps(session, notices)
            .Add(SessionState.BeginText)
            .Add(script, settings)
            .Add(walk.Key.NextText(noted.After, noted.End, size));
        var (rows, changed) = (0, 0L);
        await attempts.GuardAsync(
            script,
            script.Statements,
            async () =>
            {
                if ((await steps.RunAsync(cancel))[^1] is not { } next)
                {
                    await session.ExecuteAsync("COMMIT", cancel);
                    return;
                }

                (rows, var end) = BatchKey.ReadNext(next);
                // Rows that come meanwhile, up to the end, belong to the last one.
                end = rows < size ? noted.End : end;
                var condition = walk.Key.Condition(noted.After, end);
                steps = new Steps(session, notices)
                    .Add(script, script.Statements.Skip(settings.Count).Select(statement => BatchText.With(statement, condition)))
                    .Add(SessionState.FireText, state.OwnText);
                await steps.RunAsync(cancel);
                changed = steps.Affected;
                var done = walk.After(end, rows, changed, time.GetElapsedTime(start));
                await new Steps(session, null).Add(journal.BatchText(script, done), "COMMIT").RunAsync(cancel);
                walk.State = done;
            },
            exception => steps.FailedAt(exception),
            cancel,
            Aftermath
        );
        if (rows == 0)
            return false;
        walk.Size.Took(rows, time.GetElapsedTime(start));
        walk.Progress.Add(rows, time.GetElapsedTime(walk.Start));
        return rows == size && !walk.State.After!.SequenceEqual(walk.State.End, StringComparer.Ordinal);
    }

    /// <summary>Looks at the table as the script's settings show it, in a transaction without effect: the key, the last row, and how many
    /// rows there may be.</summary>
    /// <returns>Null where the table has no rows.</returns>
    private async Task<Walk?> BeginAsync(Script script, BatchState? before, CancellationToken cancel)
    {
        Walk? walk = null;
        await LookAsync(
            script,
            [],
            async () =>
            {
                var key = await KeyAsync(script, cancel) ?? throw KeyCheck.NoTable(script, script.Batch!);
                var begun = before;
                if (begun is null)
                {
                    if (await session.ScalarAsync<string>(key.EndText, cancel) is not { } end)
                        return;
                    using var document = System.Text.Json.JsonDocument.Parse(end);
                    begun = new BatchState
                    {
                        End = BatchState.Texts(document.RootElement)!,
                        All = BatchKey.ReadEstimate((await session.ScalarAsync<string>(key.EstimateText, cancel))!),
                        Size = script.Batch!.Size,
                    };
                }

                walk = new Walk(script, key, begun, new BatchProgress(begun.Walked, begun.All), time);
            },
            cancel
        );
        return walk;
    }

    private Task<BatchKey?> KeyAsync(Script script, CancellationToken cancel) => _keys.RunAsync(script, script.Batch!, cancel);

    private Task LookAsync(Script script, IReadOnlyList<string> first, Func<Task> look, CancellationToken cancel)
    {
        var settings = script.Statements.TakeWhile(Traits.SetsSession).ToList();
        return attempts.RetryAsync(
            script,
            () =>
            {
                var steps = new Steps(session, null).Add(SessionState.BeginText).Add(first).Add(script, settings);
                return attempts.GuardAsync(
                    script,
                    settings,
                    async () =>
                    {
                        try
                        {
                            await steps.RunAsync(cancel);
                            await look();
                        }
                        catch (ScriptException)
                        {
                            await session.RollBackAsync();
                            throw;
                        }

                        await session.RollBackAsync();
                    },
                    steps.FailedAt,
                    cancel,
                    Aftermath
                );
            },
            pause => attempts.PauseAsync(pause, cancel)
        );
    }

    /// <summary>A script on its way.</summary>
    private sealed class Walk(Script script, BatchKey key, BatchState begun, BatchProgress progress, TimeProvider time)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private long _told = time.GetTimestamp();

        public Script Script => script;

        public BatchKey Key => key;

        public BatchProgress Progress => progress;

        public BatchSize Size { get; } = new(script.Batch!, begun.Size);

        public BatchState State { get; set; } = begun;

        public long Start { get; } = time.GetTimestamp();

        /// <summary>How far it is after one more batch.</summary>
        public BatchState After(IReadOnlyList<string> end, int rows, long changed, TimeSpan took) =>
            State with
            {
                After = end,
                Changed = State.Changed + changed,
                Walked = State.Walked + rows,
                Batches = State.Batches + 1,
                Work = State.Work + took,
                Size = Size.Current,
                Percent = progress.PercentAt(State.Walked + rows),
            };

        /// <summary>A line, at most every 10 s.</summary>
        public void Tell(ILogger log, ProgressRelay? relay, string? why)
        {
            if (time.GetElapsedTime(_told) < Interval)
                return;
            _told = time.GetTimestamp();
            var left = progress.LeftText is { } text ? $", {text}" : "";
            var wait = why is null ? "" : $", {why}";
            log.LogInformation(
                "{Script}: {Percent} %{Left}: {Changed} rows changed, {Walked} read in {Batches} batches (size now {Size}){Why}",
                script.Path,
                State.Percent,
                left,
                State.Changed,
                State.Walked,
                State.Batches,
                Size.Current,
                wait
            );
            relay?.Tell($"{Path.GetFileName(script.Path)} {State.Percent.ToString(CultureInfo.InvariantCulture)} %{left}{wait}");
        }
    }
}

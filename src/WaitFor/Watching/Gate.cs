using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;
using WaitFor.Process;
using WaitFor.Report;
using WaitFor.Report.Hints;
using WaitFor.Verdicts;
using WaitFor.Watching.Ladder;

namespace WaitFor.Watching;

/// <summary>How a wait ended.</summary>
/// <param name="ExitCode">The exit code; 0 for an open gate only. Null: a signal came.</param>
/// <param name="Outcome">The same in one word: <c>met</c>, <c>failed</c>, <c>missing</c>, <c>timed-out</c>, <c>denied</c>, <c>usage</c>,
/// <c>interrupted</c>.</param>
/// <param name="Message">One sentence that says why; the lines after it, if any, say what to do.</param>
/// <param name="Targets">Where each target stands.</param>
/// <param name="Waited">How long it took.</param>
internal sealed record GateResult(int? ExitCode, string Outcome, string Message, IReadOnlyList<TargetEnd> Targets, TimeSpan Waited)
{
    /// <summary>The Roles that are missing, as YAML; null where no right was found missing.</summary>
    public string? Roles { get; init; }
}

/// <summary>Where a target stands at the end.</summary>
/// <param name="Target">The target.</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="Fault">Why the verdict cannot be confirmed; null where it can.</param>
/// <param name="Last">The last known state of its objects.</param>
internal sealed record TargetEnd(Target Target, Verdict Verdict, ApiFault? Fault, LastState Last)
{
    /// <summary>The permissions that are missing, and what served in their place.</summary>
    public IReadOnlyList<Shortfall> Shortfalls { get; init; } = [];
}

/// <summary>Waits until all targets are met at the same time, one of them has failed, time is over, or no retry can help.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan StillWaiting = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<Follower> _followers;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _start;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<GateResult> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Follower, string> _logged = [];
    private readonly HashSet<string> _loggedShortfalls = new(StringComparer.Ordinal);
    private string? _loggedFault;
    private bool _hinted;
    private bool _silent;

    /// <summary>Since when all targets are met, and whose change made it so; null while they are not.</summary>
    private (Follower? By, long Since)? _allMet;
    private ITimer? _stable;
    private bool _final;

    /// <summary>Prepares the wait.</summary>
    /// <param name="followers">One per target; at least one.</param>
    /// <param name="limit">The longest time to wait; zero for no limit.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Takes a line per change, and one a minute.</param>
    public Gate(IReadOnlyList<Follower> followers, TimeSpan limit, TimeProvider time, ILogger log) =>
        (_followers, _limit, _time, _log, _start) = (followers, limit, time, log, time.GetTimestamp());

    /// <summary>Writes completion records; null: none are written.</summary>
    public RecordWriter? Records { get; init; }

    /// <summary>True: the gate ends as soon as the state of all targets is known.</summary>
    public bool Once { get; init; }

    /// <summary>In tenths of a second: a timer's clock is coarser than this one, and one that fires 4 ms early shall not make a minute "59
    /// s".</summary>
    private TimeSpan Waited => TimeSpan.FromSeconds(Math.Round(_time.GetElapsedTime(_start).TotalSeconds, 1));

    /// <summary>Waits.</summary>
    /// <param name="interrupted">Ends the wait from outside (a signal).</param>
    public async Task<GateResult> RunAsync(CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using var limit = new CancellationTokenSource(_limit > TimeSpan.Zero ? _limit : Timeout.InfiniteTimeSpan, _time);
        await using var minute = _time.CreateTimer(_ => LogStillWaiting(), state: null, StillWaiting, StillWaiting);
        await using var stable = _time.CreateTimer(
            _ => End(() => Decide(by: null)),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _stable = stable;
        await using var onSignal = interrupted.Register(() =>
            End(() => Ended(null, "interrupted", ends => "interrupted: " + States(ends)))
        );
        await using var onLimit = limit.Token.Register(() =>
            End(() =>
                Ended(ExitCode.TimedOut, "timed-out", ends => $"timed out after {GoDuration.Format(_limit)}: {States(ends, all: true)}")
            )
        );

        foreach (var follower in _followers)
            follower.Changed = () => End(() => Decide(follower));
        // Followers share their API server: one tells for all.
        _followers[0].SilenceChanged = LogSilence;
        var running = _followers.Select(follower => FollowAsync(follower, end.Token)).ToList();
        try
        {
            return await _decided.Task;
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(running);
        }

        // The first decision is final, and is taken where the change is seen: nothing more is asked of the API server then.
        void End(Func<GateResult?> decide)
        {
            GateResult result;
            lock (_lock)
            {
                if (_final || decide() is not { } decision || _final)
                    return;
                (_final, result) = (true, decision);
            }

            try
            {
                // Before the decision is given away: who takes it disposes what is cancelled here.
                end.Cancel();
            }
            finally
            {
                _decided.SetResult(result);
            }
        }

        async Task FollowAsync(Follower follower, CancellationToken cancel)
        {
            try
            {
                var (collection, fault) = await follower.RunAsync(cancel);
                End(() => Stopped(follower, collection, fault));
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // The wait is over.
            }
            catch (Exception surprise)
            {
                // Nobody knows the target's state any more: the gate ends, shut.
                lock (_lock)
                {
                    if (_final)
                        return;
                    _final = true;
                }

                _decided.SetException(surprise);
            }
        }
    }

    /// <param name="by">Whose change it is that is decided on; null: only time has passed.</param>
    private GateResult? Decide(Follower? by)
    {
        LogChanges();
        if (Combine.All([.. _followers.Select(follower => follower.Verdict)]).Kind == VerdictKind.Pending)
        {
            _allMet = null;
            WakeWhenStable();
            LogShortfalls();
            return Once && _followers.All(follower => follower.Verdict.Code != VerdictCode.NotKnownYet)
                ? Ended(ExitCode.TimedOut, "timed-out", ends => $"not ready (looked once): {States(ends)}")
                : null;
        }

        // What is decided on is what is reported: one look at each target, which may have changed since the quick one.
        var ends = Ends();
        var all = Combine.All([.. ends.Select(end => end.Verdict)]);
        return all.Kind switch
        {
            VerdictKind.Met when !AreMetNow(by) => null,
            VerdictKind.Met => Result(
                ExitCode.Met,
                "met",
                $"ready: {ends.Count} of {Words.Count(ends.Count, "target")} after {Words.Duration(Waited)}",
                ends
            ),
            VerdictKind.Failed when all.Code == VerdictCode.Missing => Result(
                ExitCode.Missing,
                "missing",
                States(ends, VerdictKind.Failed),
                ends
            ),
            VerdictKind.Failed => Result(ExitCode.Failed, "failed", States(ends, VerdictKind.Failed), ends),
            _ => null,
        };
    }

    /// <summary>A poll that is some seconds old says what was: before the gate opens for another target's sake, those that are polled are
    /// asked once more.</summary>
    private bool AreMetNow(Follower? by)
    {
        _allMet ??= (by, by?.NewestPoll ?? _time.GetTimestamp());
        var (first, since) = _allMet.Value;
        // All of them are asked, not only the first one that is too old.
        var old = _followers.Where(follower => follower != first && !follower.IsFresh(since)).ToList();
        return old.Count == 0;
    }

    private void WakeWhenStable()
    {
        if (_followers.Min(follower => follower.StableIn) is { } left)
            _stable?.Change(left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Said once, and only where there is something to wait for.</summary>
    private void LogShortfalls()
    {
        var waiting = _followers.Where(follower => follower.Verdict.Code != VerdictCode.NotKnownYet);
        foreach (var shortfall in waiting.SelectMany(follower => follower.Shortfalls))
        {
            if (_loggedShortfalls.Add(shortfall.Fact + shortfall.Instead))
                _log.LogWarning("{Shortfall}", shortfall.Text);
        }
    }

    private GateResult Stopped(Follower follower, Collection collection, ApiFault fault)
    {
        var stop = StopText.Of(follower.Target, collection, fault);
        return Result(stop.ExitCode, stop.Outcome, stop.Message, Ends(), fault);
    }

    private List<TargetEnd> Ends() => [.. _followers.Select(follower => follower.End())];

    private GateResult Ended(int? exitCode, string outcome, Func<List<TargetEnd>, string> message)
    {
        var ends = Ends();
        return Result(exitCode, outcome, message(ends), ends);
    }

    private GateResult Result(int? exitCode, string outcome, string message, List<TargetEnd> ends, ApiFault? denial = null)
    {
        denial ??= ends.Select(end => end.Fault).FirstOrDefault(fault => fault is { Kind: FaultKind.Forbidden });
        return new(exitCode, outcome, message, ends, Waited)
        {
            Roles = StopText.RolesFor(denial, [.. _followers.Select(follower => follower.Target)]),
        };
    }

    /// <summary>The states of the targets in one line; of those with this kind of verdict, of all that are not met, or of all.</summary>
    private string States(List<TargetEnd> ends, VerdictKind? only = null, bool all = false) =>
        string.Join(
            "; ",
            ends.Zip(_followers.Select(follower => follower.Detail))
                .Where(pair => all || (only is null ? pair.First.Verdict.Kind != VerdictKind.Met : pair.First.Verdict.Kind == only))
                .Select(pair =>
                    $"{pair.First.Target}: {Describe(pair.First.Target, pair.First.Verdict, pair.First.Fault)}{Doubt(pair.First)}"
                    + (pair.Second is { } detail ? $"; {ApiFault.OneLine(detail)}" : "")
                )
        );

    /// <summary>A state that is only the last known one is not told as if it were today's.</summary>
    private static string Doubt(TargetEnd end) =>
        end.Fault is { } fault && end.Verdict.Code != VerdictCode.NotKnownYet
            ? $" (last known state, it cannot be confirmed: {fault.Message})"
            : "";

    /// <summary>The verdict's sentence; while nothing is known, why.</summary>
    private static string Describe(Target target, Verdict verdict, ApiFault? why)
    {
        var sentence = ApiFault.OneLine(verdict.Sentence);
        if (verdict.Code == VerdictCode.Missing && !target.ShowNamespace && target.Namespace is { } name)
            sentence += $" (namespace {name})";
        return verdict.Code == VerdictCode.NotKnownYet && why is { } fault ? $"{sentence}: {fault.Message}" : sentence;
    }

    private void LogSilence()
    {
        lock (_lock)
        {
            if (!_final)
                LogChanges();
        }
    }

    private void LogChanges()
    {
        // Faults strike all followers alike: one line for all of them. A version that is too old is part of the ordinary course, and so is
        // an open watch that is silent again and again: where the server is lost, the next request says so.
        var fault = _followers
            .Select(follower => follower.Fault)
            .FirstOrDefault(fault => fault is { Kind: not (FaultKind.Expired or FaultKind.SilentWatch) });
        // Where a state is known, what else is asked for (a look at a pod) may take its time.
        fault ??= _followers.FirstOrDefault(follower => follower.Verdict.Code == VerdictCode.NotKnownYet)?.Silence;
        // Each step of a request has its own line: connection, TLS, answer.
        var told = fault is { Kind: FaultKind.Waiting } ? fault.Message : fault?.Kind.ToString();
        if (told != _loggedFault)
        {
            _loggedFault = told;
            if (fault is null)
                _log.LogInformation("API server: answers again");
            else
                _log.LogWarning("API server: {Fault}{Next}", fault.Message, fault.Kind == FaultKind.Waiting ? "" : "; trying again");
        }

        var silent = _followers.Select(follower => follower.Fault).FirstOrDefault(one => one is { Kind: FaultKind.SilentWatch });
        if (silent is not null && !_silent)
        {
            _silent = true;
            _log.LogWarning("API server: {Fault}; asking again (reported once)", silent.Message);
        }

        if (fault is { NetworkNotReady: true } && !_hinted)
        {
            _hinted = true;
            _log.LogWarning("API server: no connection so far (NetworkNotReady); {Hint}", AccessHints.InitBeforeSidecar);
        }

        foreach (var follower in _followers)
        {
            var verdict = follower.Verdict;
            if (verdict.Code == VerdictCode.NotKnownYet)
                continue;
            Records?.Observe(follower.Target, follower.LastVerdict);
            var line =
                Describe(follower.Target, verdict, follower.Fault) + (follower.Detail is { } detail ? $"; {ApiFault.OneLine(detail)}" : "");
            // Its numbers are the clock's: no change.
            var key = verdict.Code == VerdictCode.NotStableYet ? verdict.Code : line;
            if (_logged.TryGetValue(follower, out var logged) && logged == key)
                continue;
            _logged[follower] = key;
            _log.Log(
                verdict is { Kind: VerdictKind.Met, Code: VerdictCode.Missing } ? LogLevel.Warning : LogLevel.Information,
                "{Target}: {State}",
                follower.Target,
                line
            );
        }
    }

    /// <summary>How long it has waited, and the state of each target that is not met, for a line on a terminal.</summary>
    public string Progress() =>
        $"waiting {Words.Duration(Waited)}{(_limit > TimeSpan.Zero ? $" of {GoDuration.Format(_limit)}" : "")}: {States(Ends())}";

    private void LogStillWaiting() => _log.LogInformation("still waiting after {Waited}: {States}", Words.Duration(Waited), States(Ends()));
}

using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows Jobs: one by its name, with its completion record where there is one, or those of a selector.</summary>
internal sealed class JobFollower : Follower
{
    private readonly Part<JobState> _jobs;
    private readonly Part<RecordState> _records;
    private readonly Reflector<JobState> _jobReflector;
    private readonly Reflector<RecordState>? _recordReflector;
    private readonly Collection _collection;
    private readonly Collection? _record;
    private readonly PodLook _look;
    private readonly FailFastPods? _pods;
    private FinishedJobs _finished = FinishedJobs.None;
    private Expectation _expected;
    private JobState? _lastSeen;

    public JobFollower(Target target, ApiServer api, TimeProvider time, Random random)
        : base(target, time)
    {
        _expected = target.Expected;
        _jobs = new Part<JobState>(this, Known);
        _records = new Part<RecordState>(this, Known);
        _collection = Collections.Of(target);
        _jobReflector = Using(new Reflector<JobState>(api, _collection, StateReader.Job, _jobs, time, target.PollInterval, random.Next()));
        if (target.Record is not null)
        {
            _record = Collections.Record(target);
            _recordReflector = Using(
                new Reflector<RecordState>(api, _record, StateReader.Record, _records, time, target.PollInterval, random.Next())
            );
        }

        _look = new PodLook(api, time, random.Next());
        if (target.FailFast)
            _pods = new FailFastPods(this, Known, api, time, random.Next());
    }

    /// <summary>What the newest pod of a running Job was seen to do at the last look.</summary>
    public override string? Detail => Verdict.Code is VerdictCode.JobRunning or VerdictCode.JobRetrying ? _look.Seen : null;

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task<(Collection, ApiFault)>> running = [FollowAsync(_collection, _jobReflector, all.Token)];
        if (_recordReflector is not null)
            running.Add(FollowAsync(_record!, _recordReflector, all.Token));
        if (_pods is not null)
            running.Add(_pods.RunAsync(all.Token));
        var looking = Target.Name is null ? Task.CompletedTask : _look.RunAsync(RunningJob, () => Changed?.Invoke(), all.Token);
        try
        {
            return await await Task.WhenAny(running);
        }
        finally
        {
            await all.CancelAsync();
            await looking;
        }

        static async Task<(Collection, ApiFault)> FollowAsync<T>(Collection collection, Reflector<T> reflector, CancellationToken cancel)
            where T : IObjectState => (collection, await reflector.RunAsync(cancel));
    }

    /// <summary>The Job, while its pods are the target.</summary>
    private JobState? RunningJob() =>
        Verdict.Code is VerdictCode.JobRunning or VerdictCode.JobRetrying && Last.Jobs is [var job, ..] ? job : null;

    protected override Verdict Judge()
    {
        var jobs = _jobs.Objects;
        // A Job that existed (the last release's, say) and is gone makes room for the next one: "pass" is for those that never were.
        if (jobs.Count > 0 && _expected.OnMissing == OnMissing.Pass)
            _expected = _expected with { OnMissing = OnMissing.Wait };
        _finished = _finished.Observe(_expected, jobs);
        // The last state before the mark of deletion says what was interrupted.
        if (_expected.Named && jobs.FirstOrDefault() is { } seen && (seen.Metadata?.DeletionTimestamp is null || _lastSeen is null))
            _lastSeen = StaleRules.IsStale(_expected, seen) ? null : seen;
        if (!_expected.Named)
            return JobRules.Set(_expected, jobs, _finished);
        var verdict = JobRules.Named(_expected, jobs.FirstOrDefault(), _finished, Recorded, _lastSeen);
        return _pods is not null && jobs.FirstOrDefault() is { } job
            ? _pods.Failure(verdict, () => Collections.PodsOf(job), (_, _) => true) ?? verdict
            : verdict;
    }

    protected override LastState Snapshot() =>
        new() { Jobs = [.. _jobs.Objects], DeletedJob = _jobs.Objects.Count == 0 ? _lastSeen : null };

    private bool Recorded => _records.Objects.Any(record => record.Data?.ContainsKey(Target.Name!) == true);

    /// <summary>A Job that exists needs no record.</summary>
    private (bool Synced, ApiFault? Fault) Known() =>
        _recordReflector is null || (_jobs.Synced && _jobs.Objects.Count > 0)
            ? (_jobs.Synced, _jobs.Fault)
            : (_jobs.Synced && _records.Synced, _jobs.Fault ?? _records.Fault);
}

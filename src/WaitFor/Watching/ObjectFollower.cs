using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Follows a target whose state is its objects alone: a Job or pod by name, or those of a selector.</summary>
internal sealed class ObjectFollower<T> : Follower
    where T : IObjectState
{
    private readonly Func<IReadOnlyCollection<T>, Verdict> _judge;
    private readonly Part<T> _objects;
    private readonly Collection _collection;
    private readonly Reflector<T> _reflector;

    public ObjectFollower(Target target, ApiServer api, Func<ReadOnlySpan<byte>, T> read, Func<IReadOnlyCollection<T>, Verdict> judge, TimeProvider time, Random random)
        : base(target)
    {
        _judge = judge;
        _objects = new Part<T>(this, () => (_objects!.Synced, _objects.Fault));
        _collection = Collections.Of(target);
        _reflector = new Reflector<T>(api, _collection, read, _objects, time, random.Next());
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) => (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge() => _judge(_objects.Objects);
}

/// <summary>Judges Jobs with the memory of those that were seen Complete, and of whether any was seen at all.</summary>
internal sealed class JobJudge(Expectation expected)
{
    private FinishedJobs _finished = FinishedJobs.None;
    private Expectation _expected = expected;

    public Verdict Judge(IReadOnlyCollection<JobState> jobs)
    {
        // A Job that was there (the last release's, say) and is gone makes room for the next one: "pass" is for those that never were.
        if (jobs.Count > 0 && _expected.OnMissing == OnMissing.Pass)
            _expected = _expected with { OnMissing = OnMissing.Wait };
        _finished = _finished.Observe(_expected, jobs);
        return _expected.Named ? JobRules.Named(_expected, jobs.FirstOrDefault(), _finished) : JobRules.Set(_expected, jobs, _finished);
    }
}

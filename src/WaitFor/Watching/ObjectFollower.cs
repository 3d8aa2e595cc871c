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
        _reflector = new Reflector<T>(api, _collection, read, _objects, time, random);
    }

    public override async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel) => (_collection, await _reflector.RunAsync(cancel));

    protected override Verdict Judge() => _judge(_objects.Objects);
}

/// <summary>Judges Jobs with the memory of those that were seen to finish.</summary>
internal sealed class JobJudge(Expectation expected)
{
    private FinishedJobs _finished = FinishedJobs.None;

    public Verdict Judge(IReadOnlyCollection<JobState> jobs)
    {
        _finished = _finished.Observe(expected, jobs);
        return expected.Named ? JobRules.Named(expected, jobs.FirstOrDefault(), _finished) : JobRules.Set(expected, jobs, _finished);
    }
}

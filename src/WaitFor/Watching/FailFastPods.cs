using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>The pods of a target with <c>--fail-fast</c>. They are followed once it is seen that there is something to wait for, and never
/// make a target met.</summary>
/// <param name="follower">Whose target it is.</param>
/// <param name="known">What is known of the target itself.</param>
/// <param name="api">The API server.</param>
/// <param name="time">Clock.</param>
/// <param name="seed">Of all that is random.</param>
internal sealed class FailFastPods(
    Follower follower,
    Func<(bool Synced, ApiFault? Fault)> known,
    ApiServer api,
    TimeProvider time,
    int seed
)
{
    private readonly Follower.Part<PodState> _pods = new(follower, known);
    private readonly TaskCompletionSource<Collection> _which = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The verdict where a pod cannot start, for good; else null. Called under the follower's lock.</summary>
    /// <param name="verdict">The verdict without the pods.</param>
    /// <param name="pods">Which pods they are; null where nobody knows.</param>
    /// <param name="isNewest">Whether a pod is of the newest revision, and which all pods are.</param>
    public Verdict? Failure(Verdict verdict, Func<Collection?> pods, Func<PodState, IReadOnlyList<PodState>, bool> isNewest)
    {
        // What is stale, ends, or was not seen by its controller yet, has other pods than the target.
        if (
            verdict.Kind != VerdictKind.Pending
            || verdict.Code is VerdictCode.Stale or VerdictCode.BeingDeleted or VerdictCode.NotObserved or VerdictCode.Missing
        )
            return null;
        if (!_which.Task.IsCompleted && pods() is { } collection)
            _which.TrySetResult(collection);
        List<PodState> all = [.. _pods.Objects];
        return FailFast.Judge(all.Where(pod => isNewest(pod, all)));
    }

    /// <summary>Follows them until no retry can help.</summary>
    public async Task<(Collection Collection, ApiFault Fault)> RunAsync(CancellationToken cancel)
    {
        var collection = await _which.Task.WaitAsync(cancel);
        var reflector = follower.Using(
            new Reflector<PodState>(api, collection, StateReader.Pod, _pods, time, follower.Target.PollInterval, seed)
        );
        return (collection, await reflector.RunAsync(cancel));
    }
}

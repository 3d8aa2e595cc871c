using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>For a Role with <c>watch</c> and without <c>list</c>: one watch that first sends all that exists, up to a bookmark which says
/// so. A server that does not know the parameter ignores it (before 1.27) and never sends that bookmark, or refuses it.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists"/></summary>
internal sealed class WatchList<T>(Copy<T> copy, WatchListSupport support, TimeProvider time) : Rung
    where T : IObjectState
{
    /// <summary>The longest silence before the bookmark.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    /// <summary>The longest time to the bookmark: a server that ignores the parameter may send events for ever.</summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    public override IReadOnlyList<Verb> Needs { get; } = [Verb.Watch];

    public override bool CanServe => !support.IsMissing;

    public override async Task<RungEnd> RunAsync(Func<bool> tryAbove, Action serves, CancellationToken cancel)
    {
        // After the ordinary end of a watch the next one begins where it ended: nothing has to be sent again.
        if (copy.Version is not null)
            return new RungEnd(await copy.WatchAsync(cancel), Verb.Watch);
        if (!await support.IsLikelyAsync(cancel))
            return RungEnd.AskAgain;

        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        long? begun = null;
        try
        {
            var fault = await copy.WatchListAsync(Arrived, Complete, either.Token);
            if (fault.Kind != FaultKind.Rejected)
                return new RungEnd(fault, Verb.Watch);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            // Remembered below.
        }

        support.IsMissing = true;
        return RungEnd.AskAgain;

        void Arrived()
        {
            begun ??= time.GetTimestamp();
            var left = LongestStart - time.GetElapsedTime(begun.Value);
            silence.CancelAfter(
                left > LongestSilence ? LongestSilence
                : left > TimeSpan.Zero ? left
                : TimeSpan.Zero
            );
        }

        void Complete() => silence.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}

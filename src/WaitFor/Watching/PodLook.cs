using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Looks at the pods of a running Job, at most once a minute, so that the log can say what it is that takes so long. The verdict
/// does not depend on it:
/// what cannot be read is skipped.</summary>
internal sealed class PodLook(ApiServer api, TimeProvider time, int seed)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private string? _seen;

    /// <summary>What the newest pod was doing; null while nothing was seen.</summary>
    public string? Seen => Volatile.Read(ref _seen);

    /// <summary>Looks until it is cancelled, or has no permission to.</summary>
    /// <param name="running">The Job, while its pods count; else null.</param>
    /// <param name="changed">Called when something else was seen than before.</param>
    /// <param name="cancel">Ends it, without an exception.</param>
    public async Task RunAsync(Func<JobState?> running, Action changed, CancellationToken cancel)
    {
        try
        {
            // Most waits are over before the first look; and gates that started together do not look together.
            await Task.Delay(Interval + TimeSpan.FromSeconds(10 * new Random(seed).NextDouble()), time, cancel);
            while (true)
            {
                if (running() is { } job)
                {
                    var (page, fault) = await api.ListAsync(Collections.PodsOf(job), continueToken: null, cancel);
                    if (fault is { Kind: FaultKind.Forbidden })
                        return;
                    if (page is not null && Describe(page) is var seen && seen != _seen)
                    {
                        Volatile.Write(ref _seen, seen);
                        changed();
                    }
                }

                await Task.Delay(Interval, time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The wait is over.
        }
        catch (Exception)
        {
            // A surprise in what is only told besides must not end the wait, or change how it ends: there is no more to be said.
            Volatile.Write(ref _seen, null);
        }
    }

    /// <summary>That the pod of a Job is ready only means that it runs; <c>migrate</c> may have told how far it is, which says
    /// more.</summary>
    private static string Words(PodState pod)
    {
        var verdict = PodRules.Alone(pod);
        return verdict.Code == VerdictCode.PodReady && pod.Metadata?.MigrateProgress is { } progress
            && PodAnnotation.Clean(progress) is { Length: > 0 } clean
            ? clean
            : $"pod {pod.Metadata?.Name}: {(verdict.Code == VerdictCode.PodReady ? "runs" : verdict.Sentence)}";
    }

    private static string? Describe(ListPage page)
    {
        try
        {
            var newest = page
                .Items.Select(raw => StateReader.Pod(raw.Span))
                .OrderBy(pod => pod.Metadata?.CreationTimestamp, StringComparer.Ordinal)
                .LastOrDefault();
            return newest is null ? null : Words(newest);
        }
        catch (System.Text.Json.JsonException)
        {
            // Not readable: then there is nothing to say about it.
            return null;
        }
    }
}

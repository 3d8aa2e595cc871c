using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>The first rung that is tried: a consistent list, then a watch from its version, again and again.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes"/></summary>
internal sealed class ListWatch<T>(Copy<T> copy) : Rung
    where T : IObjectState
{
    public override IReadOnlyList<Verb> Needs { get; } = [Verb.List, Verb.Watch];

    public override async Task<RungEnd> RunAsync(Func<bool> tryAbove, Action serves, CancellationToken cancel) =>
        copy.Version is null && await copy.ListAsync(cancel) is { } fault
            ? new RungEnd(fault, Verb.List)
            : new RungEnd(await copy.WatchAsync(cancel), Verb.Watch);
}

using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>For a Role with <c>list</c> and without <c>watch</c>: the same consistent list again and again, in pages.</summary>
internal sealed class PollList<T>(Copy<T> copy, PollPace pace) : PollRung<T>(copy, pace)
    where T : IObjectState
{
    public override IReadOnlyList<Verb> Needs { get; } = [Verb.List];

    protected override Task<ApiFault?> ReadAsync(Copy<T> copy, CancellationToken cancel) => copy.ListAsync(cancel);
}

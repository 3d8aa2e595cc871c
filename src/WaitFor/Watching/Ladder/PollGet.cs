using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>For a Role with <c>get</c> alone and a target by its name: that object again and again.</summary>
internal sealed class PollGet<T>(Copy<T> copy, PollPace pace) : PollRung<T>(copy, pace)
    where T : IObjectState
{
    private readonly bool _named = copy.Collection.Name is not null;

    public override IReadOnlyList<Verb> Needs { get; } = [Verb.Get];

    public override bool CanServe => _named;

    protected override Task<ApiFault?> ReadAsync(Copy<T> copy, CancellationToken cancel) => copy.GetAsync(cancel);
}

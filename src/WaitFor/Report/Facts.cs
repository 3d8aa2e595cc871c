using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching;
using WaitFor.Watching.Ladder;

namespace WaitFor.Report;

/// <summary>Everything that the report knows: hints, text and JSON are made of it, and of nothing else.</summary>
internal sealed class Facts
{
    /// <summary>What is known without a further look.</summary>
    public static Facts Of(IReadOnlyList<TargetEnd> targets, DateTimeOffset now) =>
        new() { Now = now, Targets = [.. targets.Select(target => new TargetFacts(target))] };

    /// <summary>When it was collected.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>One for each target, in the order of the command line.</summary>
    public required IReadOnlyList<TargetFacts> Targets { get; init; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];
}

/// <summary>Something that could not be read.</summary>
/// <param name="What">What the report lacks for it, such as <c>events in namespace shop</c>.</param>
/// <param name="Permission">The permission that is missing, such as <c>list events in namespace shop</c>; null where it is not one that is
/// missing.</param>
/// <param name="Reason">Why, in one line.</param>
internal sealed record Gap(string What, string? Permission, string Reason);

/// <summary>What is known about one target. Lists are empty where nothing was found, or nothing could be read.</summary>
internal sealed class TargetFacts(TargetEnd end)
{
    public Target Target { get; } = end.Target;

    public Verdict Verdict { get; } = end.Verdict;

    /// <summary>Why the verdict cannot be confirmed; null where it can.</summary>
    public ApiFault? Fault { get; } = end.Fault;

    /// <summary>The permissions that are missing, and what served in their place.</summary>
    public IReadOnlyList<Shortfall> Shortfalls { get; } = end.Shortfalls;

    /// <summary>The Jobs that are not met, failed ones first.</summary>
    public IReadOnlyList<JobState> Jobs { get; set; } = end.Last.Jobs;

    /// <summary>The Job as it was last seen, where this gate saw it and it was deleted before its end.</summary>
    public JobState? DeletedJob { get; } = end.Last.DeletedJob;

    /// <summary>The services that are not met.</summary>
    public IReadOnlyList<ServiceState> Services { get; set; } = end.Last.Services;

    /// <summary>The slices of those services.</summary>
    public IReadOnlyList<EndpointSliceState> Slices { get; set; } = end.Last.Slices;

    /// <summary>The objects of other kinds that are not met.</summary>
    public IReadOnlyList<ObjectState> Objects { get; set; } = end.Last.Objects;

    /// <summary>All pods that count, if pods are the target.</summary>
    public IReadOnlyList<PodState> KnownPods { get; } =
    [.. end.Last.Pods.Where(pod => end.Target.Name is not null || !StaleRules.IsStale(end.Target.Expected, pod))];

    /// <summary>The pods of the target that say most, at most five: the newest one that is not through comes first.</summary>
    public IReadOnlyList<PodFacts> Pods { get; set; } = [];

    /// <summary>How many pods belong to the target in all; null where they could not be read, or nothing says which they are.</summary>
    public int? PodCount { get; set; }

    /// <summary>The events of all these objects, newest first.</summary>
    public IReadOnlyList<EventState> Events { get; set; } = [];

    /// <summary>Those that are shown.</summary>
    public IEnumerable<EventState> ShownEvents => Events.Take(10);

    /// <summary>Objects of the same kind in the namespace, where the target itself does not exist.</summary>
    public IReadOnlyList<Metadata> Neighbours { get; set; } = [];

    /// <summary>Other namespaces that have an object of this kind and name, where the target itself does not exist.</summary>
    public IReadOnlyList<string> Elsewhere { get; set; } = [];

    /// <summary>The namespaces that exist, if the target's own does not; empty if it does, or if that is unknown.</summary>
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>Whether the pod that this gate runs in was made by Helm; null where nobody knows, false outside of a cluster.</summary>
    public bool? MadeByHelm { get; set; } = false;

    /// <summary>True where nothing exists that could be looked at.</summary>
    public bool Missing => Verdict.Code == VerdictCode.Missing;
}

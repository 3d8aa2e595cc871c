using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>Everything that the report knows: hints, text and JSON are made of it, and of nothing else.</summary>
internal sealed class Facts
{
    /// <summary>What is known without a further look.</summary>
    public static Facts Of(IReadOnlyList<TargetEnd> targets, DateTimeOffset now) => new() { Now = now, Targets = [.. targets.Select(target => new TargetFacts(target))] };

    /// <summary>When it was collected.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>One for each target, in the order of the command line.</summary>
    public required IReadOnlyList<TargetFacts> Targets { get; init; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];
}

/// <summary>Something that could not be read.</summary>
/// <param name="What">What the report lacks for it, such as <c>events in namespace shop</c>.</param>
/// <param name="Permission">The permission that is missing, such as <c>list events in namespace shop</c>; null where it is not one that is missing.</param>
/// <param name="Reason">Why, in one line.</param>
internal sealed record Gap(string What, string? Permission, string Reason);

/// <summary>What is known about one target. Lists are empty where nothing was found, or nothing could be read.</summary>
internal sealed class TargetFacts(TargetEnd end)
{
    public Target Target { get; } = end.Target;

    public Verdict Verdict { get; } = end.Verdict;

    /// <summary>Why the verdict cannot be confirmed; null where it can.</summary>
    public ApiFault? Fault { get; } = end.Fault;

    /// <summary>The Jobs that are not met, failed ones first.</summary>
    public IReadOnlyList<JobState> Jobs { get; set; } = end.Last.Jobs;

    /// <summary>The services that are not met.</summary>
    public IReadOnlyList<ServiceState> Services { get; set; } = end.Last.Services;

    /// <summary>The slices of those services.</summary>
    public IReadOnlyList<EndpointSliceState> Slices { get; set; } = end.Last.Slices;

    /// <summary>All pods, where pods are what was waited for.</summary>
    public IReadOnlyList<PodState> KnownPods { get; } = end.Last.Pods;

    /// <summary>The newest pods of the target that are not met; at most five.</summary>
    public IReadOnlyList<PodFacts> Pods { get; set; } = [];

    /// <summary>How many pods belong to the target in all; null where they could not be read.</summary>
    public int? PodCount { get; set; }

    /// <summary>The newest events of all these objects, newest first; at most ten.</summary>
    public IReadOnlyList<EventState> Events { get; set; } = [];

    /// <summary>Objects of the same kind in the namespace, where the target itself is not there.</summary>
    public IReadOnlyList<Metadata> Neighbours { get; set; } = [];

    /// <summary>Other namespaces that have an object of this kind and name, where the target itself is not there.</summary>
    public IReadOnlyList<string> Elsewhere { get; set; } = [];

    /// <summary>All namespaces, where the target itself is not there; empty where they could not be read.</summary>
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>True where the pod that this gate runs in was made by Helm.</summary>
    public bool MadeByHelm { get; set; }

    /// <summary>True where nothing is there that could be looked at.</summary>
    public bool Missing => Verdict.Code == VerdictCode.Missing;
}

/// <summary>A pod, with the end of the log of the container that says most.</summary>
internal sealed class PodFacts(PodState state)
{
    public PodState State { get; } = state;

    public string Name => State.Metadata?.Name ?? "";

    /// <summary>The container whose log this is; null where none is worth reading.</summary>
    public string? LogContainer { get; set; }

    /// <summary>The last lines, at most 20, without control characters; empty where there are none.</summary>
    public IReadOnlyList<string> Log { get; set; } = [];

    /// <summary>Init containers first, as they run first.</summary>
    public IEnumerable<ContainerStatus> Containers =>
        (State.Status?.InitContainerStatuses ?? []).Concat(State.Status?.ContainerStatuses ?? []).OfType<ContainerStatus>();

    /// <summary>The containers that ended with an error: in their present state, or before their last restart.</summary>
    public IEnumerable<(ContainerStatus Container, ContainerTerminated End)> Failures => Containers
        .Select(container => (container, container.State?.Terminated is { ExitCode: not 0 } now ? now : container.LastState?.Terminated is { ExitCode: not 0 } last ? last : null!))
        .Where(pair => pair.Item2 is not null);
}

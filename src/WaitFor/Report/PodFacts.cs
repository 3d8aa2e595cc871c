using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>A pod, with the end of the log of the container that says most.</summary>
internal sealed class PodFacts(PodState state, DateTimeOffset now)
{
    /// <summary>A container that runs again, but is not ready yet, may still stumble over what ended it before.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <summary>A scheduler that works has reported by then.</summary>
    private static readonly TimeSpan Scheduled = TimeSpan.FromSeconds(10);

    /// <summary>The pods that say most, at most five: the newest one that is not through, then those that failed, newest first.</summary>
    /// <param name="pods">All pods of the target.</param>
    /// <param name="ofJob">True: a ready pod is one that works, and may be the target.</param>
    /// <param name="now">When they were read.</param>
    public static IReadOnlyList<PodFacts> Choose(IReadOnlyList<PodState> pods, bool ofJob, DateTimeOffset now)
    {
        const int shown = 5;
        // What a controller has replaced already is history.
        var telling = pods.Where(pod =>
                PodRules.Alone(pod) is var verdict && verdict.Code != VerdictCode.PodReplaced && (verdict.Kind != VerdictKind.Met || ofJob)
            )
            .Select(pod => new PodFacts(pod, now))
            .OrderByDescending(pod => pod.State.Metadata?.CreationTimestamp, StringComparer.Ordinal)
            .ToList();
        var present = telling.Find(pod => pod.Unfinished);
        return
        [
            .. telling
                .OrderBy(pod =>
                    pod == present
                        ? 0
                        : pod.State.Status?.Phase switch
                        {
                            "Failed" => 1,
                            "Succeeded" => 3,
                            _ => 2,
                        }
                )
                .Take(shown),
        ];
    }

    public PodState State { get; } = state;

    public string Name => State.Metadata?.Name ?? "";

    /// <summary>The container whose log this is; null where none is worth reading.</summary>
    public string? LogContainer { get; set; }

    /// <summary>True: the log is that of the run before the last restart.</summary>
    public bool LogPrevious { get; set; }

    /// <summary>The last lines, at most 20, without control characters; empty where there are none.</summary>
    public IReadOnlyList<string> Log { get; set; } = [];

    /// <summary>True where a pod of its age has a node, or the reason why it has none.</summary>
    public bool Overdue => Moment.Of(State.Metadata?.CreationTimestamp) is var created && created > DateTimeOffset.MinValue
        && now - created > Scheduled;

    /// <summary>True before it is through, one way or the other.</summary>
    public bool Unfinished => State.Status?.Phase is not ("Failed" or "Succeeded");

    /// <summary>All containers, in the order in which they are shown: init containers first, as they run first.</summary>
    public IEnumerable<ContainerStatus> Containers => Of(State.Status?.InitContainerStatuses).Concat(Of(State.Status?.ContainerStatuses));

    /// <summary>The containers that do the work come first, then init containers, then sidecars, which are ended by a signal in the
    /// ordinary course.</summary>
    public IEnumerable<ContainerStatus> ByWeight =>
        Of(State.Status?.ContainerStatuses)
            .Concat(Of(State.Status?.InitContainerStatuses).OrderBy(container => SpecOf(container) is { RestartPolicy: "Always" } ? 1 : 0));

    /// <summary>The containers that ended with an error, and have not got over it. Of several the one comes first that says why, then the
    /// one that ended first.</summary>
    public IEnumerable<Failure> Failures =>
        ByWeight
            .Select(container => FailureOf(container) is { } end ? new Failure(container, end) : null)
            .OfType<Failure>()
            .OrderBy(failure => SpecOf(failure.Container) is { RestartPolicy: "Always" } ? 1 : 0)
            .ThenBy(failure => failure.End.Message is { Length: > 0 } ? 0 : 1)
            .ThenBy(failure => Moment.Of(failure.End.FinishedAt));

    /// <summary>The container's spec; null where the pod does not tell it.</summary>
    public ContainerSpec? SpecOf(ContainerStatus container) =>
        (State.Spec?.InitContainers ?? []).Concat(State.Spec?.Containers ?? []).FirstOrDefault(spec => spec?.Name == container.Name);

    private ContainerTerminated? FailureOf(ContainerStatus container) =>
        container switch
        {
            { State.Terminated: { } ended } => ended.ExitCode is not (null or 0) ? ended : null,
            { LastState.Terminated: { ExitCode: not (null or 0) } before, State.Waiting: not null } => before,
            { LastState.Terminated: { ExitCode: not (null or 0) } before, Ready: not true }
                when now - Moment.Of(before.FinishedAt) < Recent => before,
            _ => null,
        };

    private static IEnumerable<ContainerStatus> Of(IReadOnlyList<ContainerStatus?>? containers) =>
        (containers ?? []).OfType<ContainerStatus>();
}

/// <summary>A container that ended with an error: in its present state, or before its last restart.</summary>
internal sealed record Failure(ContainerStatus Container, ContainerTerminated End);

namespace WaitFor.Verdicts.State;

/// <summary>The fields of a pod that verdicts read.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"/></summary>
public sealed class PodState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>What was asked of the pod.</summary>
    public PodSpec? Spec { get; init; }

    /// <summary>Where it stands.</summary>
    public PodStatus? Status { get; init; }

    /// <inheritdoc />
    public IEnumerable<string> Images => Spec?.Images ?? [];
}

/// <summary>Fields of a pod's spec, or of a pod template's.</summary>
public sealed class PodSpec
{
    /// <summary>The node it was given to; null before that. Only shown.</summary>
    public string? NodeName { get; init; }

    /// <summary>Containers.</summary>
    public IReadOnlyList<ContainerSpec?>? Containers { get; init; }

    /// <summary>Init containers.</summary>
    public IReadOnlyList<ContainerSpec?>? InitContainers { get; init; }

    /// <summary>Images of both.</summary>
    public IEnumerable<string> Images =>
        (InitContainers ?? []).Concat(Containers ?? []).Select(container => container?.Image).OfType<string>();
}

/// <summary>Fields of a container's spec.</summary>
public sealed class ContainerSpec
{
    /// <summary>The container's name.</summary>
    public string? Name { get; init; }

    /// <summary>The image, as written.</summary>
    public string? Image { get; init; }

    /// <summary><c>Always</c> for an init container that runs beside the others (a sidecar, 1.28 and newer). Only shown.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary><c>FallbackToLogsOnError</c>: the end of the log may stand in place of a termination message. Only shown.</summary>
    public string? TerminationMessagePolicy { get; init; }
}

/// <summary>Fields of a pod's status.</summary>
public sealed class PodStatus
{
    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string? Phase { get; init; }

    /// <summary>Reason in one word, such as Evicted.</summary>
    public string? Reason { get; init; }

    /// <summary>Message for people, such as why it was evicted; only shown.</summary>
    public string? Message { get; init; }

    /// <summary>Ready, PodScheduled and others.</summary>
    public IReadOnlyList<Condition?>? Conditions { get; init; }

    /// <summary>States of the init containers.</summary>
    public IReadOnlyList<ContainerStatus?>? InitContainerStatuses { get; init; }

    /// <summary>States of the containers.</summary>
    public IReadOnlyList<ContainerStatus?>? ContainerStatuses { get; init; }
}

/// <summary>Fields of a container's status.</summary>
public sealed class ContainerStatus
{
    /// <summary>The container's name.</summary>
    public string? Name { get; init; }

    /// <summary>True when the container passes its readiness probe.</summary>
    public bool? Ready { get; init; }

    /// <summary>How often it was restarted.</summary>
    public int? RestartCount { get; init; }

    /// <summary>The state now.</summary>
    public ContainerState? State { get; init; }

    /// <summary>The state before the last restart.</summary>
    public ContainerState? LastState { get; init; }
}

/// <summary>One of waiting, running, terminated; verdicts read the first and the last.</summary>
public sealed class ContainerState
{
    /// <summary>Set while the container waits to start.</summary>
    public ContainerWaiting? Waiting { get; init; }

    /// <summary>Set while the container runs; only shown.</summary>
    public ContainerRunning? Running { get; init; }

    /// <summary>Set after the container ended.</summary>
    public ContainerTerminated? Terminated { get; init; }
}

/// <summary>Why a container waits.</summary>
public sealed class ContainerWaiting
{
    /// <summary>Reason in one word, such as ImagePullBackOff.</summary>
    public string? Reason { get; init; }

    /// <summary>Message for people; only shown.</summary>
    public string? Message { get; init; }
}

/// <summary>Since when a container runs.</summary>
public sealed class ContainerRunning
{
    /// <summary>RFC 3339; only shown.</summary>
    public string? StartedAt { get; init; }
}

/// <summary>How a container ended.</summary>
public sealed class ContainerTerminated
{
    /// <summary>The exit code; 128+n after signal n.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, where the runtime says so; only shown.</summary>
    public int? Signal { get; init; }

    /// <summary>Reason in one word, such as OOMKilled.</summary>
    public string? Reason { get; init; }

    /// <summary>The termination message that the container left; only shown.
    /// <see href="https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/"/></summary>
    public string? Message { get; init; }

    /// <summary>RFC 3339; only shown.</summary>
    public string? FinishedAt { get; init; }
}

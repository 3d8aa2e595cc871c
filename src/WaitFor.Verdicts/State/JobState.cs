namespace WaitFor.Verdicts.State;

/// <summary>The fields of a Job that verdicts read; absent counts are null.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/"/></summary>
public sealed class JobState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>What was asked of the Job.</summary>
    public JobSpec? Spec { get; init; }

    /// <summary>How far it got; <c>{}</c> when it was just created.</summary>
    public JobStatus? Status { get; init; }

    /// <inheritdoc />
    public IEnumerable<string> Images => Spec?.Template?.Spec?.Images ?? [];
}

/// <summary>Fields of a Job's spec.</summary>
public sealed class JobSpec
{
    /// <summary>True: no pod is to be started.</summary>
    public bool? Suspend { get; init; }

    /// <summary>How many successes complete the Job; null for a work queue, where one is enough.</summary>
    public int? Completions { get; init; }

    /// <summary>How many failed pods are retried; null is the server's default, 6. Only shown.</summary>
    public int? BackoffLimit { get; init; }

    /// <summary>How long the Job may be active, in seconds; null for no limit. Only shown.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>When the finished Job is removed, in seconds after its end; null for never. Only shown.</summary>
    public int? TtlSecondsAfterFinished { get; init; }

    /// <summary>Labels of the Job's pods; finds them for the report.</summary>
    public IReadOnlyDictionary<string, string?>? MatchLabels { get; init; }

    /// <summary>The pods' template.</summary>
    public PodTemplate? Template { get; init; }
}

/// <summary>A pod template.</summary>
public sealed class PodTemplate
{
    /// <summary>The spec of the pods to be.</summary>
    public PodSpec? Spec { get; init; }
}

/// <summary>Fields of a Job's status.</summary>
public sealed class JobStatus
{
    /// <summary>Pods that are pending or running.</summary>
    public int? Active { get; init; }

    /// <summary>Active pods that are ready (1.24 and newer).</summary>
    public int? Ready { get; init; }

    /// <summary>Pods that succeeded.</summary>
    public int? Succeeded { get; init; }

    /// <summary>Pods that failed.</summary>
    public int? Failed { get; init; }

    /// <summary>Pods that succeeded and are not in <see cref="Succeeded"/> yet (<c>uncountedTerminatedPods</c>, 1.23 and
    /// newer).</summary>
    public int UncountedSucceeded { get; init; }

    /// <summary>Pods that failed and are not in <see cref="Failed"/> yet.</summary>
    public int UncountedFailed { get; init; }

    /// <summary>Pods that are being deleted (1.28 and newer); only shown.</summary>
    public int? Terminating { get; init; }

    /// <summary>Indexes that failed for good (<c>backoffLimitPerIndex</c>), as text such as <c>1,3-5</c>; only shown.</summary>
    public string? FailedIndexes { get; init; }

    /// <summary>RFC 3339; only shown.</summary>
    public string? StartTime { get; init; }

    /// <summary>RFC 3339; only shown.</summary>
    public string? CompletionTime { get; init; }

    /// <summary>Complete, Failed, Suspended, SuccessCriteriaMet, FailureTarget.</summary>
    public IReadOnlyList<Condition?>? Conditions { get; init; }
}

namespace WaitFor.Verdicts;

/// <summary>The kinds a gate can wait for.</summary>
public enum TargetKind
{
    /// <summary>A Job of batch/v1.</summary>
    Job,

    /// <summary>A Pod of v1.</summary>
    Pod,

    /// <summary>A Service of v1, judged by its endpoints.</summary>
    Service,

    /// <summary>Any other kind, judged by the rule that the caller brings.</summary>
    Other,
}

/// <summary>How much failure is fine: the suffixes of k8s-wait-for's verbs.</summary>
public enum Tolerance
{
    /// <summary>None: <c>job</c>, <c>pod</c>.</summary>
    None = 0,

    /// <summary>A failed end is fine too: <c>job-we</c>, <c>pod-we</c>.</summary>
    FailedEnd,

    /// <summary>Failures are fine if something succeeded: <c>job-wr</c>, <c>pod-wr</c>.</summary>
    IfSomeSucceeded,
}

/// <summary>What a target that does not exist means (<c>--on-missing</c>).</summary>
public enum OnMissing
{
    /// <summary>It may still come.</summary>
    Wait = 0,

    /// <summary>The gate fails, with the exit code for missing.</summary>
    Fail,

    /// <summary>The gate opens; for Jobs only.</summary>
    Pass,
}

/// <summary>What was asked of one target.</summary>
public sealed record Expectation
{
    /// <summary>The kind of the objects.</summary>
    public required TargetKind Kind { get; init; }

    /// <summary>True: one object by its name. False: the set of all that match a selector.</summary>
    public required bool Named { get; init; }

    /// <summary>How much failure is fine.</summary>
    public Tolerance Tolerance { get; init; }

    /// <summary>What a missing target means.</summary>
    public OnMissing OnMissing { get; init; }

    /// <summary>Labels (<c>metadata.labels</c>) an object must carry, else it is stale; Jobs and pods.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Images of which one must stand in the object's containers or init containers, else it is stale; Jobs and pods.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>"At least this many" in place of "all": 1 or more; sets of pods, and services. Null: all.</summary>
    public int? MinReady { get; init; }
}

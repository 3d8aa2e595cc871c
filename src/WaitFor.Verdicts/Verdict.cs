namespace WaitFor.Verdicts;

/// <summary>Where a target stands. <see cref="Pending"/> is the default value: in every doubt the gate stays shut.</summary>
public enum VerdictKind
{
    /// <summary>Not yet, and it can still happen.</summary>
    Pending = 0,

    /// <summary>The target is where it should be.</summary>
    Met,

    /// <summary>The target can no longer get there.</summary>
    Failed,
}

/// <summary>The judgement on one target (or on one object of a set): what, a machine code, and a sentence with numbers.</summary>
public sealed record Verdict
{
    private Verdict(VerdictKind kind, string code, string sentence)
    {
        Kind = kind;
        Code = code;
        Sentence = sentence;
    }

    /// <summary>Met, Pending or Failed.</summary>
    public VerdictKind Kind { get; }

    /// <summary>One of <see cref="VerdictCode"/>; stable, for machines.</summary>
    public string Code { get; }

    /// <summary>One sentence for people, without the target's name, with numbers where there are any.</summary>
    public string Sentence { get; }

    /// <summary>The verdicts on the single objects of a set, in the order of their names; empty for a single object.</summary>
    public IReadOnlyList<ObjectVerdict> Objects { get; init; } = [];

    internal static Verdict Met(string code, string sentence) => new(VerdictKind.Met, code, sentence);

    internal static Verdict Pending(string code, string sentence) => new(VerdictKind.Pending, code, sentence);

    internal static Verdict Failed(string code, string sentence) => new(VerdictKind.Failed, code, sentence);

    /// <summary>What a target's verdict becomes while its last state cannot be confirmed: Met is Pending then; everything else
    /// stays.</summary>
    public Verdict Unconfirmed() =>
        Kind == VerdictKind.Met ? Pending(VerdictCode.Unconfirmed, $"was met ({Sentence}), cannot be confirmed now") : this;

    /// <summary>What a Met becomes until it has held without a break for as long as was asked; everything else stays.</summary>
    /// <param name="held">How long it has held, 0 s or more.</param>
    /// <param name="asked">How long it has to hold.</param>
    public Verdict Until(TimeSpan held, TimeSpan asked) =>
        Kind == VerdictKind.Met && held < asked
            ? Pending(VerdictCode.NotStableYet, $"{Sentence}, stable for {Words.Duration(held)} of {Words.Duration(asked)}") with
            {
                Objects = Objects,
            }
            : this;

    /// <summary>The verdict before the first complete list: nothing is known yet.</summary>
    public static Verdict NotKnownYet { get; } = Pending(VerdictCode.NotKnownYet, "not known yet");
}

/// <summary>The verdict on one object of a set.</summary>
/// <param name="Name">The object's name; <c>namespace/name</c> where the set spans namespaces.</param>
/// <param name="Verdict">What its own state says.</param>
public sealed record ObjectVerdict(string Name, Verdict Verdict);

/// <summary>Machine codes of verdicts. They are part of the JSON output: a code may be added, never renamed.</summary>
public static class VerdictCode
{
#pragma warning disable CS1591 // the names say it; the rules that use them are the documentation
    public const string NotKnownYet = nameof(NotKnownYet);
    public const string Missing = nameof(Missing);
    public const string Stale = nameof(Stale);
    public const string Unconfirmed = nameof(Unconfirmed);
    public const string NotStableYet = nameof(NotStableYet);
    public const string BeingDeleted = nameof(BeingDeleted);

    public const string JobComplete = nameof(JobComplete);
    public const string JobFinished = nameof(JobFinished);
    public const string JobRecorded = nameof(JobRecorded);
    public const string JobFailed = nameof(JobFailed);
    public const string JobFailing = nameof(JobFailing);
    public const string JobFinishing = nameof(JobFinishing);
    public const string JobSuspended = nameof(JobSuspended);
    public const string JobNotStarted = nameof(JobNotStarted);
    public const string JobRunning = nameof(JobRunning);
    public const string JobRetrying = nameof(JobRetrying);
    public const string JobsComplete = nameof(JobsComplete);
    public const string JobsRunning = nameof(JobsRunning);

    public const string PodReady = nameof(PodReady);
    public const string PodSucceeded = nameof(PodSucceeded);
    public const string PodNotReady = nameof(PodNotReady);
    public const string PodFailed = nameof(PodFailed);
    public const string PodReplaced = nameof(PodReplaced);
    public const string PodCannotStart = nameof(PodCannotStart);
    public const string PodsReady = nameof(PodsReady);
    public const string PodsNotReady = nameof(PodsNotReady);
    public const string PodsFailed = nameof(PodsFailed);

    public const string ServiceReady = nameof(ServiceReady);
    public const string ServiceNotReady = nameof(ServiceNotReady);
    public const string ServiceWithoutEndpoints = nameof(ServiceWithoutEndpoints);
    public const string ServiceExternalName = nameof(ServiceExternalName);

    public const string NotObserved = nameof(NotObserved);
    public const string NotReadable = nameof(NotReadable);

    public const string RolloutComplete = nameof(RolloutComplete);
    public const string RolloutPaused = nameof(RolloutPaused);
    public const string RolloutUpdating = nameof(RolloutUpdating);
    public const string RolloutOldPods = nameof(RolloutOldPods);
    public const string RolloutNotAvailable = nameof(RolloutNotAvailable);
    public const string ReplicaFailure = nameof(ReplicaFailure);
    public const string ProgressDeadlineExceeded = nameof(ProgressDeadlineExceeded);
    public const string RevisionReplaced = nameof(RevisionReplaced);
    public const string RevisionNotReached = nameof(RevisionNotReached);

    public const string ClaimBound = nameof(ClaimBound);
    public const string ClaimNotBound = nameof(ClaimNotBound);
    public const string ClaimLost = nameof(ClaimLost);
    public const string VolumeReady = nameof(VolumeReady);
    public const string VolumeNotReady = nameof(VolumeNotReady);
    public const string VolumeFailed = nameof(VolumeFailed);
    public const string NamespaceActive = nameof(NamespaceActive);
    public const string NamespaceNotActive = nameof(NamespaceNotActive);
    public const string NamesNotAccepted = nameof(NamesNotAccepted);

    public const string ObjectExists = nameof(ObjectExists);
    public const string ObjectReady = nameof(ObjectReady);
    public const string ObjectNotReady = nameof(ObjectNotReady);
    public const string ObjectReconciling = nameof(ObjectReconciling);
    public const string ObjectStalled = nameof(ObjectStalled);
    public const string ObjectsReady = nameof(ObjectsReady);
    public const string ObjectsNotReady = nameof(ObjectsNotReady);

    public const string WantedMet = nameof(WantedMet);
    public const string WantedNotMet = nameof(WantedNotMet);
    public const string WantedUnreachable = nameof(WantedUnreachable);
    public const string ObjectDeleted = nameof(ObjectDeleted);
    public const string ObjectNotDeleted = nameof(ObjectNotDeleted);

    public const string AllMet = nameof(AllMet);
    public const string SomePending = nameof(SomePending);
    public const string SomeFailed = nameof(SomeFailed);
#pragma warning restore CS1591
}

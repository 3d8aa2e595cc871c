using WaitFor.Manifests;
using WaitFor.Watching;

namespace WaitFor.Lint;

/// <summary>What the rules judge: the manifests, and the migration Jobs, gates and workloads that were found in them.</summary>
/// <param name="Objects">All objects, in their order.</param>
/// <param name="Jobs">The migration Jobs.</param>
/// <param name="Gates">What waits for a migration.</param>
/// <param name="Workloads">Every object that makes pods, migration Jobs included.</param>
internal sealed record Pattern(
    IReadOnlyList<ManifestEntry> Objects,
    IReadOnlyList<MigrationJob> Jobs,
    IReadOnlyList<LintGate> Gates,
    IReadOnlyList<Workload> Workloads
)
{
    /// <summary>A line for each document that was not judged, with place and reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>An object that makes pods.</summary>
/// <param name="Entry">The object: Job, CronJob, Deployment, StatefulSet, DaemonSet, ReplicaSet, Pod and the like.</param>
/// <param name="PodSpec">The pod's spec in it.</param>
/// <param name="PodMetadata">The pod template's metadata; null for none.</param>
/// <param name="Containers">All containers, init containers first, in their order.</param>
internal sealed record Workload(
    ManifestEntry Entry,
    ManifestNode PodSpec,
    ManifestNode? PodMetadata,
    IReadOnlyList<LintContainer> Containers
)
{
    /// <summary>Such as <c>deployment/shop</c>.</summary>
    public string Title => $"{Entry.Kind.ToLowerInvariant()}/{Entry.Name}";

    /// <summary>The pod's service account; <c>default</c> where none is named.</summary>
    public string ServiceAccount =>
        (PodSpec["serviceAccountName"] ?? PodSpec["serviceAccount"])?.Text is { Length: > 0 } name ? name : "default";
}

/// <summary>A container with the words that it runs.</summary>
/// <param name="Node">The container in the manifest.</param>
/// <param name="Name">Its name; empty where it has none.</param>
/// <param name="Image">Its image as written; empty where it has none.</param>
/// <param name="Init">Whether it is an init container (a sidecar with <c>restartPolicy: Always</c> too).</param>
/// <param name="Command">The words of <c>command</c>.</param>
/// <param name="Args">The words of <c>args</c>.</param>
internal sealed record LintContainer(
    ManifestNode Node,
    string Name,
    string Image,
    bool Init,
    IReadOnlyList<string> Command,
    IReadOnlyList<string> Args
);

/// <summary>Which program a gate runs; it decides which permissions it needs.</summary>
internal enum GateProgram
{
    /// <summary>Our own <c>wait-for</c>, also under k8s-wait-for's arguments.</summary>
    WaitFor,

    /// <summary>k8s-wait-for: needs <c>get</c>.</summary>
    K8sWaitFor,

    /// <summary><c>kubectl wait</c>, also inside a shell line: needs get, list and watch.</summary>
    KubectlWait,

    /// <summary><c>migrate wait</c>: asks the database, and needs no permission.</summary>
    MigrateWait,
}

/// <summary>A container that waits for a migration Job.</summary>
/// <param name="Owner">Where it stands.</param>
/// <param name="Container">The container.</param>
/// <param name="Program">What it runs.</param>
/// <param name="Targets">The Jobs that it names; empty where it selects by label, and for <see cref="GateProgram.MigrateWait"/>.</param>
/// <param name="Selector">The label selector of its Jobs; empty for all Jobs; null where it selects none.</param>
/// <param name="Namespace">Of <c>-n</c>; null where the gate's own namespace is meant.</param>
/// <param name="Arguments">All its arguments, environment variables of the program already merged in.</param>
/// <param name="Place">Where its arguments stand, for findings.</param>
internal sealed record LintGate(
    Workload Owner,
    LintContainer Container,
    GateProgram Program,
    IReadOnlyList<string> Targets,
    string? Selector,
    string? Namespace,
    GateArguments Arguments,
    ManifestNode Place
)
{
    /// <summary>The Jobs of the manifests that it waits for; empty where there are none.</summary>
    public IReadOnlyList<MigrationJob> Jobs { get; init; } = [];

    /// <summary>Everything that it waits for, pods and services too; empty where that is not known.</summary>
    public IReadOnlyList<Target> Waits { get; init; } = [];

    /// <summary>The namespace that its option says; null for none. That of a target counts before it.</summary>
    public string? Asked { get; init; }

    /// <summary>True where it does not act as the pod's service account: with a kubeconfig, a token, or as somebody else.</summary>
    public bool OtherIdentity { get; init; }

    /// <summary>True where it looks into all namespaces.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>Why the program refuses its arguments; null where it takes them.</summary>
    public string? Problem { get; init; }

    /// <summary>True where it waits for Jobs, or for their work: not for other pods and services alone.</summary>
    public bool ForJobs => Targets.Count > 0 || Selector is not null || Jobs.Count > 0 || Program == GateProgram.MigrateWait;

    /// <summary>The namespace that it looks into; null where the manifests do not say it.</summary>
    public string? LooksInto => Namespace ?? Owner.Entry.Namespace;
}

/// <summary>What of a gate's options the rules read.</summary>
/// <param name="Timeout">Its time limit; null where none is given (the program's default holds).</param>
/// <param name="Record">Whether <c>--record</c> is given.</param>
/// <param name="RecordWrite">Whether <c>--record-write</c> is given.</param>
/// <param name="Guarded">Whether <c>--expect-image</c> or <c>--expect-label</c> is given.</param>
/// <param name="ExpectedImage">The value of <c>--expect-image</c>; null for none.</param>
/// <param name="Report">Whether the gate reads more for its report (the default of <c>--report</c>).</param>
internal sealed record GateArguments(
    TimeSpan? Timeout,
    bool Record,
    bool RecordWrite,
    bool Guarded,
    string? ExpectedImage,
    bool Report
)
{
    /// <summary>Whether a missing Job opens the gate (<c>--on-missing pass</c>).</summary>
    public bool OpensWhenMissing { get; init; }
}

/// <summary>A Job that migrates.</summary>
/// <param name="Owner">The Job (or the CronJob).</param>
/// <param name="Container">The container that migrates.</param>
/// <param name="Why">Why it counts as a migration Job, such as <c>a gate waits for it</c>.</param>
/// <param name="WritesRecord">Whether it writes a completion record (<c>migrate up --record</c> and the like).</param>
internal sealed record MigrationJob(Workload Owner, LintContainer Container, string Why, bool WritesRecord)
{
    /// <summary>The ConfigMap that it writes the completion record into; null for none.</summary>
    public CompletionRecordUse? Record { get; init; }

    /// <summary>The Job's name; that of <c>generateName</c> where it has no name.</summary>
    public string Name => Owner.Entry.Name;
}

/// <summary>How <c>migrate</c> writes its completion record.</summary>
/// <param name="ConfigMap">The ConfigMap's name; null where only the cluster knows it.</param>
/// <param name="Namespace">Of <c>-n</c>; null where the Job's own is meant.</param>
/// <param name="Key">The key, which has to be the Job's name; null where nothing says it, which <c>migrate</c> refuses.</param>
/// <param name="Place">Where its arguments stand.</param>
internal sealed record CompletionRecordUse(string? ConfigMap, string? Namespace, string? Key, ManifestNode Place);

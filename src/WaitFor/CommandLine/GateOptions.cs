using WaitFor.Kubernetes.Access;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>What the command line and the environment ask for, checked.</summary>
internal sealed record GateOptions
{
    /// <summary>What to wait for; at least one, unless there are <see cref="Files"/>.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>Files, folders, or <c>-</c>: the manifests that name what to wait for.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True: folders are read with those below them.</summary>
    public bool Recursive { get; init; }

    /// <summary>True: the gate looks at the state once, and does not wait.</summary>
    public bool Once { get; init; }

    /// <summary>The namespace of targets that name none; null: the pod's, or the context's.</summary>
    public string? Namespace { get; init; }

    /// <summary>True: the selector spans all namespaces.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>The service account that <c>wait-for rbac</c> binds the rights to.</summary>
    public string ServiceAccount { get; init; } = "default";

    /// <summary>Its namespace; null: that of the targets that name none.</summary>
    public string? ServiceAccountNamespace { get; init; }

    /// <summary>True: <c>wait-for rbac</c> adds what a full report reads.</summary>
    public bool Report { get; init; }

    /// <summary>The longest time to wait; zero for no limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>A kubeconfig file; null: found as <c>AccessLoader</c> says.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>A context of the kubeconfig; null: the current one.</summary>
    public string? Context { get; init; }

    /// <summary>kubectl's own flags: which server is asked, and as whom.</summary>
    public AccessOverrides Access { get; init; } = AccessOverrides.None;

    /// <summary>Lines for the log: what was accepted and has no effect here, or not the one that may be meant.</summary>
    public IReadOnlyList<Note> Notes { get; init; } = [];
}

/// <summary>How to talk to whoever started us. Known even when the rest of the command line is wrong.</summary>
/// <param name="Json">One JSON document on stdout at the end, the log as JSON lines.</param>
/// <param name="Verbose">Requests and watch events in the log.</param>
/// <param name="TerminationLog">File for the termination message; null for none.</param>
internal sealed record OutputOptions(bool Json, bool Verbose, string? TerminationLog);

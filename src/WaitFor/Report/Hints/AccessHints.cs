using WaitFor.Kubernetes;

namespace WaitFor.Report.Hints;

/// <summary>The state of the target cannot be read.</summary>
internal static class AccessHints
{
    /// <summary>RBAC denies what the wait itself needs, still within the time of grace.</summary>
    public static Finding? PermissionMissing(TargetFacts facts) =>
        facts.Fault is { Kind: FaultKind.Forbidden } fault
            ? new(
                fault.Message,
                fault.Message.Contains("system:anonymous", StringComparison.Ordinal)
                    ? "Give the kubeconfig's user credentials: none were sent."
                    : $"Apply the Role below{(Subject.OfDenial(fault.Message) is null ? ", and bind it to that user" : "")}."
            )
            : null;

    /// <summary>The Role lacks a permission for watching the target: it was polled, or its state came from another object.</summary>
    public static Finding? WatchMissing(TargetFacts facts)
    {
        // The whole Role is shown where the wait is denied.
        if (facts.Shortfalls is not [var shortfall, ..] || facts.Fault is { Kind: FaultKind.Forbidden })
            return null;
        // With the best source of a service's endpoints nothing else of them is read.
        var bySlices = facts.Shortfalls.Any(one => one.Collection.Resource == "endpointslices");
        var rules = facts
            .Shortfalls.Where(one => !bySlices || one.Collection.Resource is not ("endpoints" or "pods"))
            .Select(one => one.Rule)
            .Distinct(StringComparer.Ordinal);
        return new($"{shortfall.Fact}: {shortfall.Instead}", $"Add to the Role: {string.Join(", ", rules)}");
    }

    /// <summary>What to look at if an init container has no network, as a clause.
    /// <see href="https://istio.io/latest/docs/setup/additional-setup/cni/#compatibility-with-application-init-containers"/></summary>
    public const string InitBeforeSidecar =
        "init containers run before a service mesh's sidecar: use native sidecars, or exclude the API server's port or cluster IP from the "
        + "mesh (Istio: annotation traffic.sidecar.istio.io/excludeOutboundPorts or excludeOutboundIPRanges; "
        + "holdApplicationUntilProxyStarts does not help init containers)";

    /// <summary>The connection was refused or reset each time, and the API server has never answered.</summary>
    public static Finding? NetworkNotReady(TargetFacts facts) =>
        facts.Fault is { NetworkNotReady: true } fault
            ? new(
                $"the API server was never reached: {fault.Message}",
                "Check that the API server runs, its address and the network policies; in a pod with a service mesh: "
                    + $"{InitBeforeSidecar}."
            )
            : null;

    /// <summary>The API server does not answer, or not as it should.</summary>
    public static Finding? ServerUnreachable(TargetFacts facts) =>
        facts.Fault is { Kind: not FaultKind.Forbidden, NetworkNotReady: false } fault
            ? new(
                fault.Kind == FaultKind.Waiting ? fault.Message : $"the API server gave no usable answer: {fault.Message}",
                fault switch
                {
                    { Kind: FaultKind.Untrusted } =>
                        "Give the CA of this API server in the kubeconfig's cluster (certificate-authority), and the address that its "
                            + "certificate names.",
                    { Advice: { } advice } => $"{char.ToUpperInvariant(advice[0])}{advice[1..]}.",
                    { NotSent: true } => "Correct the credentials that the message names.",
                    _ => "Check that this pod reaches the API server (network policies, DNS, the server's health) with credentials that "
                        + "it accepts.",
                }
            )
            : null;
}

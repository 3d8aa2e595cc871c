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
                    : "Apply the Role that comes with this report."
            )
            : null;

    /// <summary>The Role lacks what following needs: the target was polled, or told by something else.</summary>
    public static Finding? WatchMissing(TargetFacts facts) =>
        facts.Shortfalls is [var shortfall, ..]
            ? new($"{shortfall.Fact}: {shortfall.Instead}", $"Add to the Role: {shortfall.Rule}")
            : null;

    /// <summary>The API server does not answer, or not as it should.</summary>
    public static Finding? ServerUnreachable(TargetFacts facts) =>
        facts.Fault is { Kind: not FaultKind.Forbidden } fault
            ? new(
                $"the API server gave no usable answer: {fault.Message}",
                fault.Kind == FaultKind.Untrusted
                    ? "Give the CA of this API server in the kubeconfig's cluster (certificate-authority), and the address that its "
                        + "certificate is for."
                    : "Check that this pod reaches the API server (network policies, DNS, the server's health) with credentials that it "
                        + "accepts."
            )
            : null;
}

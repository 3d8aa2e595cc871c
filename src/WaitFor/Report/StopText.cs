using WaitFor.Kubernetes;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>What is said when no retry can help: which request, why, and the next step.</summary>
internal static class StopText
{
    /// <summary>Exit code, outcome in one word, and the message.</summary>
    /// <param name="target">The target that cannot be followed.</param>
    /// <param name="targets">All targets: missing Roles are told for all at once.</param>
    /// <param name="collection">What was asked of the API server.</param>
    /// <param name="fault">Why it was in vain.</param>
    public static (int ExitCode, string Outcome, string Message) Of(Target target, IReadOnlyList<Target> targets, Collection collection, ApiFault fault) => fault.Kind switch
    {
        FaultKind.Rejected when target.Selector is { } selector =>
            (ExitCode.Usage, "usage", $"{target}: the API server refuses the selector \"{ApiFault.OneLine(selector)}\": {fault.Message}; correct it"),
        FaultKind.Rejected => Denied($"{target}: the server refuses the request: {fault.Message}; check that the address and its scheme (https) are a Kubernetes API server's"),
        FaultKind.Forbidden when fault.Message.Contains("system:anonymous", StringComparison.Ordinal) =>
            Denied($"{target}: denied: {fault.Message}; no credentials were sent: give the kubeconfig's user a token, a client certificate or an exec plugin"),
        FaultKind.Forbidden when Subject.OfDenial(fault.Message) is { } subject =>
            Denied($"{target}: denied: {fault.Message}; apply this:\n{RoleText.Of(targets, subject, collection.Resource == "endpoints")}"),
        FaultKind.Forbidden => Denied($"{target}: denied: {fault.Message}; apply this, and bind it to that user:\n{RoleText.Of(targets, subject: null, collection.Resource == "endpoints")}"),
        FaultKind.Unauthorized => Denied($"{target}: the credentials are not accepted: {fault.Message}; check the token, or the service account"),
        FaultKind.Untrusted => Denied($"{target}: {fault.Message}"),
        FaultKind.NotServed => Denied($"{target}: the API server does not serve {collection.Resource} of {collection.GroupVersion}: {fault.Message}; check that the address is a Kubernetes API server's"),
        _ => Denied($"{target}: {fault.Message}"),
    };

    private static (int ExitCode, string Outcome, string Message) Denied(string message) => (ExitCode.Access, "denied", message);
}

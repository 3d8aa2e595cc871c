using WaitFor.Kubernetes;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>What is said when no retry can help: which request, why, and the next step.</summary>
internal static class StopText
{
    /// <summary>Exit code, outcome in one word, and the message.</summary>
    public static (int ExitCode, string Outcome, string Message) Of(Target target, Collection collection, ApiFault fault) => fault.Kind switch
    {
        FaultKind.Rejected => (ExitCode.Usage, "usage", target.Selector is { } selector
            ? $"{target}: the API server refuses the selector \"{ApiFault.OneLine(selector)}\": {fault.Message}; correct it"
            : $"{target}: the API server refuses the request: {fault.Message}"),
        FaultKind.Forbidden => (ExitCode.Access, "denied", $"{target}: denied: {fault.Message}; apply this, bound to the service account:\n{RoleText.For(target, collection)}"),
        FaultKind.Unauthorized => (ExitCode.Access, "denied", $"{target}: the credentials are not accepted: {fault.Message}; check the token, or the service account"),
        FaultKind.Untrusted => (ExitCode.Access, "denied", $"{target}: {fault.Message}; give the CA of this API server"),
        FaultKind.NotServed => (ExitCode.Access, "denied", $"{target}: the API server does not serve {collection.Resource} of {collection.GroupVersion}: {fault.Message}; check that the address is a Kubernetes API server's"),
        _ => (ExitCode.Access, "denied", $"{target}: {fault.Message}"),
    };
}

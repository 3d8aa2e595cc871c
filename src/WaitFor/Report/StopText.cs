using WaitFor.Kubernetes;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>How a gate ends when no retry can help.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Outcome">The same in one word.</param>
/// <param name="Message">Which request, why, and the next step.</param>
internal sealed record Stop(int ExitCode, string Outcome, string Message);

/// <summary>What is reported when no retry can help.</summary>
internal static class StopText
{
    /// <summary>Exit code, outcome and message.</summary>
    /// <param name="target">The target that cannot be followed.</param>
    /// <param name="collection">What was asked of the API server.</param>
    /// <param name="fault">Why it was refused.</param>
    public static Stop Of(Target target, Collection collection, ApiFault fault) =>
        fault.Kind switch
        {
            FaultKind.Rejected when Selectors(target) is { } selectors => new Stop(
                ExitCode.Usage,
                "usage",
                $"{target}: the API server refuses {selectors}: {fault.Message}; correct it"
            ),
            FaultKind.NoSuchKind => new Stop(ExitCode.Usage, "usage", fault.Message),
            FaultKind.Rejected => Denied(
                $"{target}: the server refuses the request: {fault.Message}; check that the address and its scheme (https) "
                    + "are those of a Kubernetes API server"
            ),
            FaultKind.Forbidden when IsAnonymous(fault) => Denied(
                $"{target}: denied: {fault.Message}; no credentials were sent: give the kubeconfig's user a token, a client certificate "
                    + "or an exec plugin"
            ),
            FaultKind.Forbidden => Denied($"{target}: denied: {fault.Message}"),
            FaultKind.Unauthorized when fault.NotSent => Denied($"{target}: no usable credentials: {fault.Message}"),
            FaultKind.Unauthorized => Denied(
                $"{target}: the credentials are not accepted: {fault.Message}; "
                    + (fault.Advice ?? "check the token, or the service account")
            ),
            FaultKind.Untrusted => Denied($"{target}: {fault.Message}"),
            FaultKind.NotServed => Denied(
                $"{target}: the API server does not serve {collection.Resource} of {collection.GroupVersion}: {fault.Message}; check that "
                    + "the address is that of a Kubernetes API server"
            ),
            _ => Denied($"{target}: {fault.Message}"),
        };

    /// <summary>The Roles to apply, as YAML, for all targets at once; null where the fault is not that a right is missing.</summary>
    public static string? RolesFor(ApiFault? fault, IReadOnlyList<Target> targets) =>
        fault is { Kind: FaultKind.Forbidden } && !IsAnonymous(fault)
            ? RoleText.Of(
                targets,
                Subject.OfDenial(fault.Message),
                endpoints: fault.Message.StartsWith("endpoints ", StringComparison.Ordinal)
            )
            : null;

    private static string? Selectors(Target target) =>
        (target.Selector, target.FieldSelector) switch
        {
            (null, null) => null,
            (null, { } fields) => $"the field selector \"{ApiFault.OneLine(fields)}\"",
            ({ } labels, null) => $"the selector \"{ApiFault.OneLine(labels)}\"",
            var (labels, fields) => $"the selector \"{ApiFault.OneLine(labels)}\" or the field selector \"{ApiFault.OneLine(fields)}\"",
        };

    /// <summary>Nobody can be given rights who does not say who he is.</summary>
    private static bool IsAnonymous(ApiFault fault) => fault.Message.Contains("system:anonymous", StringComparison.Ordinal);

    private static Stop Denied(string message) => new(ExitCode.Access, "denied", message);
}

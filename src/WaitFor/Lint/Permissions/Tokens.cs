using WaitFor.Manifests;

namespace WaitFor.Lint.Permissions;

/// <summary>Whether a container has its service account's token.
/// <see href="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"/></summary>
internal static class Tokens
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string Field = "automountServiceAccountToken";

    /// <summary>A missing token.</summary>
    /// <param name="File">Where that stands.</param>
    /// <param name="Place">The value.</param>
    /// <param name="Message">What is wrong.</param>
    /// <param name="Fix">What to do.</param>
    internal sealed record Missing(string File, ManifestNode Place, string Message, string Fix);

    /// <summary>Why the container has no token; null where it has one. The pod's spec counts before the account.</summary>
    /// <param name="owner">The workload.</param>
    /// <param name="container">The container.</param>
    /// <param name="account">Its ServiceAccount; null where that is not in the manifests.</param>
    public static Missing? Problem(Workload owner, LintContainer container, ManifestEntry? account)
    {
        var (file, value, whose) =
            owner.PodSpec[Field] is { Text: not null } own ? (owner.Entry.File, own, "the pod's spec")
            : account?.Node[Field] is { Text: not null } its ? (account.File, its, $"ServiceAccount {account.Name}")
            : (owner.Entry.File, null, "");
        return value?.Text is "false" or "False" or "FALSE" && !HasOwnToken(owner, container)
            ? new Missing(
                file,
                value,
                $"container {container.Name}: {whose} says {Field}: false, so there is no token for the API server",
                $"write {Field}: true into the pod's spec of {owner.Title}, which counts before the ServiceAccount's"
            )
            : null;
    }

    /// <summary>A token that a projected volume brings to the usual place.</summary>
    private static bool HasOwnToken(Workload owner, LintContainer container)
    {
        var volumes = (container.Node["volumeMounts"]?.Items ?? [])
            .Where(mount => mount["mountPath"]?.Text?.TrimEnd('/') == Folder)
            .Select(mount => mount["name"]?.Text)
            .ToList();
        return (owner.PodSpec["volumes"]?.Items ?? []).Any(volume =>
            volumes.Contains(volume["name"]?.Text, StringComparer.Ordinal)
            && (
                volume["secret"] is not null
                || volume["projected"]?["sources"]?.Items?.Any(source => source["serviceAccountToken"] is not null) == true
            )
        );
    }
}

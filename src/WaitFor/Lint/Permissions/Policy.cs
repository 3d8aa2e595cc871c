using WaitFor.Manifests;
using WaitFor.Report;

namespace WaitFor.Lint.Permissions;

/// <summary>A rule of a Role.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole"/></summary>
/// <param name="Groups">API groups; <c>*</c> for all.</param>
/// <param name="Resources">Resources with their subresources; <c>*</c> for all.</param>
/// <param name="Names">Objects by their names; empty for all.</param>
/// <param name="Verbs">Verbs; <c>*</c> for all.</param>
internal sealed record Policy(
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Verbs
)
{
    private const string All = "*";

    /// <summary>The rules of a Role or ClusterRole.</summary>
    public static IEnumerable<Policy> Of(ManifestNode role) =>
        (role["rules"]?.Items ?? []).Select(rule =>
            new Policy(Words(rule["apiGroups"]), Words(rule["resources"]), Words(rule["resourceNames"]), Words(rule["verbs"]))
        );

    /// <summary>Whether it allows a right, wherever it is granted. A name allows list and watch of that one object only, which is what a
    /// gate asks for; it never allows create.</summary>
    public bool Allows(Right right) =>
        Has(Verbs, right.Verb)
        && Has(Groups, right.Group)
        && (
            Has(Resources, right.Resource)
            || (
                right.Resource.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
                && Resources.Contains(All + right.Resource[slash..], StringComparer.Ordinal)
            )
        )
        && (Names.Count == 0 || (right.Name is not null && Names.Contains(right.Name, StringComparer.Ordinal)));

    private static bool Has(IReadOnlyList<string> words, string word) =>
        words.Contains(All, StringComparer.Ordinal) || words.Contains(word, StringComparer.Ordinal);

    private static List<string> Words(ManifestNode? list) => [.. (list?.Items ?? []).Select(item => item.Text ?? "")];
}

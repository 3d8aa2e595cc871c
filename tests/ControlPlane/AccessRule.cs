using k8s.Models;

namespace WaitFor.Testing;

/// <summary>One rule of a Role (rbac.authorization.k8s.io/v1).</summary>
/// <param name="ApiGroup">The API group; the empty string for the core group.</param>
/// <param name="Resources">Resources, for example <c>jobs</c> or <c>pods/log</c>.</param>
/// <param name="Verbs">Verbs, for example <c>get</c>, <c>list</c>, <c>watch</c>.</param>
/// <param name="ResourceNames">The only names that the rule allows; null or empty: all.</param>
public sealed record AccessRule(
    string ApiGroup,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string>? ResourceNames = null
)
{
    internal V1PolicyRule ToPolicyRule() =>
        new()
        {
            ApiGroups = [ApiGroup],
            Resources = [.. Resources],
            Verbs = [.. Verbs],
            ResourceNames = ResourceNames is { Count: > 0 } ? [.. ResourceNames] : null,
        };
}

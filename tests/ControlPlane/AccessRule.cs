using System.Text.Json.Nodes;

namespace WaitFor.Testing;

/// <summary>One rule of a Role (rbac.authorization.k8s.io/v1).</summary>
/// <param name="ApiGroup">The API group; the empty string for the core group.</param>
/// <param name="Resources">Resources, for example <c>jobs</c> or <c>pods/log</c>.</param>
/// <param name="Verbs">Verbs, for example <c>get</c>, <c>list</c>, <c>watch</c>.</param>
/// <param name="ResourceNames">The only names the rule is good for; null or empty: all.</param>
public sealed record AccessRule(
    string ApiGroup,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string>? ResourceNames = null
)
{
    internal JsonObject ToJson()
    {
        var rule = new JsonObject
        {
            ["apiGroups"] = List([ApiGroup]),
            ["resources"] = List(Resources),
            ["verbs"] = List(Verbs),
        };
        if (ResourceNames is { Count: > 0 })
        {
            rule["resourceNames"] = List(ResourceNames);
        }

        return rule;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}

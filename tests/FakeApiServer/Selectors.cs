using System.Text.Json.Nodes;

namespace WaitFor.Testing;

/// <summary>The selectors that tests use: a field selector by =; labels by =, ==, !=, existence and absence.</summary>
internal static class Selectors
{
    public static bool Match(SeenRequest request, JsonObject item) =>
        MatchFields(request.Query.GetValueOrDefault("fieldSelector"), item)
        && MatchLabels(request.Query.GetValueOrDefault("labelSelector"), item);

    private static bool MatchFields(string? selector, JsonObject item) =>
        (selector ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .All(requirement =>
            {
                var equals = requirement.IndexOf('=', StringComparison.Ordinal);
                return (string?)requirement[..equals].Split('.').Aggregate((JsonNode?)item, (node, field) => node?[field])
                    == requirement[(equals + 1)..];
            });

    private static bool MatchLabels(string? selector, JsonObject item) =>
        (selector ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .All(requirement =>
            {
                var labels = item["metadata"]!["labels"] as JsonObject;
                if (requirement.StartsWith('!'))
                    return labels?.ContainsKey(requirement[1..]) != true;
                var differs = requirement.IndexOf("!=", StringComparison.Ordinal);
                if (differs > 0)
                    return (string?)labels?[requirement[..differs]] != requirement[(differs + 2)..];
                var equals = requirement.IndexOf('=', StringComparison.Ordinal);
                return equals > 0
                    ? (string?)labels?[requirement[..equals]] == requirement[(equals + 1)..].TrimStart('=')
                    : labels?.ContainsKey(requirement) == true;
            });
}

using System.Text.Json.Nodes;
using NJsonSchema;

namespace WaitFor.Tests.Report;

/// <summary>The published schema of the result.</summary>
internal static class ResultSchema
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "wait-for-result.schema.json"));

    private static readonly Task<JsonSchema> Schema = JsonSchema.FromJsonAsync(Text);

    /// <summary>What is wrong with a document, one line for each; none where it is valid.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(string document) =>
        [.. (await Schema).Validate(document).Select(problem => $"{problem.Path}: {problem.Kind}")];

    /// <summary>The paths of all properties that the schema describes, such as <c>targets[].pods[].name</c>.</summary>
    public static IReadOnlySet<string> Described { get; } = Walk(JsonNode.Parse(Text)!, "").ToHashSet(StringComparer.Ordinal);

    /// <summary>The paths of all properties that a document has; keys of a selector are nobody's property.</summary>
    public static IReadOnlySet<string> PropertiesOf(string document) =>
        Paths(JsonNode.Parse(document), "").ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(JsonNode schema, string path)
    {
        if (schema["items"] is { } items)
        {
            foreach (var inner in Walk(items, path + "[]"))
                yield return inner;
        }

        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            yield return at;
            foreach (var inner in Walk(property!, at))
                yield return inner;
        }
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject fields when !path.EndsWith(".services[].selector", StringComparison.Ordinal):
                foreach (var (name, value) in fields)
                {
                    var at = path.Length == 0 ? name : $"{path}.{name}";
                    yield return at;
                    foreach (var inner in Paths(value, at))
                        yield return inner;
                }

                break;
            case JsonArray items:
                foreach (var inner in items.SelectMany(item => Paths(item, path + "[]")))
                    yield return inner;
                break;
        }
    }
}

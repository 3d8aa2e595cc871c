using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>YAML as JSON, the way kubectl reads it.</summary>
internal static class Yaml
{
    /// <summary>All documents that hold an object.</summary>
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => ToJson(document.RootNode)).OfType<JsonObject>()];
    }

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, ToJson(entry.Value)))
            ),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } => Plain(text ?? ""),
            YamlScalarNode { Value: var text } => text,
            _ => throw new InvalidDataException($"{node.Start}: {node.NodeType} is not expected in a manifest"),
        };

    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
}

/// <summary>Short ways into JSON.</summary>
internal static class JsonPath
{
    /// <summary>What is at a path of names; null where there is nothing.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    /// <summary>The items of a list; none where there is no list.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node) => (node as JsonArray)?.OfType<JsonNode>() ?? [];

    /// <summary>The entries of an object; none where there is no object.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(this JsonNode? node) =>
        node as JsonObject ?? Enumerable.Empty<KeyValuePair<string, JsonNode?>>();

    /// <summary>A scalar as text, a truth value as YAML writes it; null where there is none.</summary>
    public static string? Text(this JsonNode? node) => (node as JsonValue)?.ToString();
}

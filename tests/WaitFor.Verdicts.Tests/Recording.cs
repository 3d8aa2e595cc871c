using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>Objects of a real API server, from <c>Recordings/SCENARIO/</c>. Every call gives a fresh copy.</summary>
internal static class Recording
{
    /// <summary>The object in a line of a watch; lines count from 1, as in an editor.</summary>
    public static JsonObject Line(string scenario, string resource, int line) =>
        JsonNode.Parse(File.ReadLines(PathOf(scenario, $"{resource}.watch.jsonl")).ElementAt(line - 1))!["object"]!
            .AsObject()
            .DeepClone()
            .AsObject();

    /// <summary>An item of the list made at the end of the scenario; items count from 0.</summary>
    public static JsonObject End(string scenario, string resource, int item = 0) => Items(scenario, $"{resource}.end.list.json")[item];

    /// <summary>The items of the list made at the end of the scenario; none where the recording has no such file.</summary>
    public static IReadOnlyList<JsonObject> EndItems(string scenario, string resource) => Items(scenario, $"{resource}.end.list.json");

    /// <summary>The items of the list made before the watch; none where the recording has no such file.</summary>
    public static IReadOnlyList<JsonObject> FirstItems(string scenario, string resource) => Items(scenario, $"{resource}.list.json");

    /// <summary>A single answer, such as <c>403-pods-list</c>.</summary>
    public static string Error(string name) => File.ReadAllText(PathOf("errors", name + ".json"));

    /// <summary>All objects of one resource, by their names, as they stood at first and after each line of the watch.</summary>
    public static IEnumerable<IReadOnlyCollection<JsonObject>> Replay(string scenario, string resource) =>
        ReplayLines(scenario, resource).Select(step => step.Items);

    /// <summary>The same with the lines, which count from 1; 0 for the first list. Bookmarks change nothing.</summary>
    public static IEnumerable<(int Line, IReadOnlyCollection<JsonObject> Items)> ReplayLines(string scenario, string resource)
    {
        var known = Items(scenario, $"{resource}.list.json").ToDictionary(Name, StringComparer.Ordinal);
        yield return (0, [.. known.Values]);
        foreach (var (number, text) in File.ReadLines(PathOf(scenario, $"{resource}.watch.jsonl")).Index())
        {
            var line = JsonNode.Parse(text)!;
            var item = line["object"]!.AsObject();
            switch ((string?)line["type"])
            {
                case "ADDED" or "MODIFIED":
                    known[Name(item)] = item;
                    break;
                case "DELETED":
                    known.Remove(Name(item));
                    break;
                default:
                    continue;
            }

            yield return (number + 1, [.. known.Values]);
        }
    }

    /// <summary>The scenarios with a watch of that resource.</summary>
    public static IReadOnlyList<string> Scenarios(string resource) =>
        [
            .. Directory
                .GetDirectories(Root)
                .Where(folder => File.Exists(Path.Combine(folder, $"{resource}.watch.jsonl")))
                .Select(folder => Path.GetFileName(folder))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Every state of every object of that resource that any watch shows; without the field owners, which nobody reads.</summary>
    public static IEnumerable<JsonObject> AllLines(string resource)
    {
        foreach (
            var line in Scenarios(resource)
                .SelectMany(scenario => File.ReadLines(PathOf(scenario, $"{resource}.watch.jsonl")))
                .Select(line => JsonNode.Parse(line)!)
        )
        {
            if ((string?)line["type"] is "ADDED" or "MODIFIED")
                yield return line["object"]!.DeepClone().AsObject().Without("metadata.managedFields");
        }
    }

    private static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Recordings");

    private static string PathOf(string scenario, string file) => Path.Combine(Root, scenario, file);

    private static string Name(JsonObject item) => (string)item["metadata"]!["name"]!;

    private static List<JsonObject> Items(string scenario, string file) =>
        File.Exists(PathOf(scenario, file))
            ?
            [
                .. JsonNode.Parse(File.ReadAllText(PathOf(scenario, file)))!["items"]!
                    .AsArray()
                    .Select(item => item!.DeepClone().AsObject()),
            ]
            : [];
}

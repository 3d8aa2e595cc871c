using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Flyway;

/// <summary>What a real Flyway 9.22 was given, and what it left.</summary>
internal sealed record Recording
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("before")]
    public IReadOnlyList<Step> Before { get => field ?? []; init; }

    [JsonPropertyName("args")]
    public required IReadOnlyList<string> Arguments { get; init; }

    [JsonPropertyName("env")]
    public IReadOnlyDictionary<string, string> Environment { get => field ?? new Dictionary<string, string>(); init; }

    /// <summary>Path to target.</summary>
    [JsonPropertyName("links")]
    public IReadOnlyDictionary<string, string> Links { get => field ?? new Dictionary<string, string>(); init; }

    /// <summary>Stored folder to real folder.</summary>
    [JsonPropertyName("renamed")]
    public IReadOnlyDictionary<string, string> Renamed { get => field ?? new Dictionary<string, string>(); init; }

    /// <summary>A text, or an object with base64; a name with a slash at its end is an empty folder.</summary>
    [JsonPropertyName("files")]
    public required IReadOnlyDictionary<string, JsonElement> Files { get; init; }

    [JsonPropertyName("exit")]
    public required int Exit { get; init; }

    /// <summary>The rows of each history table, by its name.</summary>
    [JsonPropertyName("history")]
    public required IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>> History { get; init; }

    [JsonPropertyName("catalog")]
    public required IReadOnlyList<string> Catalog { get; init; }

    [JsonPropertyName("rows")]
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, Recording> All { get; } =
        Lines("flyway-9.22.jsonl").Select(line => JsonSerializer.Deserialize(line, RecordingJson.Default.Recording)!)
            .ToDictionary(recording => recording.Name);

    /// <summary>The lines of a file of recordings.</summary>
    public static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(Repository.Root, "tests", "WaitFor.Migrate.Tests", "Flyway", "Recordings", file));

    /// <summary>Writes what lay in a folder.</summary>
    /// <param name="from">Its name in the recording, such as files or files-1.</param>
    /// <param name="to">The folder, which is emptied first.</param>
    /// <param name="fill">Fills texts in, but for scripts.</param>
    public void Write(string from, string to, Func<string, string> fill)
    {
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var (name, content) in Files.Where(file => file.Key.StartsWith(from + "/", StringComparison.Ordinal)))
        {
            var path = Renamed.Aggregate(name, (path, pair) => path.Replace(pair.Key + "/", pair.Value + "/", StringComparison.Ordinal));
            var file = Path.Combine(to, path[(from.Length + 1)..]);
            Directory.CreateDirectory(file.EndsWith('/') ? file : Path.GetDirectoryName(file)!);
            if (file.EndsWith('/'))
                continue;
            var bytes = content.ValueKind == JsonValueKind.String
                ? Encoding.UTF8.GetBytes(content.GetString()!)
                : content.GetProperty("base64").GetBytesFromBase64();
            // ISO-8859-1 keeps each byte as it is.
            File.WriteAllBytes(file, file.EndsWith(".sql", StringComparison.Ordinal) ? bytes
                : Encoding.Latin1.GetBytes(fill(Encoding.Latin1.GetString(bytes))));
        }

        foreach (var (path, target) in Links.Where(link => link.Key.StartsWith(from + "/", StringComparison.Ordinal)))
        {
            var link = Path.Combine(to, path[(from.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, target);
        }
    }

    /// <summary>A step before the recorded call: SQL, or an earlier call.</summary>
    internal sealed record Step
    {
        [JsonPropertyName("sql")]
        public string? Sql { get; init; }

        [JsonPropertyName("args")]
        public IReadOnlyList<string> Arguments { get => field ?? []; init; }

        [JsonPropertyName("env")]
        public IReadOnlyDictionary<string, string> Environment { get => field ?? new Dictionary<string, string>(); init; }

        [JsonPropertyName("files")]
        public string Files { get => field ?? "files"; init; }
    }
}

[JsonSerializable(typeof(Recording))]
internal sealed partial class RecordingJson : JsonSerializerContext;

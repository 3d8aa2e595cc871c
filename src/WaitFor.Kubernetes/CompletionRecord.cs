using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>The record that outlives a Job: a key in a ConfigMap, which <c>wait-for --record</c> reads when the Job is gone.
/// <see href="https://kubernetes.io/docs/concepts/configuration/configmap/"/></summary>
/// <param name="api">The API server.</param>
/// <param name="namespace">The namespace of Job and ConfigMap.</param>
/// <param name="name">The ConfigMap.</param>
/// <param name="key">The key: the Job's name.</param>
/// <param name="time">Clock.</param>
/// <param name="random">Of the pauses between writers that meet.</param>
/// <param name="retrying">Takes the fault of each attempt that is followed by another one.</param>
public sealed class CompletionRecord(
    ApiServer api,
    string @namespace,
    string name,
    string key,
    TimeProvider time,
    Random random,
    Action<ApiFault> retrying
)
{
    private const int KeysKept = 20;
    private const int Tries = 8;

    /// <summary>Of several writers that meet one comes through each time.</summary>
    private const int Conflicts = 50;
    private static readonly TimeSpan ConflictPause = TimeSpan.FromMilliseconds(250);

    private readonly Collection _item = new()
    {
        Group = "",
        Version = "v1",
        Resource = "configmaps",
        Kind = "ConfigMap",
        Namespace = @namespace,
        Name = name,
    };

    /// <summary>Where it is written: <c>NAMESPACE/NAME</c>.</summary>
    public string Place => $"{@namespace}/{name}";

    /// <summary>Writes the record; the newest twenty keys stay. A fault that may pass is retried, for a minute at most.</summary>
    /// <param name="release">The release; null where it is not known.</param>
    /// <param name="version">The database's version; null where it is not known.</param>
    /// <param name="replace">False: a record of this key that exists already stays as it is.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why it could not be written; null when the key exists now.</returns>
    public async Task<ApiFault?> WriteAsync(string? release, string? version, bool replace, CancellationToken cancel)
    {
        var value = Value(release, version);
        var conflicts = 0;
        for (var attempt = 1; ; attempt++)
        {
            var fault = await TryAsync(value, replace, cancel);
            if (fault is { IsConflict: true } && conflicts < Conflicts)
            {
                // The server is well: only the others are to be waited for.
                conflicts++;
                attempt--;
                await Task.Delay(ConflictPause * random.NextDouble(), time, cancel);
                continue;
            }

            if (
                fault is null or { Kind: FaultKind.Forbidden or FaultKind.Unauthorized or FaultKind.Untrusted or FaultKind.Rejected }
                || attempt == Tries
            )
                return fault;
            var pause = fault.RetryAfter ?? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), 15));
            retrying(fault);
            await Task.Delay(pause, time, cancel);
        }
    }

    /// <summary>What to do about a record that could not be written; empty where nothing is known to help.</summary>
    public string NextStep(ApiFault fault) =>
        fault.Kind == FaultKind.Forbidden
            ? $"; allow the verbs get, create and patch on the ConfigMap {name} in namespace {@namespace} (create cannot be "
                + "restricted to a name)"
            : "";

    private async Task<ApiFault?> TryAsync(string value, bool replace, CancellationToken cancel)
    {
        var (found, fault) = await api.GetAsync(_item, cancel);
        if (fault is { Kind: FaultKind.NotServed })
        {
            // Another one may create it at the same moment: a conflict, after which the next attempt finds it.
            (_, fault) = await api.CreateAsync(
                _item,
                Write(json =>
                {
                    json.WriteString("apiVersion", "v1");
                    json.WriteString("kind", "ConfigMap");
                    json.WriteStartObject("metadata");
                    json.WriteString("name", name);
                    json.WriteEndObject();
                    json.WriteStartObject("data");
                    json.WriteString(key, value);
                    json.WriteEndObject();
                }),
                cancel
            );
            return fault;
        }

        if (found is null)
            return fault;
        var known = Known.Read(found.Json);
        if (!replace && known.Times.ContainsKey(key))
            return null;
        (_, fault) = await api.PatchAsync(
            _item,
            Write(json =>
            {
                // With the version that was read, the server refuses a change between (409): the first writer's record stays.
                if (!replace && known.ResourceVersion is { } version)
                {
                    json.WriteStartObject("metadata");
                    json.WriteString("resourceVersion", version);
                    json.WriteEndObject();
                }

                json.WriteStartObject("data");
                json.WriteString(key, value);
                foreach (var other in Outdated(known))
                    json.WriteNull(other);
                json.WriteEndObject();
            }),
            cancel
        );
        return fault;
    }

    /// <summary>The keys beyond the newest, by the time in their values; a value that cannot be read is the oldest.</summary>
    private IEnumerable<string> Outdated(Known known) =>
        known
            .Times.Where(entry => entry.Key != key)
            .OrderByDescending(entry => entry.Value, StringComparer.Ordinal)
            .Skip(KeysKept - 1)
            .Select(entry => entry.Key);

    private static string TimeOf(string? value)
    {
        try
        {
            using var document = JsonDocument.Parse(value ?? "");
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("time", out var time)
                && time.ValueKind == JsonValueKind.String
                ? time.GetString() ?? ""
                : "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter: half a surrogate pair.
            return "";
        }
    }

    private string Value(string? release, string? version) =>
        Encoding.UTF8.GetString(
            Write(json =>
            {
                json.WriteString("release", release);
                json.WriteString("version", version);
                json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            })
        );

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>The ConfigMap as it was read: its version, and its keys with their times.</summary>
    private sealed record Known(string? ResourceVersion, Dictionary<string, string> Times)
    {
        public static Known Read(ReadOnlyMemory<byte> configMap)
        {
            using var document = JsonDocument.Parse(configMap);
            var times = new Dictionary<string, string>(StringComparer.Ordinal);
            if (document.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
            {
                foreach (var entry in data.EnumerateObject())
                    times[entry.Name] = TimeOf(entry.Value.GetString());
            }

            var version =
                document.RootElement.TryGetProperty("metadata", out var metadata)
                && metadata.ValueKind == JsonValueKind.Object
                && metadata.TryGetProperty("resourceVersion", out var text)
                && text.ValueKind == JsonValueKind.String
                    ? text.GetString()
                    : null;
            return new Known(version, times);
        }
    }
}

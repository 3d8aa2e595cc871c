using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WaitFor.Kubernetes;

namespace WaitFor.Migrate.Envelope;

/// <summary>Leaves the record that outlives the Job: a key in a ConfigMap, which <c>wait-for --record</c> reads when the Job is gone.
/// <see href="https://kubernetes.io/docs/concepts/configuration/configmap/"/></summary>
/// <param name="api">The API server.</param>
/// <param name="namespace">The namespace of Job and ConfigMap.</param>
/// <param name="name">The ConfigMap.</param>
/// <param name="key">The key: the Job's name.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Takes a line per try that was in vain.</param>
internal sealed class CompletionRecord(ApiServer api, string @namespace, string name, string key, TimeProvider time, ILogger log)
{
    private const int KeysKept = 20;
    private const int Tries = 8;

    private readonly Collection _item = new()
    {
        Group = "",
        Version = "v1",
        Resource = "configmaps",
        Kind = "ConfigMap",
        Namespace = @namespace,
        Name = name,
    };

    /// <summary>Writes the record; the newest twenty stay.</summary>
    /// <param name="release">The release; null where it is not known.</param>
    /// <param name="version">The database's version; null where it is not known.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="MigrationException">It could not be written: a pod that starts later would wait in vain.</exception>
    public async Task WriteAsync(string? release, string? version, CancellationToken cancel)
    {
        var value = Value(release, version);
        for (var attempt = 1; ; attempt++)
        {
            var fault = await TryAsync(value, cancel);
            if (fault is null)
                return;
            if (
                attempt == Tries
                || fault.Kind is FaultKind.Forbidden or FaultKind.Unauthorized or FaultKind.Untrusted or FaultKind.Rejected
            )
            {
                var next =
                    fault.Kind == FaultKind.Forbidden
                        ? $"; allow the verbs get, create and patch on the ConfigMap {name} in namespace {@namespace} (create cannot be "
                            + "restricted to a name)"
                        : "";
                throw new MigrationException(
                    ExitCode.Connection,
                    "the migration is done and stays done, but its completion record could not be written to ConfigMap "
                        + $"{@namespace}/{name}: {fault.Message}{next}; start the Job again: it then only writes the record"
                );
            }

            var pause = fault.RetryAfter ?? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), 15));
            log.LogInformation("completion record: {Fault}; trying again", fault.Message);
            await Task.Delay(pause, time, cancel);
        }
    }

    private async Task<ApiFault?> TryAsync(string value, CancellationToken cancel)
    {
        var (found, fault) = await api.GetAsync(_item, cancel);
        if (fault is { Kind: FaultKind.NotServed })
        {
            // Another Job may make it at the same moment: a conflict, after which the next try finds it.
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
        var old = Outdated(found.Json);
        (_, fault) = await api.PatchAsync(
            _item,
            Write(json =>
            {
                json.WriteStartObject("data");
                json.WriteString(key, value);
                foreach (var other in old)
                    json.WriteNull(other);
                json.WriteEndObject();
            }),
            cancel
        );
        return fault;
    }

    /// <summary>The keys beyond the newest, by the time in their values; a value that cannot be read is the oldest.</summary>
    private List<string> Outdated(ReadOnlyMemory<byte> configMap)
    {
        using var document = JsonDocument.Parse(configMap);
        if (!document.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
            return [];
        return
        [
            .. data.EnumerateObject()
                .Where(entry => entry.Name != key)
                .OrderByDescending(entry => TimeOf(entry.Value.GetString()), StringComparer.Ordinal)
                .Skip(KeysKept - 1)
                .Select(entry => entry.Name),
        ];
    }

    private static string TimeOf(string? value)
    {
        try
        {
            using var document = JsonDocument.Parse(value ?? "");
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("time", out var time)
                ? time.GetString() ?? ""
                : "";
        }
        catch (JsonException)
        {
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
}

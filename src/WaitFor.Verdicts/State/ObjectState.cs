using System.Buffers;
using System.Text.Json;

namespace WaitFor.Verdicts.State;

/// <summary>An object of any kind: what all kinds have in common, and its JSON.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/"/></summary>
public sealed class ObjectState : IObjectState
{
    /// <inheritdoc />
    public Metadata? Metadata { get; init; }

    /// <summary>Counts the changes of the spec; null where the kind has none. What is no whole number is <see cref="long.MaxValue"/>: newer
    /// than any.</summary>
    public long? Generation { get; init; }

    /// <summary>The generation that <c>status</c> speaks of; null where there is none. What is no whole number is
    /// <see cref="long.MinValue"/>: older than any.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>The conditions in their order; null for an entry that is none.</summary>
    public IReadOnlyList<Condition?> Conditions { get; init; } = [];

    /// <summary>The whole object without <c>metadata.managedFields</c>; undefined where only the metadata was read.</summary>
    public JsonElement Json { get; init; }

    /// <summary>The version of the object in the store; only shown.</summary>
    public string? ResourceVersion => this.Text("metadata", "resourceVersion");

    /// <summary>True where the status is of an older spec.</summary>
    public bool Outdated => ObservedGeneration < Generation;

    /// <inheritdoc />
    public IEnumerable<string> Images =>
        new[] { this.At("spec", "template", "spec"), this.At("spec") }
            .SelectMany(spec => new[] { spec?.Field("initContainers"), spec?.Field("containers") })
            .SelectMany(containers => containers is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default)
            .Select(container => container.Field("image")?.TextOrNull())
            .OfType<string>();

    /// <summary>The first condition of that type; null where there is none, or where it says of itself that it is of an older
    /// generation.</summary>
    /// <param name="type">The condition's type.</param>
    /// <param name="comparison">How types compare.</param>
    public Condition? Condition(string type, StringComparison comparison = StringComparison.Ordinal) =>
        Conditions.FirstOrDefault(condition => string.Equals(condition?.Type, type, comparison)) is { } found
        && !(found.ObservedGeneration < Generation)
            ? found
            : null;
}

/// <summary>Looks up fields of JSON of which nothing is promised: what is of another type than asked for counts as missing.</summary>
internal static class ObjectFields
{
    public static JsonElement? At(this ObjectState state, params ReadOnlySpan<string> path) => At(state.Json, path);

    public static string? Text(this ObjectState state, params ReadOnlySpan<string> path) => At(state.Json, path)?.TextOrNull();

    /// <summary>A count of the API: a whole number of 32 bits.</summary>
    public static int? Count(this ObjectState state, params ReadOnlySpan<string> path) =>
        At(state.Json, path) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    public static bool True(this ObjectState state, params ReadOnlySpan<string> path) =>
        At(state.Json, path) is { ValueKind: JsonValueKind.True };

    /// <summary>The field, null where it is absent or null.</summary>
    public static JsonElement? Field(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? TextOrNull(this JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? At(JsonElement root, ReadOnlySpan<string> path)
    {
        JsonElement? at = root;
        foreach (var name in path)
            at = at?.Field(name);
        return at;
    }

    public static long? Generation(JsonElement root, long unreadable, params ReadOnlySpan<string> path) =>
        At(root, path) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
        : unreadable;

    public static IReadOnlyList<Condition?> Conditions(JsonElement root) =>
        At(root, ["status", "conditions"]) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object ? ReadCondition(item) : null)]
            : [];

    private static Condition ReadCondition(JsonElement condition) =>
        new()
        {
            Type = condition.Field("type")?.TextOrNull(),
            Status = condition.Field("status")?.TextOrNull(),
            Reason = condition.Field("reason")?.TextOrNull(),
            Message = condition.Field("message")?.TextOrNull(),
            LastTransitionTime = condition.Field("lastTransitionTime")?.TextOrNull(),
            ObservedGeneration = Generation(condition, long.MinValue, "observedGeneration"),
        };

    /// <summary>A copy without the field owners, which are half of an object and which nobody reads. Text that is not Unicode (half a
    /// surrogate pair) is refused here, so that reading a field later cannot fail.</summary>
    public static JsonElement WithoutManagedFields(JsonElement item)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var property in item.EnumerateObject())
            {
                json.WritePropertyName(property.Name);
                if (property.Name != "metadata" || property.Value.ValueKind != JsonValueKind.Object)
                {
                    property.Value.WriteTo(json);
                    continue;
                }

                json.WriteStartObject();
                foreach (var field in property.Value.EnumerateObject().Where(field => field.Name != "managedFields"))
                    field.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.WrittenSpan.ToArray(), StateReader.Deep).RootElement;
    }
}

using System.Text.Json;

namespace WaitFor.Verdicts.State;

/// <summary>Reads the fields of a JSON object strictly: absent and null are null, another type than expected is refused.
/// Written out by hand because it makes half a megabyte less of a native binary than the serializer.</summary>
internal static class Fields
{
    public static string? Text(this JsonElement parent, string name) =>
        parent.Find(name, JsonValueKind.String) is { } value ? value.GetString() : null;

    public static int? Number(this JsonElement parent, string name)
    {
        if (parent.Find(name, JsonValueKind.Number) is not { } value)
            return null;
        return value.TryGetInt32(out var number) ? number : throw new JsonException($"{name} is not a whole number of 32 bits");
    }

    public static long? Long(this JsonElement parent, string name)
    {
        if (parent.Find(name, JsonValueKind.Number) is not { } value)
            return null;
        return value.TryGetInt64(out var number) ? number : throw new JsonException($"{name} is not a whole number of 64 bits");
    }

    public static bool? Flag(this JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(name, "true or false", value);
    }

    public static T? Child<T>(this JsonElement parent, string name, Func<JsonElement, T?> read)
        where T : class => parent.Find(name, JsonValueKind.Object) is { } value ? read(value) : null;

    /// <summary>A list of objects; null entries stay null.</summary>
    public static IReadOnlyList<T?>? List<T>(this JsonElement parent, string name, Func<JsonElement, T> read)
        where T : class
    {
        if (parent.Find(name, JsonValueKind.Array) is not { } array)
            return null;
        var list = new List<T?>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            list.Add(
                item.ValueKind switch
                {
                    JsonValueKind.Object => read(item),
                    JsonValueKind.Null => null,
                    _ => throw Wrong(name + "[]", "an object", item),
                }
            );
        }

        return list;
    }

    public static IReadOnlyList<string?>? Texts(this JsonElement parent, string name)
    {
        if (parent.Find(name, JsonValueKind.Array) is not { } array)
            return null;
        var list = new List<string?>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
            list.Add(TextOrNull(name + "[]", item));
        return list;
    }

    public static IReadOnlyDictionary<string, string?>? Map(this JsonElement parent, string name)
    {
        if (parent.Find(name, JsonValueKind.Object) is not { } value)
            return null;
        var map = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
            map[property.Name] = TextOrNull($"{name}.{property.Name}", property.Value);
        return map;
    }

    private static JsonElement? Find(this JsonElement parent, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw Wrong(name, kind.ToString(), value);
    }

    private static string? TextOrNull(string name, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => throw Wrong(name, "a string", value),
        };

    private static JsonException Wrong(string name, string expected, JsonElement value) =>
        new($"{name} is not {expected} but {value.ValueKind}");
}

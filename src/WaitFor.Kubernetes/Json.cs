using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>Reads the envelope of answers without building a document: the objects inside stay raw bytes.</summary>
internal static class Json
{
    public delegate void PropertyReader(ref Utf8JsonReader value, string name);

    /// <summary>Reads one object; the callback gets each property's value and must consume it.</summary>
    public static void ReadObject(ref Utf8JsonReader reader, string what, PropertyReader property)
    {
        if (reader.TokenType == JsonTokenType.None)
            reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MalformedException($"{what} is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            property(ref reader, name);
        }
    }

    public static string? String(ref Utf8JsonReader value, string name) =>
        value.TokenType switch
        {
            JsonTokenType.String => Text(ref value),
            JsonTokenType.Null => null,
            _ => throw new MalformedException($"{name} is not a string"),
        };

    /// <summary>The text at the reader, which finds only here that it is none: bytes that are not UTF-8, or half a surrogate pair
    /// (<c>\ud800</c>).</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new MalformedException(exception.Message);
        }
    }

    /// <summary>The bytes of the value at the reader, taken from the memory that the reader reads.</summary>
    public static ReadOnlyMemory<byte> Raw(ref Utf8JsonReader value, ReadOnlyMemory<byte> json)
    {
        var start = checked((int)value.TokenStartIndex);
        value.Skip();
        return json[start..checked((int)value.BytesConsumed)];
    }
}

/// <summary>The few fields of any object that following it needs.</summary>
internal readonly record struct ObjectHead(string? Kind, string? ResourceVersion, bool EndsInitialEvents)
{
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    public static ObjectHead Read(ReadOnlyMemory<byte> json)
    {
        string? kind = null,
            resourceVersion = null;
        var endsInitialEvents = false;
        var reader = new Utf8JsonReader(json.Span);
        Json.ReadObject(ref reader, "object", (ref Utf8JsonReader value, string name) =>
        {
            if (name == "kind")
                kind = Json.String(ref value, name);
            else if (name == "metadata")
                (resourceVersion, _, endsInitialEvents) = ReadMetadata(ref value);
            else
                value.Skip();
        });
        return new ObjectHead(kind, resourceVersion, endsInitialEvents);
    }

    public static (string? ResourceVersion, string? Continue, bool EndsInitialEvents) ReadMetadata(ref Utf8JsonReader reader)
    {
        string? resourceVersion = null,
            token = null;
        var endsInitialEvents = false;
        Json.ReadObject(ref reader, "metadata", (ref Utf8JsonReader value, string name) =>
        {
            if (name == "resourceVersion")
                resourceVersion = Json.String(ref value, name);
            else if (name == "continue")
                token = Json.String(ref value, name);
            else if (name == "annotations" && value.TokenType == JsonTokenType.StartObject)
                endsInitialEvents = ReadAnnotations(ref value);
            else
                value.Skip();
        });
        return (resourceVersion, token, endsInitialEvents);
    }

    private static bool ReadAnnotations(ref Utf8JsonReader reader)
    {
        var found = false;
        Json.ReadObject(ref reader, "annotations", (ref Utf8JsonReader value, string name) =>
        {
            if (name == InitialEventsEnd)
                found = value.TokenType == JsonTokenType.String && value.ValueTextEquals("true"u8);
            value.Skip();
        });
        return found;
    }
}

/// <summary>One page of a list.</summary>
/// <param name="ResourceVersion">The version of the whole list; never empty.</param>
/// <param name="Continue">Token for the next page; null on the last.</param>
/// <param name="Items">The objects, raw.</param>
public sealed record ListPage(string ResourceVersion, string? Continue, IReadOnlyList<ReadOnlyMemory<byte>> Items)
{
    /// <summary>Reads a list's body. Nothing is guessed: without the right kind, a resourceVersion and an array of items it is no
    /// list.</summary>
    /// <exception cref="JsonException">It is not JSON, or not to its end.</exception>
    /// <exception cref="MalformedException">It is JSON, but not that list.</exception>
    internal static ListPage Parse(ReadOnlyMemory<byte> body, string listKind)
    {
        string? kind = null,
            resourceVersion = null,
            token = null;
        List<ReadOnlyMemory<byte>>? items = null;
        var reader = new Utf8JsonReader(body.Span);
        Json.ReadObject(ref reader, "the list", (ref Utf8JsonReader value, string name) =>
        {
            switch (name)
            {
                case "kind":
                    kind = Json.String(ref value, name);
                    break;
                case "metadata":
                    (resourceVersion, token, _) = ObjectHead.ReadMetadata(ref value);
                    break;
                case "items" when value.TokenType == JsonTokenType.StartArray:
                    items = [];
                    while (value.Read() && value.TokenType != JsonTokenType.EndArray)
                        items.Add(Json.Raw(ref value, body));
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        // Reads on to the end: anything after the list is no JSON.
        while (reader.Read()) { }

        if (kind != listKind)
            throw new MalformedException($"expected a {listKind}, got {(kind is null ? "no kind" : $"a {kind}")}");
        if (resourceVersion is not { Length: > 0 } version)
            throw new MalformedException($"a {listKind} without metadata.resourceVersion");
        return new ListPage(
            version,
            token is { Length: > 0 } ? token : null,
            items ?? throw new MalformedException($"a {listKind} without items")
        );
    }
}

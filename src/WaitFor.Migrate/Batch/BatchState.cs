using System.Text;
using System.Text.Json;

namespace WaitFor.Migrate.Batch;

/// <summary>How far a batched script is: what the journal keeps, written in the transaction of each batch.</summary>
internal sealed record BatchState
{
    /// <summary>The key of the last row that is done, a text for each column; null before the first batch.</summary>
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>The key of the last row that existed at the start: up to there the batches go.</summary>
    public required IReadOnlyList<string> End { get; init; }

    /// <summary>The planner's guess of the table's rows at the start.</summary>
    public long All { get; init; }

    /// <summary>Rows that the statement has changed.</summary>
    public long Changed { get; init; }

    /// <summary>Rows that the batches have walked.</summary>
    public long Walked { get; init; }

    public long Batches { get; init; }

    /// <summary>The time that batches have taken, without pauses.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>Rows of the next batch.</summary>
    public int Size { get; init; }

    /// <summary>The estimate, 0 to 99.</summary>
    public int Percent { get; init; }

    /// <summary>Reads what the journal keeps.</summary>
    /// <exception cref="JsonException">It is not what <see cref="ToString"/> wrote.</exception>
    public static BatchState Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        try
        {
            return new BatchState
            {
                After = Texts(root.GetProperty("after")),
                End = Texts(root.GetProperty("end")) ?? throw new JsonException("there is no end"),
                All = root.GetProperty("all").GetInt64(),
                Changed = root.GetProperty("changed").GetInt64(),
                Walked = root.GetProperty("walked").GetInt64(),
                Batches = root.GetProperty("batches").GetInt64(),
                Work = TimeSpan.FromMilliseconds(root.GetProperty("work_ms").GetInt64()),
                Size = root.GetProperty("size").GetInt32(),
                Percent = root.GetProperty("percent").GetInt32(),
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    /// <summary>What the journal keeps, JSON.</summary>
    public override string ToString()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, "after", After);
            Write(json, "end", End);
            json.WriteNumber("all", All);
            json.WriteNumber("changed", Changed);
            json.WriteNumber("walked", Walked);
            json.WriteNumber("batches", Batches);
            json.WriteNumber("work_ms", (long)Work.TotalMilliseconds);
            json.WriteNumber("size", Size);
            json.WriteNumber("percent", Percent);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Reads an array of texts, as the server builds it for a key; null for null.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement element) =>
        element.ValueKind == JsonValueKind.Null ? null : [.. element.EnumerateArray().Select(item => item.GetString() ?? "")];

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

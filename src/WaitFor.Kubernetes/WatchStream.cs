using System.Buffers;
using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>What happened to an object of a watched collection.</summary>
public enum WatchEventType
{
    /// <summary>The object appeared.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone; the event carries its last state.</summary>
    Deleted,

    /// <summary>No object: only a newer resourceVersion.</summary>
    Bookmark,
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="ResourceVersion">The version to watch from after this event; never empty.</param>
/// <param name="Raw">The object's raw JSON; valid only during the call that hands it over.</param>
public readonly record struct WatchEvent(WatchEventType Type, string ResourceVersion, ReadOnlyMemory<byte> Raw)
{
    /// <summary>True for the bookmark that follows the objects which existed when a WatchList began.</summary>
    public bool EndsInitialEvents { get; init; }
}

/// <summary>Reads the lines of a watch: one JSON document a line.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes"/></summary>
internal sealed class WatchStream(Stream stream)
{
    /// <summary>etcd takes no object above 1.5 MiB by default; in JSON it may grow.</summary>
    private const int LongestLine = 8 * 1024 * 1024;

    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next line without its end; null at a clean end of the stream.</summary>
    /// <exception cref="MalformedException">A line is longer than any object can be.</exception>
    /// <exception cref="IOException">The stream was cut, or ended within a line.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(IdleLimit idle, CancellationToken cancel)
    {
        var searched = _start;
        while (true)
        {
            var newline = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + newline - _start);
                _start = searched + newline + 1;
                return line;
            }

            searched = MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            idle.Reset();
            if (read == 0)
                return Rest();
            _end += read;
        }
    }

    /// <summary>An object cut short cannot be complete JSON, so a last line that is complete merely lacks its end.</summary>
    private ReadOnlyMemory<byte>? Rest()
    {
        var rest = _buffer.AsMemory(_start, _end - _start);
        _start = _end;
        if (rest.Span.Trim(" \r\t"u8).IsEmpty)
            return null;
        var reader = new Utf8JsonReader(rest.Span);
        try
        {
            if (reader.Read() && reader.TrySkip())
                return rest;
        }
        catch (JsonException)
        {
            // Told below: what matters is that the line is not whole.
        }

        throw new IOException("the stream ended within a line");
    }

    /// <summary>Makes room for the next read; returns where the unsearched part begins.</summary>
    private int MakeRoom()
    {
        var pending = _end - _start;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, pending).CopyTo(_buffer);
            (_start, _end) = (0, pending);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw new MalformedException($"a line of the watch is longer than {LongestLine / 1024 / 1024} MiB");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _end;
    }

    /// <summary>Reads one line into an event, or into the fault that an ERROR event carries.</summary>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    /// <exception cref="MalformedException">It is JSON, but no watch event.</exception>
    public static (WatchEvent Event, ApiFault? Fault) Parse(ReadOnlyMemory<byte> line, string kind)
    {
        string? type = null;
        ReadOnlyMemory<byte>? @object = null;
        var reader = new Utf8JsonReader(line.Span);
        Json.ReadObject(ref reader, "watch event", (ref Utf8JsonReader value, string name) =>
        {
            if (name == "type")
                type = Json.String(ref value, name);
            else if (name == "object")
                @object = Json.Raw(ref value, line);
            else
                value.Skip();
        });
        if (type is null || @object is not { } found)
            throw new MalformedException("a watch event without type or object");

        if (type == "ERROR")
        {
            // A watch from a version that is too old is answered with HTTP 200 and this event, code 410.
            return (default, ApiFault.FromAnswer(StatusBody.Read(found.Span).Code ?? 500, headers: null, found.Span));
        }

        var head = ObjectHead.Read(found);
        if (head.Kind is { } came && came != kind)
            throw new MalformedException($"a watch of {kind} sent a {came}");
        if (head.ResourceVersion is not { Length: > 0 } version)
            throw new MalformedException($"a {type} event without metadata.resourceVersion");
        WatchEventType? known = type switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            _ => null,
        };
        return known is { } eventType
            ? (new WatchEvent(eventType, version, found) { EndsInitialEvents = head.EndsInitialEvents }, null)
            : throw new MalformedException($"a watch event of unknown type {type}");
    }
}

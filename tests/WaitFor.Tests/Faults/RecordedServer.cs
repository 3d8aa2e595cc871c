using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Tests.Discovery;

namespace WaitFor.Tests.Faults;

/// <summary>How a stream is cut.</summary>
internal enum CutKind
{
    /// <summary>The connection breaks.</summary>
    Reset,

    /// <summary>The stream ends there as if it were complete.</summary>
    Closed,
}

/// <summary>Where the first list or the first watch is cut: after so many bytes of it.</summary>
/// <param name="OfList">True: within the first list; else within the first watch.</param>
/// <param name="Offset">How many bytes still come.</param>
/// <param name="Kind">How it is cut.</param>
/// <param name="Ahead">How many events beyond those that were sent whole the server knows when it is asked for a list again.</param>
internal sealed record Cut(bool OfList, int Offset, CutKind Kind, int Ahead);

/// <summary>An API server without a network, for thousands of connections: it plays a recorded watch, and lists what is true after the
/// events that it sent.</summary>
internal sealed class RecordedServer : HttpMessageHandler
{
    private readonly string _resource;
    private readonly long[] _versions;
    private readonly List<byte[]> _lists = [];
    private readonly List<byte[]> _others;
    private Cut? _cut;
    private bool _isCut;
    private CancellationTokenSource _end = new();

    /// <summary>Reads a recording.</summary>
    /// <param name="scenario">Its folder.</param>
    /// <param name="resource">The resource that is followed.</param>
    /// <param name="listed">Resources that do not change, of which there is a list only.</param>
    public RecordedServer(string scenario, string resource, params string[] listed)
    {
        _resource = resource;
        Stream = File.ReadAllBytes(PathOf(scenario, $"{resource}.watch.jsonl"));
        var lines = Encoding
            .UTF8.GetString(Stream)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .ToList();
        _versions = [.. lines.Select(line => VersionOf(line["object"]!))];
        for (var (end, start) = (0, 0); end < Stream.Length; end++)
        {
            if (Stream[end] == '\n')
                (Ends, start) = ([.. Ends, end + 1], end + 1);
        }

        Kind = (string)lines[0]["object"]!["kind"]!;
        var first = File.Exists(PathOf(scenario, $"{resource}.list.json"))
            ? JsonNode.Parse(File.ReadAllText(PathOf(scenario, $"{resource}.list.json")))!
            : null;
        var known = (first?["items"]!.AsArray() ?? []).ToDictionary(
            item => (string)item!["metadata"]!["name"]!,
            item => item!.DeepClone(),
            StringComparer.Ordinal
        );
        FirstVersion = first is null ? _versions[0] - 1 : VersionOf(first);
        _lists.Add(List(Kind, FirstVersion, known.Values));
        foreach (var line in lines)
        {
            var item = line["object"]!.AsObject();
            var name = (string?)item["metadata"]!["name"];
            switch ((string?)line["type"])
            {
                case "ADDED" or "MODIFIED":
                    known[name!] = item;
                    break;
                case "DELETED":
                    known.Remove(name!);
                    break;
            }

            _lists.Add(List(Kind, VersionOf(item), known.Values));
        }

        Name = (string)(known.Values.FirstOrDefault() ?? lines[0]["object"]!)["metadata"]!["name"]!;
        Namespace = (string)lines[0]["object"]!["metadata"]!["namespace"]!;
        _others = [.. listed.Select(other => File.ReadAllBytes(PathOf(scenario, $"{other}.end.list.json")))];
    }

    public byte[] Stream { get; }

    public byte[] FirstList => _lists[0];

    /// <summary>Where each line ends, its line feed included.</summary>
    public IReadOnlyList<int> Ends { get; private set; } = [];

    public string Kind { get; }

    private string Discovery => DiscoveryDocuments.Groups(("shop.example.com", _resource, Kind, "Namespaced"));

    public string Name { get; }

    public string Namespace { get; }

    private long FirstVersion { get; }

    /// <summary>Begins again.</summary>
    /// <param name="cut">What is cut; null: nothing.</param>
    /// <param name="end">Cancelled when everything was sent.</param>
    public void Play(Cut? cut, CancellationTokenSource end) => (_cut, _isCut, _end) = (cut, false, end);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        var watch = url.Query.Contains("watch=1", StringComparison.Ordinal);
        if (url.AbsolutePath is "/api" or "/apis")
            return Answer(new MemoryStream(Encoding.UTF8.GetBytes(url.AbsolutePath == "/apis" ? Discovery : DiscoveryDocuments.Groups())));
        if (!url.AbsolutePath.EndsWith("/" + _resource, StringComparison.Ordinal))
            return Answer(watch ? new Played(default, _ => { }) : new MemoryStream(_others[0]));
        return Answer(
            watch ? Watch(long.Parse(url.Query.Split("resourceVersion=")[1].Split('&')[0], CultureInfo.InvariantCulture)) : ListNow()
        );
    }

    private static Task<HttpResponseMessage> Answer(Stream body) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });

    private Stream ListNow()
    {
        if (_cut is { OfList: true } && !_isCut)
            return Cut(FirstList.AsMemory(0, _cut.Offset));
        if (_cut is not { OfList: false } || !_isCut)
            return new MemoryStream(FirstList);
        var sent = Ends.Count(end => end <= _cut.Offset);
        return new MemoryStream(_lists[Math.Min(sent + _cut.Ahead, _versions.Length)]);
    }

    private Played Watch(long version)
    {
        var from = _versions.Count(known => known <= version);
        var start = from == 0 ? 0 : Ends[from - 1];
        return _cut is { OfList: false } && !_isCut
            ? Cut(Stream.AsMemory(start, _cut.Offset - start))
            : new Played(Stream.AsMemory(start), _ => _end.Cancel());
    }

    private Played Cut(ReadOnlyMemory<byte> bytes)
    {
        _isCut = true;
        return new Played(bytes, played =>
        {
            if (_cut!.Kind == CutKind.Reset)
                throw new IOException("Connection reset by peer");
            played.Closed = true;
        });
    }

    private static byte[] List(string kind, long version, IEnumerable<JsonNode> items)
    {
        var list = new JsonObject
        {
            ["kind"] = kind + "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
        };
        return Encoding.UTF8.GetBytes(list.ToJsonString());
    }

    private static long VersionOf(JsonNode item) => long.Parse((string)item["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);

    private static string PathOf(string scenario, string file) => Path.Combine(AppContext.BaseDirectory, "Recordings", scenario, file);

    /// <summary>Bytes, and what happens when they are read.</summary>
    private sealed class Played(ReadOnlyMemory<byte> bytes, Action<Played> end) : Stream
    {
        private int _position;

        /// <summary>The end of the stream; else it stays silent.</summary>
        public bool Closed { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _position);
            if (count > 0)
            {
                bytes.Slice(_position, count).CopyTo(buffer);
                _position += count;
                return count;
            }

            end(this);
            if (!Closed)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

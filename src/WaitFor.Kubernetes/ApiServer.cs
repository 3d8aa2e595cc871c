using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using WaitFor.Kubernetes.Access;

namespace WaitFor.Kubernetes;

/// <summary>The API server as two calls, list and watch, and the few that write one object. Raw JSON comes out; faults are values; only a
/// surprise is an exception.
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/"/></summary>
public sealed partial class ApiServer : IDisposable
{
    /// <summary>Objects per page of a list, as kubectl's.</summary>
    public const int PageSize = 500;

    /// <summary>The longest log that is asked for, in bytes.</summary>
    private const int LongestLog = 256 * 1024;
    private const int LongestPage = 64 * 1024 * 1024;
    private const int LongestError = 64 * 1024;

    /// <summary>Bookmarks come about every minute; after two and a half of silence the stream is dead.</summary>
    private static readonly TimeSpan WatchSilence = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan AnswerSilence = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly ProductInfoHeaderValue _userAgent;
    private readonly Action<string>? _trace;
    private ClusterAccess _access;
    private readonly Outstanding _outstanding;
    private Connector? _connector;
    private bool _refused;
    private volatile bool _answered;

    /// <summary>Prepares the calls; contacts nothing.</summary>
    /// <param name="access">The cluster.</param>
    /// <param name="userAgent">Name and version of the program.</param>
    /// <param name="time">Clock of all limits.</param>
    /// <param name="trace">Takes a line per request and answer, without a secret; null for none.</param>
    public ApiServer(ClusterAccess access, ProductInfoHeaderValue userAgent, TimeProvider time, Action<string>? trace = null)
    {
        _access = access;
        _userAgent = userAgent;
        _time = time;
        _trace = trace;
        WatchList = new WatchListSupport(async cancel => (await CallAsync(HttpMethod.Get, "/version", content: null, cancel)).Object);
        _outstanding = new Outstanding(time, () => WaitingChanged?.Invoke());
    }

    /// <summary>Called, from any thread, when a request has waited for 5 s, when it comes further, and when it goes on.</summary>
    public Action? WaitingChanged { get; set; }

    /// <summary>What the oldest request waits for, however short: connecting, the TLS handshake, the answer; null where none
    /// waits.</summary>
    public ApiFault? Waiting => NoAnswerYet(_outstanding.Oldest);

    /// <summary>The same, but only of a request that has waited for 5 s.</summary>
    public ApiFault? Silent => NoAnswerYet(_outstanding.Reported);

    private static ApiFault? NoAnswerYet(string? stage) =>
        stage is null ? null : new ApiFault(FaultKind.Waiting, ApiFault.OneLine("no answer yet: " + stage));

    /// <summary>Takes the network's place; null: the network. For tests that need thousands of connections.</summary>
    internal HttpMessageHandler? Transport { get; init; }

    /// <summary>Whether the server speaks WatchList; shared by all who follow something on it.</summary>
    public WatchListSupport WatchList { get; }

    /// <summary>The cluster that is talked to.</summary>
    public ClusterAccess Access => _access;

    /// <summary>One page of a consistent list (no resourceVersion is sent: 0 might be answered from a stale cache).</summary>
    /// <param name="collection">What to list.</param>
    /// <param name="continueToken">Token of the page before; null for the first.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The page, or the fault.</returns>
    public Task<(ListPage? Page, ApiFault? Fault)> ListAsync(Collection collection, string? continueToken, CancellationToken cancel)
    {
        var path = collection.Path(("limit", PageSize.ToString(CultureInfo.InvariantCulture)), ("continue", continueToken));
        return CallAsync<ListPage>(
            path,
            AnswerSilence,
            stream: false,
            async (body, idle) => ListPage.Parse(await ReadAllAsync(body, idle), collection.ListKind),
            cancel
        );
    }

    /// <summary>Watches from a version on; returns when the watch has ended.</summary>
    /// <param name="collection">What to watch.</param>
    /// <param name="resourceVersion">The version after which events are wanted; null: all that exists first, up to the event that has
    /// <see cref="WatchEvent.EndsInitialEvents"/> (WatchList).</param>
    /// <param name="timeout">When the server shall end it, in whole seconds.</param>
    /// <param name="started">Called when the server has accepted the watch.</param>
    /// <param name="observe">Called with each event, in order.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why it ended; <see cref="FaultKind.StreamEnded"/> for the ordinary end.</returns>
    public async Task<ApiFault> WatchAsync(
        Collection collection,
        string? resourceVersion,
        TimeSpan timeout,
        Action started,
        Action<WatchEvent> observe,
        CancellationToken cancel
    )
    {
        var path = collection.Path(
            ("watch", "1"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            // Without a version: consistent, as a list without one is.
            ("sendInitialEvents", resourceVersion is null ? "true" : null),
            ("resourceVersionMatch", resourceVersion is null ? "NotOlderThan" : null),
            ("timeoutSeconds", ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture))
        );
        var (end, fault) = await CallAsync<ApiFault>(path, WatchSilence, stream: true, ReadEventsAsync, cancel);
        return end ?? fault!;

        async Task<ApiFault> ReadEventsAsync(Stream body, IdleLimit idle)
        {
            started();
            var lines = new WatchStream(body);
            while (await lines.ReadLineAsync(idle, idle.Token) is { } line)
            {
                if (line.Span.Trim(" \r\t"u8).IsEmpty)
                    continue;
                var (watchEvent, error) = WatchStream.Parse(line, collection.Kind);
                if (error is not null)
                    return error;
                _trace?.Invoke(
                    $"watch {collection.Resource}: {watchEvent.Type} at resourceVersion {ApiFault.OneLine(watchEvent.ResourceVersion)}"
                );
                observe(watchEvent);
            }

            return new ApiFault(FaultKind.StreamEnded, "the server ended the watch");
        }
    }

    /// <summary>Reads one object.</summary>
    /// <param name="item">The collection, with the object's name.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The object, raw; or the fault, <see cref="FaultKind.NotServed"/> where it does not exist.</returns>
    public Task<(Answer? Object, ApiFault? Fault)> GetAsync(Collection item, CancellationToken cancel) =>
        CallAsync<Answer>(
            item.ItemPath,
            AnswerSilence,
            stream: false,
            async (body, idle) =>
            {
                var json = await ReadAllAsync(body, idle);
                return ObjectHead.Read(json).Kind is var kind && kind == item.Kind
                    ? new Answer(json)
                    : throw new MalformedException($"expected a {item.Kind}, got {(kind is null ? "no kind" : $"a {kind}")}");
            },
            cancel
        );

    /// <summary>Changes one object by a merge patch (RFC 7386).</summary>
    /// <param name="item">The collection, with the object's name.</param>
    /// <param name="patch">The patch, JSON.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The object as it is now, raw; or the fault, <see cref="FaultKind.NotServed"/> where it does not exist.</returns>
    public Task<(Answer? Object, ApiFault? Fault)> PatchAsync(Collection item, byte[] patch, CancellationToken cancel) =>
        CallAsync(HttpMethod.Patch, item.ItemPath, Body(patch, "application/merge-patch+json"), cancel);

    /// <summary>Creates one object.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="created">The object, JSON.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The object as it is now, raw; or the fault.</returns>
    public Task<(Answer? Object, ApiFault? Fault)> CreateAsync(Collection collection, byte[] created, CancellationToken cancel) =>
        CallAsync(HttpMethod.Post, (collection with { Name = null }).Path(), Body(created, "application/json"), cancel);

    private Task<(Answer? Object, ApiFault? Fault)> CallAsync(
        HttpMethod method,
        string path,
        ByteArrayContent? content,
        CancellationToken cancel
    ) =>
        CallAsync<Answer>(
            path,
            AnswerSilence,
            stream: false,
            async (body, idle) => new Answer(await ReadAllAsync(body, idle)),
            cancel,
            method,
            content
        );

    private static ByteArrayContent Body(byte[] json, string type) =>
        new(json) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    /// <summary>The end of a container's log.
    /// <see href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod"/>
    /// </summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="previous">True: of the run before the last restart.</param>
    /// <param name="lines">How many lines; 1 or more.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The text, or the fault.</returns>
    public Task<(string? Text, ApiFault? Fault)> LogAsync(
        string @namespace,
        string pod,
        string container,
        bool previous,
        int lines,
        CancellationToken cancel
    )
    {
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(@namespace)}/pods/{Uri.EscapeDataString(pod)}/log"
            + $"?container={Uri.EscapeDataString(container)}&tailLines={lines.ToString(CultureInfo.InvariantCulture)}"
            + $"&limitBytes={LongestLog.ToString(CultureInfo.InvariantCulture)}{(previous ? "&previous=true" : "")}";
        return CallAsync<string>(
            path,
            AnswerSilence,
            stream: false,
            async (body, idle) => Encoding.UTF8.GetString((await ReadAllAsync(body, idle)).Span),
            cancel
        );
    }

    /// <summary>After credentials were refused: new ones are asked for, where that is possible.</summary>
    public void RenewToken() => _refused = true;

    /// <summary>After a certificate was not trusted: the CA file is read again, connections are made again.</summary>
    public void RenewTrust()
    {
        _access = _access with { Authorities = _access.Authorities?.Refresh() };
        // Calls that still run keep their connection; the handler goes with them.
        _connector = null;
    }

    /// <summary>Gets the credentials without contacting the API server, so that a broken plugin or token file is reported before anything
    /// is sent.</summary>
    /// <exception cref="AccessException">None could be obtained.</exception>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        using var waiting = _outstanding.Begin();
        _ = await _access.Credentials.GetAsync(refused: false, cancel);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _outstanding.Dispose();
        _connector?.Dispose();
    }

    /// <summary>One request: the head of the answer within 30 s, then the body with its own limit of silence.</summary>
    private async Task<(T? Value, ApiFault? Fault)> CallAsync<T>(
        string path,
        TimeSpan silence,
        bool stream,
        Func<Stream, IdleLimit, Task<T>> read,
        CancellationToken cancel,
        HttpMethod? method = null,
        ByteArrayContent? content = null,
        string? accept = null
    )
        where T : class
    {
        Connector? connector = null;
        var opened = false;
        using var waiting = _outstanding.Begin();
        Credential credential;
        try
        {
            // A plugin has its own limit.
            var refused = _refused;
            _refused = false;
            credential = await _access.Credentials.GetAsync(refused, cancel);
        }
        catch (AccessException exception)
        {
            return (null, Traced(path, ApiFault.FromException(exception, rejectedCertificate: null)!));
        }

        using var idle = new IdleLimit(
            _access.RequestTimeout < AnswerSilence ? _access.RequestTimeout.Value : AnswerSilence,
            _time,
            cancel
        );
        try
        {
            connector = Connect(credential);
            using var request = Request(method ?? HttpMethod.Get, path, credential, stream, accept);
            var shown = $"{request.Method} {ApiFault.OneLine(path.Split('?')[0])}";
            waiting.Stage = () => connector.StageOf(request) ?? $"waiting for {_access.Server.Authority} to answer {shown}";
            request.Content = content;
            _trace?.Invoke($"{request.Method} {path}");
            using var answer = await connector.Http.SendAsync(request, idle.Token);
            idle.Change(silence);
            _answered = true;
            waiting.Stage = () => $"waiting for the rest of the answer to {shown}";
            waiting.Restart();
            idle.Arrived = waiting.Restart;
            // Between the events of a watch silence is the ordinary course.
            opened = stream;
            if (stream)
                waiting.Dispose();
            _trace?.Invoke($"{request.Method} {path}: HTTP {(int)answer.StatusCode}");
            await using var body = await answer.Content.ReadAsStreamAsync(idle.Token);
            if ((int)answer.StatusCode == 200 || ((int)answer.StatusCode == 201 && request.Method == HttpMethod.Post))
                return (await read(body, idle), null);
            var fault = ApiFault.FromAnswer((int)answer.StatusCode, answer.Headers, await ReadBeginningAsync(body, idle));
            return (null, fault.Kind == FaultKind.Unauthorized ? credential.Explain(fault, _time.GetUtcNow()) : fault);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var stalled = ApiFault.OneLine($"{_access.Server.Authority} sent nothing for too long: {waiting.Stage()}");
            return (null, Traced(path, new ApiFault(opened ? FaultKind.SilentWatch : FaultKind.Stalled, stalled)));
        }
        catch (Exception exception)
            when (!cancel.IsCancellationRequested && ApiFault.FromException(exception, connector?.RejectedCertificate) is { } fault)
        {
            var notReady = !_answered && _access.Proxy is null && ApiFault.IsRefusedOrReset(exception);
            return (null, Traced(path, fault with { NetworkNotReady = notReady }));
        }
        catch (Exception exception) when (cancel.IsCancellationRequested && exception is not OperationCanceledException)
        {
            // A connection that is torn down under a request may fail in other ways than by the cancellation itself.
            throw new OperationCanceledException(exception.Message, exception, cancel);
        }
    }

    private ApiFault Traced(string path, ApiFault fault)
    {
        _trace?.Invoke($"GET {path}: {fault.Kind}: {fault.Message}");
        return fault;
    }

    private Connector Connect(Credential credential)
    {
        // A plugin may answer with another certificate each time.
        if (_connector is null || _connector.ClientCertificate != credential.ClientCertificate)
            _connector = new Connector(_access, credential.ClientCertificate, _time, Transport);
        return _connector;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, Credential credential, bool stream, string? accept)
    {
        // A server behind a path (a rancher proxy) keeps it.
        var request = new HttpRequestMessage(method, _access.Server.AbsoluteUri.TrimEnd('/') + path);
        request.Headers.UserAgent.Add(_userAgent);
        // As kubectl: logs are plain text, everything else is JSON.
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "application/json, */*");
        // The handler takes the name for TLS (SNI and the certificate's check) from this header, and from nowhere else.
        request.Headers.Host = _access.TlsServerName;
        // A compressed stream could be held back by a buffer on its way.
        if (stream)
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (credential.Authorization is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        _access.Impersonation?.AddTo(request.Headers);
        return request;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream body, IdleLimit idle)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (true)
        {
            var read = await body.ReadAsync(buffer.GetMemory(16 * 1024), idle.Token);
            if (read == 0)
                return buffer.WrittenMemory;
            idle.Reset();
            buffer.Advance(read);
            if (buffer.WrittenCount > LongestPage)
                throw new MalformedException($"a page of {PageSize} objects is larger than {LongestPage / 1024 / 1024} MiB");
        }
    }

    /// <summary>As much of an error's body as a message can need; an error of a proxy may be a long page.</summary>
    private static async Task<byte[]> ReadBeginningAsync(Stream body, IdleLimit idle)
    {
        var buffer = new byte[LongestError];
        try
        {
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, idle.Token);
            return buffer[..length];
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status code alone says enough.
            return [];
        }
    }
}

/// <summary>One object as the server sent it.</summary>
/// <param name="Json">The object, raw.</param>
public sealed record Answer(ReadOnlyMemory<byte> Json);

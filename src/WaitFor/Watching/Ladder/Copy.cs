using System.Text.Json;
using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching.Ladder;

/// <summary>What the rungs share: the requests that fill a copy of a collection, and how far it is known.</summary>
internal sealed class Copy<T>(
    ApiServer api,
    Collection collection,
    Func<ReadOnlySpan<byte>, T> read,
    IReflected<T> reflected,
    TimeProvider time,
    Random random
)
    where T : IObjectState
{
    /// <summary>A cluster is made for 150,000 pods (https://kubernetes.io/docs/setup/best-practices/cluster-large/): a list of more than
    /// three times that has no end.</summary>
    private const int MostPages = 1000;

    private const int MostObjects = MostPages * ApiServer.PageSize;

    /// <summary>A watch is asked for this time at least, and for twice that at most.</summary>
    public static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(5);

    private bool _polling;

    /// <summary>Whether everything was read in this round: a reading of an earlier one says nothing about what is allowed now.</summary>
    private bool _justRead;
    private Action? _polled;
    private long _polledAt = long.MaxValue;

    public Collection Collection => collection;

    /// <summary>The version to watch from; null where everything has to be read again.</summary>
    public string? Version { get; private set; }

    /// <summary>When the last reading of everything began; null where what it said is in doubt.</summary>
    public long? ReadAt { get; private set; }

    /// <summary>How old the copy may be: when the last poll began; the highest number while a watch keeps it up to date.</summary>
    public long PolledAt => Volatile.Read(ref _polledAt);

    /// <summary>True when the server allowed what is needed, since <see cref="TakeContact"/>.</summary>
    public bool InContact { get; private set; }

    /// <summary>When that was; null where it did not happen.</summary>
    public long? ContactSince { get; private set; }

    /// <summary>How often the server has allowed what is needed; 0 or more.</summary>
    public int Contacts { get; private set; }

    /// <summary>Called when a watch keeps the copy up to date.</summary>
    public Action? Watching { get; set; }

    /// <summary>Begins a round.</summary>
    public void TakeContact() => (InContact, ContactSince, _justRead) = (false, null, false);

    /// <summary>What is known has to be confirmed: everything is read again.</summary>
    public void Doubt() => (Version, ReadAt) = (null, null);

    /// <summary>From now on the copy is as old as the last reading.</summary>
    /// <param name="polled">Called when the first reading was allowed, before anybody learns what it says; at once where one was, since
    /// the round began and nothing was denied that had been allowed.</param>
    public void BeginPolling(Action polled)
    {
        (_polling, _polled) = (true, polled);
        Volatile.Write(ref _polledAt, ReadAt ?? long.MinValue);
        if (_justRead)
            SayPolled();
    }

    /// <summary>What is read from now on does not replace a watch.</summary>
    public void EndPolling() => (_polling, _polled, _justRead) = (false, null, false);

    /// <summary>Reads all pages of a list; nothing is taken over before the last one has arrived.</summary>
    public async Task<ApiFault?> ListAsync(CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        var objects = new List<T>();
        string? continueToken = null;
        for (var pages = 1; ; pages++)
        {
            var (page, fault) = await api.ListAsync(collection, continueToken, cancel);
            if (page is null)
                return fault;
            foreach (var raw in page.Items)
            {
                if (!TryRead(raw, "in the list", out var item, out var unreadable))
                    return unreadable;
                if (IsAskedFor(item))
                    objects.Add(item);
            }

            if (page.Continue is null)
            {
                TakeOver(objects, page.ResourceVersion, begun);
                return null;
            }

            // A token names the last object of its page, so it never comes again.
            if (page.Continue == continueToken || pages >= MostPages || objects.Count > MostObjects)
                return new ApiFault(
                    FaultKind.Malformed,
                    $"the list of {collection.Resource} has no end: stopped at page {pages} with {objects.Count} objects"
                );
            continueToken = page.Continue;
        }
    }

    /// <summary>Reads the one object by its name.</summary>
    public async Task<ApiFault?> GetAsync(CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        var (answer, fault) = await api.GetAsync(collection, cancel);
        if (answer is not null)
        {
            if (!TryRead(answer.Json, "in the answer", out var item, out var unreadable))
                return unreadable;
            if (!IsAskedFor(item))
                return new ApiFault(FaultKind.Malformed, $"asked for {collection.Kind} {collection.Name}, got another one");
            TakeOver([item], version: null, begun);
            return null;
        }

        // A 404 may also mean that the server has no such API: only one that names the object says that it does not exist.
        if (fault is not { Kind: FaultKind.NotServed } || fault.AbsentName != collection.Name)
            return fault;
        TakeOver([], version: null, begun);
        return null;
    }

    /// <summary>Watches from <see cref="Version"/> on until the watch ends.</summary>
    public async Task<ApiFault> WatchAsync(CancellationToken cancel)
    {
        var events = 0;
        var end = await api.WatchAsync(collection, Version!, WatchTime(), BeginWatching, Observe, cancel);
        // A watch from a version of the future (etcd was restored from a backup) is accepted and stays silent. Bookmarks would have come.
        if (events == 0)
            Version = null;
        return end;

        void Observe(WatchEvent watchEvent)
        {
            Apply(watchEvent);
            events++;
        }
    }

    /// <summary>A watch that begins with all that exists; nothing is taken over before the bookmark that ends it.</summary>
    /// <param name="arrived">Called when the watch was accepted, and with each event before that bookmark.</param>
    /// <param name="complete">Called at that bookmark.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public async Task<ApiFault> WatchListAsync(Action arrived, Action complete, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        Dictionary<string, T>? initial = new(StringComparer.Ordinal);
        return await api.WatchAsync(collection, resourceVersion: null, WatchTime(), arrived, Observe, cancel);

        void Observe(WatchEvent watchEvent)
        {
            if (initial is null)
            {
                Apply(watchEvent);
                return;
            }

            arrived();
            if (watchEvent is { Type: WatchEventType.Bookmark, EndsInitialEvents: true })
            {
                complete();
                BeginWatching();
                TakeOver(initial.Values, watchEvent.ResourceVersion, begun);
                initial = null;
            }
            else if (watchEvent.Type != WatchEventType.Bookmark)
            {
                Collect(watchEvent.Type, read(watchEvent.Raw.Span));
            }
        }

        void Collect(WatchEventType type, T item)
        {
            var key = $"{item.Metadata?.Namespace}/{item.Metadata?.Name}";
            if (type == WatchEventType.Deleted)
                initial.Remove(key);
            else if (IsAskedFor(item))
                initial[key] = item;
            if (initial.Count > MostObjects)
                throw new JsonException($"the watch of {collection.Resource} began with more than {MostObjects} objects");
        }
    }

    private void TakeOver(IEnumerable<T> objects, string? version, long begun)
    {
        (Version, ReadAt, _justRead) = (version, begun, true);
        if (_polling)
        {
            Volatile.Write(ref _polledAt, begun);
            Contact();
            SayPolled();
        }

        reflected.Replace(objects);
    }

    private void SayPolled()
    {
        _polled?.Invoke();
        _polled = null;
    }

    private void BeginWatching()
    {
        (_polling, _polled) = (false, null);
        Volatile.Write(ref _polledAt, long.MaxValue);
        Contact();
        Watching?.Invoke();
    }

    private void Contact()
    {
        InContact = true;
        Contacts++;
        ContactSince ??= time.GetTimestamp();
    }

    private void Apply(WatchEvent watchEvent)
    {
        if (IsOlder(watchEvent.ResourceVersion, Version!))
            throw new JsonException($"a watch from resourceVersion {Version} sent {watchEvent.ResourceVersion}, which is older");
        if (watchEvent.Type != WatchEventType.Bookmark && read(watchEvent.Raw.Span) is var item && IsAskedFor(item))
        {
            if (watchEvent.Type == WatchEventType.Deleted)
                reflected.Remove(item);
            else
                reflected.Set(item);
        }

        // Only after the object was understood: one that was not is asked for again.
        Version = watchEvent.ResourceVersion;
    }

    /// <summary>Others are kept out even if a server took no notice of the field selector.</summary>
    private bool IsAskedFor(T item) => collection.Name is null || item.Metadata?.Name == collection.Name;

    /// <summary>Random, so that gates that started together do not come back together.</summary>
    private TimeSpan WatchTime() => ShortestWatch * (1 + random.NextDouble());

    /// <summary>A watch sends what came after its version, in that order: what is older was true once. Versions are numbers that grow; of
    /// others nobody can tell.
    /// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions"/></summary>
    private static bool IsOlder(string version, string than) =>
        version.All(char.IsAsciiDigit)
        && than.All(char.IsAsciiDigit)
        && (version.Length != than.Length ? version.Length < than.Length : string.CompareOrdinal(version, than) < 0);

    private bool TryRead(ReadOnlyMemory<byte> raw, string where, out T item, out ApiFault? fault)
    {
        try
        {
            (item, fault) = (read(raw.Span), null);
            return true;
        }
        catch (JsonException exception)
        {
            var message = ApiFault.OneLine($"unreadable {collection.Kind} {where}: {exception.Message}");
            (item, fault) = (default!, new ApiFault(FaultKind.Malformed, message));
            return false;
        }
    }
}

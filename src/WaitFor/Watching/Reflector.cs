using System.Text.Json;
using Polly;
using Polly.Retry;
using WaitFor.Kubernetes;
using WaitFor.Verdicts.State;

namespace WaitFor.Watching;

/// <summary>Takes what a reflector learns. All calls come one after the other.</summary>
internal interface IReflected<in T>
{
    /// <summary>A complete, consistent list: everything known before is replaced.</summary>
    void Replace(IEnumerable<T> objects);

    /// <summary>An object is there, in this state.</summary>
    void Set(T item);

    /// <summary>An object is gone.</summary>
    void Remove(T item);

    /// <summary>What is known can no longer be confirmed.</summary>
    void Lost(ApiFault fault);
}

/// <summary>Keeps a copy of a collection up to date: a consistent list, then a watch from its version, again and again.
/// Its shape is client-go's reflector (tools/cache/reflector.go), its faults are classified by <see cref="FaultPolicy"/>.</summary>
internal sealed class Reflector<T>(
    ApiServer api,
    Collection collection,
    Func<ReadOnlySpan<byte>, T> read,
    IReflected<T> reflected,
    TimeProvider time,
    int seed
)
    where T : IObjectState
{
    /// <summary>A cluster is made for 150,000 pods (https://kubernetes.io/docs/setup/best-practices/cluster-large/): a list of more than
    /// three times that has no end.</summary>
    private const int MostPages = 1000;

    // One each: a Random must not be used by several threads.
    private readonly Random _random = new(seed);
    private readonly Backoff _backoff = new(new Random(seed));
    private string? _version;
    private long? _graceSince;

    /// <summary>Follows the collection until no retry can help.</summary>
    /// <returns>The fault that ended it.</returns>
    public async Task<ApiFault> RunAsync(CancellationToken cancel)
    {
        var pipeline = new ResiliencePipelineBuilder<Round> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<Round>
                {
                    // Exceptions are surprises: they pass through and end the gate, shut.
                    ShouldHandle = round => ValueTask.FromResult(round.Outcome.Result is { Stop: false }),
                    MaxRetryAttempts = int.MaxValue,
                    UseJitter = false,
                    DelayGenerator = round => ValueTask.FromResult<TimeSpan?>(Pause(round.Outcome.Result!.Fault)),
                }
            )
            .Build();
        var last = await pipeline.ExecuteAsync(async token => await RoundAsync(token), cancel);
        return last.Fault;
    }

    /// <summary>Lists if need be, watches, and decides what follows from its end.</summary>
    private async Task<Round> RoundAsync(CancellationToken cancel)
    {
        if (_version is null && await ListAsync(cancel) is { } fault)
            return Decide(fault);

        var (events, started) = (0, default(long?));
        // Random, so that gates that started together do not come back together.
        var timeout = TimeSpan.FromMinutes(5 + (5 * _random.NextDouble()));
        var end = await api.WatchAsync(collection, _version!, timeout, Started, Observe, cancel);

        if (started is { } since && time.GetElapsedTime(since) >= Backoff.HealthyStretch)
            _backoff.Reset();
        // A watch from a version of the future (etcd was restored from a backup) is accepted and stays silent. Bookmarks would have come.
        if (events == 0)
            _version = null;
        return Decide(end);

        void Started()
        {
            started = time.GetTimestamp();
            // Not earlier: a Role may allow the list and not the watch.
            _graceSince = null;
        }

        void Observe(WatchEvent watchEvent)
        {
            if (IsOlder(watchEvent.ResourceVersion, _version!))
                throw new JsonException($"a watch from resourceVersion {_version} sent {watchEvent.ResourceVersion}, which is older");
            if (watchEvent.Type != WatchEventType.Bookmark)
                Apply(watchEvent.Type, read(watchEvent.Raw.Span));
            // Only after the object was understood: one that was not is asked for again.
            _version = watchEvent.ResourceVersion;
            events++;
        }
    }

    /// <summary>A watch sends what came after its version, in that order: what is older was true once. Versions are numbers that grow; of
    /// others nobody can tell.
    /// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions"/></summary>
    private static bool IsOlder(string version, string than) =>
        version.All(char.IsAsciiDigit)
        && than.All(char.IsAsciiDigit)
        && (version.Length != than.Length ? version.Length < than.Length : string.CompareOrdinal(version, than) < 0);

    private void Apply(WatchEventType type, T item)
    {
        // Kept out even if a server took no notice of the field selector.
        if (collection.Name is { } name && item.Metadata?.Name != name)
            return;
        if (type == WatchEventType.Deleted)
            reflected.Remove(item);
        else
            reflected.Set(item);
    }

    /// <summary>Reads all pages; nothing is taken over before the last one is there.</summary>
    private async Task<ApiFault?> ListAsync(CancellationToken cancel)
    {
        var objects = new List<T>();
        string? continueToken = null;
        for (var pages = 1; ; pages++)
        {
            var (page, fault) = await api.ListAsync(collection, continueToken, cancel);
            if (page is null)
                return fault;
            foreach (var raw in page.Items)
            {
                if (!TryRead(raw, out var item, out var unreadable))
                    return unreadable;
                if (collection.Name is null || item.Metadata?.Name == collection.Name)
                    objects.Add(item);
            }

            if (page.Continue is null)
            {
                _version = page.ResourceVersion;
                break;
            }

            // A token names the last object of its page, so it never comes again.
            if (page.Continue == continueToken || pages >= MostPages || objects.Count > MostPages * ApiServer.PageSize)
                return new ApiFault(
                    FaultKind.Malformed,
                    $"the list of {collection.Resource} has no end: stopped at page {pages} with {objects.Count} objects"
                );
            continueToken = page.Continue;
        }

        reflected.Replace(objects);
        return null;
    }

    private bool TryRead(ReadOnlyMemory<byte> raw, out T item, out ApiFault? fault)
    {
        try
        {
            (item, fault) = (read(raw.Span), null);
            return true;
        }
        catch (JsonException exception)
        {
            (item, fault) = (
                default!,
                new ApiFault(FaultKind.Malformed, ApiFault.OneLine($"unreadable {collection.Kind} in the list: {exception.Message}"))
            );
            return false;
        }
    }

    private Round Decide(ApiFault fault)
    {
        var next = FaultPolicy.After(fault, api.Access.Authorities?.FromFile == true);
        if (next is Next.ListWithinGrace or Next.RenewTokenWithinGrace or Next.RenewTrustWithinGrace)
        {
            _graceSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(_graceSince.Value) >= FaultPolicy.Grace)
                next = Next.Stop;
        }
        else
        {
            _graceSince = null;
        }

        if (next != Next.Watch)
            _version = null;
        if (next == Next.RenewTokenWithinGrace)
            api.RenewToken();
        if (next == Next.RenewTrustWithinGrace)
            api.RenewTrust();
        // The ordinary end is no loss: the next watch begins where this one ended. What no retry can help is the caller's to tell.
        if (fault.Kind != FaultKind.StreamEnded && next != Next.Stop)
            reflected.Lost(fault);
        return new Round(fault, next == Next.Stop);
    }

    /// <summary>The pause before the next round; within a time of grace the last try comes at its very end.</summary>
    private TimeSpan Pause(ApiFault fault)
    {
        var pause = _backoff.Next(fault.RetryAfter);
        if (_graceSince is not { } since)
            return pause;
        var left = FaultPolicy.Grace - time.GetElapsedTime(since);
        return pause < left ? pause
            : left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
    }

    private sealed record Round(ApiFault Fault, bool Stop);
}

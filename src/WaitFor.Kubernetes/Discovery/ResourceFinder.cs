namespace WaitFor.Kubernetes.Discovery;

/// <summary>Looks up kinds that the program does not know, in the server's discovery: two requests on a server with aggregated discovery
/// (1.26 and newer), one where every group is named; else one more for each version of a group.
/// <see href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api"/></summary>
/// <param name="api">The server.</param>
public sealed class ResourceFinder(ApiServer api)
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    /// <summary>Looks up all words by one look at the server.</summary>
    /// <param name="words">The words; one or more.</param>
    /// <param name="cancel">Ends the calls with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>What the server says about each, in their order.</returns>
    public async Task<IReadOnlyList<ResourceLookup>> FindAsync(IReadOnlyList<ResourceWord> words, CancellationToken cancel)
    {
        var (core, others) = (words.Any(word => word.Group is null or ""), words.Any(word => word.Group is not ""));
        var reads = new[] { core ? ReadAsync("/api", cancel) : null, others ? ReadAsync("/apis", cancel) : null };
        var served = new List<ServedVersion>();
        foreach (var read in reads.OfType<Task<(DiscoveryDocument? Document, ApiFault? Fault)>>())
        {
            var (document, fault) = await read;
            if (fault is not null)
                return [.. words.Select(_ => new ResourceLookup.Failed(fault))];
            served.AddRange(document!.Versions);
        }

        // Without aggregated discovery the resources stand in a document a version: of all groups where a word names none.
        var needed = words.Any(word => word.Group is null) ? null : words.Select(word => word.Group!).ToHashSet(StringComparer.Ordinal);
        var complete = await Task.WhenAll(
            served.Select(async version =>
                version.Resources is null && needed?.Contains(version.Group) != false
                    ? await CompleteAsync(version, cancel)
                    : (Version: version, Fault: null)
            )
        );
        if (complete.Select(one => one.Fault).FirstOrDefault(fault => fault is not null) is { } failed)
            return [.. words.Select(_ => new ResourceLookup.Failed(failed))];
        var versions = complete.Select(one => one.Version).OfType<ServedVersion>().ToList();
        return [.. words.Select(word => Find(word, versions))];
    }

    /// <summary>Looks up one word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="cancel">Ends the calls with an <see cref="OperationCanceledException"/>.</param>
    public async Task<ResourceLookup> FindAsync(ResourceWord word, CancellationToken cancel) => (await FindAsync([word], cancel))[0];

    private async Task<(DiscoveryDocument? Document, ApiFault? Fault)> ReadAsync(string path, CancellationToken cancel)
    {
        var (document, fault) = await api.DiscoverAsync(path, Aggregated, cancel);
        // The last form that is asked for is the plain one; a proxy may refuse the others all the same.
        return fault is { Kind: FaultKind.Unavailable } && fault.Message.EndsWith("(HTTP 406)", StringComparison.Ordinal)
            ? await api.DiscoverAsync(path, accept: null, cancel)
            : (document, fault);
    }

    private async Task<(ServedVersion? Version, ApiFault? Fault)> CompleteAsync(ServedVersion version, CancellationToken cancel)
    {
        var (document, fault) = await api.DiscoverAsync((version.Group.Length == 0 ? "/api/" : "/apis/") + version.Name, null, cancel);
        return fault switch
        {
            null => (version with { Resources = [.. document!.Versions.SelectMany(one => one.Resources ?? [])] }, null),
            // Gone since the list of groups was made.
            { Kind: FaultKind.NotServed } => (null, null),
            // An APIService whose server does not answer: 503, as text.
            { Kind: FaultKind.Unavailable or FaultKind.Overloaded } when fault.Message.EndsWith("(HTTP 503)", StringComparison.Ordinal) => (
                version with
                {
                    Stale = true,
                },
                null
            ),
            _ => (null, fault),
        };
    }

    internal static ResourceLookup Find(ResourceWord word, IReadOnlyList<ServedVersion> served)
    {
        var versions = served
            .Where(version => (word.Group ?? version.Group) == version.Group && (word.Version ?? version.Version) == version.Version)
            .ToList();
        var resources = versions.SelectMany(version => version.Resources ?? []).ToList();
        var matches = resources.FindAll(word.Matches);
        if (matches.Count == 0)
            matches = resources.FindAll(word.IsShortFor);
        // The first version of a group that has it: the server puts the preferred one first.
        var found = matches.DistinctBy(resource => resource.Group, StringComparer.Ordinal).ToList();
        var stale = versions.Where(version => version.Stale).Select(version => version.Name).ToList();
        return found switch
        {
            [var only] => new ResourceLookup.Found(only),
            [_, ..] => new ResourceLookup.Ambiguous([.. found.Select(resource => resource.FullName)]),
            [] when stale.Count > 0 => new ResourceLookup.Stale(stale),
            [] when word.Group is null => new ResourceLookup.Unknown(Names(resources)),
            _ => new ResourceLookup.NotServed(
                served.Any(version => version.Group == word.Group),
                Names(served.Where(version => version.Group == word.Group).SelectMany(version => version.Resources ?? []))
            ),
        };
    }

    private static List<string> Names(IEnumerable<ApiResource> resources) =>
        [
            .. resources
                .SelectMany(resource => resource.ShortNames.Prepend(resource.Singular).Prepend(resource.Plural))
                .Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
}

namespace WaitFor.Kubernetes.Discovery;

/// <summary>A resource that a server serves.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version within the group.</param>
/// <param name="Plural">Plural resource name, as in paths.</param>
/// <param name="Kind">Kind of the objects.</param>
/// <param name="Namespaced">False for a cluster-scoped resource.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    /// <summary>Singular name; may be empty.</summary>
    public string Singular { get; init; } = "";

    /// <summary>Short names; may be empty.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>True where it can be listed and watched; false for what is only created, such as a TokenReview.</summary>
    public bool Watchable { get; init; }

    /// <summary><c>databases.shop.example.com</c>, or <c>pods</c> for the core group.</summary>
    public string FullName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>A kind as somebody wrote it: a word of a command line, or the apiVersion and kind of a manifest.</summary>
public sealed record ResourceWord
{
    private static readonly string[] Stages = ["alpha", "beta"];

    private ResourceWord(string name) => Name = name;

    /// <summary>Plural, singular, short name or kind, compared without case; of a manifest the exact kind.</summary>
    public string Name { get; }

    /// <summary>The group; empty for the core group, null where any will do.</summary>
    public string? Group { get; private init; }

    /// <summary>The version; null where the group's preferred one will do.</summary>
    public string? Version { get; private init; }

    /// <summary>True for a manifest's kind.</summary>
    public bool Exact { get; private init; }

    /// <summary>Reads a word of a command line as kubectl does: <c>databases</c>, <c>databases.shop.example.com</c>,
    /// <c>databases.v1.shop.example.com</c>, <c>pods.v1.</c> (the core group).</summary>
    public static ResourceWord Parse(string word)
    {
        var parts = word.Split('.', 3);
        if (parts is [var bare])
            return new ResourceWord(bare);
        return IsVersion(parts[1])
            ? new ResourceWord(parts[0]) { Version = parts[1], Group = parts.ElementAtOrDefault(2) }
            : new ResourceWord(parts[0]) { Group = word[(parts[0].Length + 1)..].ToLowerInvariant() };
    }

    /// <summary>What a manifest says of itself.</summary>
    /// <param name="apiVersion">Such as <c>apps/v1</c>, or <c>v1</c> for the core group.</param>
    /// <param name="kind">Such as <c>Deployment</c>.</param>
    public static ResourceWord OfManifest(string apiVersion, string kind)
    {
        var slash = apiVersion.LastIndexOf('/');
        return new ResourceWord(kind)
        {
            Group = slash < 0 ? "" : apiVersion[..slash],
            Version = apiVersion[(slash + 1)..],
            Exact = true,
        };
    }

    internal bool Matches(ApiResource resource) =>
        Exact ? resource.Kind == Name : Same(resource.Plural) || Same(resource.Singular) || Same(resource.Kind);

    internal bool IsShortFor(ApiResource resource) => !Exact && resource.ShortNames.Any(Same);

    private bool Same(string name) => name.Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary><c>v1</c>, <c>v2beta1</c>, <c>v1alpha1</c>.</summary>
    private static bool IsVersion(string text)
    {
        var rest = text is ['v', .. var digits] ? digits.TrimStart([.. "0123456789"]) : text;
        return rest.Length < text.Length - 1
            && (rest.Length == 0 || Stages.Any(one => rest.StartsWith(one, StringComparison.Ordinal) && IsNumber(rest[one.Length..])));

        static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
    }
}

/// <summary>What a server says about a kind.</summary>
public abstract record ResourceLookup
{
    private ResourceLookup() { }

    /// <summary>It is served.</summary>
    /// <param name="Resource">The resource, in the group's preferred version if no other was asked for.</param>
    public sealed record Found(ApiResource Resource) : ResourceLookup;

    /// <summary>Several groups have it.</summary>
    /// <param name="Names">The names with their groups, such as <c>deployments.apps</c>.</param>
    public sealed record Ambiguous(IReadOnlyList<string> Names) : ResourceLookup;

    /// <summary>No group has a resource of that name.</summary>
    /// <param name="Names">All names that the server knows, to find the nearest.</param>
    public sealed record Unknown(IReadOnlyList<string> Names) : ResourceLookup;

    /// <summary>The group was named, and does not have it: a CustomResourceDefinition may still come.</summary>
    /// <param name="GroupServed">True where the group itself is served.</param>
    /// <param name="Names">The names in that group, to find the nearest.</param>
    public sealed record NotServed(bool GroupServed, IReadOnlyList<string> Names) : ResourceLookup;

    /// <summary>Nobody can say: the server behind a group (an APIService) does not answer.</summary>
    /// <param name="Groups">The groups, with versions, such as <c>metrics.example.com/v1beta1</c>.</param>
    public sealed record Stale(IReadOnlyList<string> Groups) : ResourceLookup;

    /// <summary>The server could not be asked.</summary>
    /// <param name="Fault">Why.</param>
    public sealed record Failed(ApiFault Fault) : ResourceLookup;
}

using System.Text.RegularExpressions;

namespace WaitFor.Lint.Rules;

/// <summary>An image's name, taken apart.</summary>
/// <param name="Repository">Such as <c>registry.example/shop</c>.</param>
/// <param name="Tag">The tag; empty for none.</param>
/// <param name="Digest">The digest; empty for none.</param>
internal sealed partial record ImageName(string Repository, string Tag, string Digest)
{
    private const int LongestName = 253;

    /// <summary>Behind a service's name such a word says that the image migrates its database.</summary>
    private static readonly string[] Roles =
    [
        "migrate",
        "migrator",
        "migration",
        "migrations",
        "db-migrate",
        "db-migrator",
        "db-migration",
        "db-migrations",
        "schema",
        "db",
        "flyway",
        "liquibase",
    ];

    /// <summary>Whether there is no tag, or the one that moves with each build.</summary>
    public bool IsLatest => Digest.Length == 0 && Tag is "" or "latest";

    /// <summary>Takes a name apart; a colon before the last slash belongs to the registry's port. Null for what is not written out
    /// here.</summary>
    public static ImageName? Parse(string image)
    {
        if (image.Length == 0 || !Look.IsKnown(image) || image.Contains(' ', StringComparison.Ordinal))
            return null;
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var (name, digest) = at < 0 ? (image, "") : (image[..at], image[(at + 1)..]);
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/')
            ? new ImageName(name[..colon], name[(colon + 1)..], digest)
            : new ImageName(name, "", digest);
    }

    /// <summary>Whether this image migrates the other one's database, as far as the names say: one name, or <c>shop-migrate</c> and
    /// <c>shop</c>.</summary>
    public bool BelongsTo(ImageName service) =>
        Repository == service.Repository || Roles.Any(role => Repository == $"{service.Repository}-{role}");

    /// <summary>Whether two versions are written alike and differ: v41 and v42, 1.4.1 and 1.4.2, two commits. A plain number may count
    /// anything, and is not compared.</summary>
    public static bool Disagree(string version, string other)
    {
        var (one, two) = (Normal(version), Normal(other));
        if (Has(one, two) || Has(two, one))
            return false;
        if (Commit().IsMatch(one) && Commit().IsMatch(two))
            return !one.StartsWith(two, StringComparison.Ordinal) && !two.StartsWith(one, StringComparison.Ordinal);
        return Shape(one) == Shape(two) && Shape(one) is not "0" && Shape(one).Contains('0', StringComparison.Ordinal);
    }

    /// <summary>Whether a name has the version as a part of its own, with or without the letter v.</summary>
    public static bool Has(string name, string version)
    {
        var (one, two) = ($"-{Normal(name)}-", $"-{Normal(version)}-");
        return one.Contains(two, StringComparison.Ordinal)
            || Letter().Replace(one, "-").Contains(Letter().Replace(two, "-"), StringComparison.Ordinal);
    }

    /// <summary>The version at the end of a name: <c>v42</c> of <c>db-migrate-v42</c>, <c>1-4-2</c> of <c>shop-migrate-1-4-2</c>; null
    /// where there is none.</summary>
    public static string? VersionOf(string name) =>
        Version().Match(name.Length > LongestName ? name[^LongestName..] : name) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>A version as it stands in an object's name: lower case, and hyphens for everything else.</summary>
    public static string Normal(string version) => NotInNames().Replace(version.ToLowerInvariant(), "-").Trim('-');

    private static string Shape(string version) => Digits().Replace(version, "0");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("-v(?=[0-9])")]
    private static partial Regex Letter();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInNames();

    [GeneratedRegex("^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{7,64}$")]
    private static partial Regex Commit();

    // Numbers with dots or hyphens between them, or one last word with a digit in it.
    [GeneratedRegex("[-.](v?[0-9]+(?:[-.][0-9]+)+|[a-z0-9]*[0-9][a-z0-9]*)$")]
    private static partial Regex Version();
}

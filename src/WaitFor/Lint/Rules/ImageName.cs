using System.Text.RegularExpressions;

namespace WaitFor.Lint.Rules;

/// <summary>An image's name, taken apart.</summary>
/// <param name="Repository">Such as <c>registry.example/shop</c>.</param>
/// <param name="Tag">The tag; empty for none.</param>
/// <param name="Digest">The digest; empty for none.</param>
internal sealed partial record ImageName(string Repository, string Tag, string Digest)
{
    /// <summary>Behind such a word stands what an image does, not which service it belongs to.</summary>
    private static readonly string[] Roles =
    [
        "migrate",
        "migrator",
        "migration",
        "migrations",
        "db-migrate",
        "db-migration",
        "db-migrations",
        "db-migrator",
        "schema",
        "db",
        "flyway",
        "liquibase",
        "server",
        "api",
        "app",
        "web",
        "backend",
        "worker",
        "service",
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

    /// <summary>Whether both are built from one service's source, as far as their names say: one name, or <c>shop</c> and
    /// <c>shop-migrate</c> at the same place.</summary>
    public bool BelongsTo(ImageName other)
    {
        if (Repository == other.Repository)
            return true;
        var (folder, name) = Split(Repository);
        var (otherFolder, otherName) = Split(other.Repository);
        return folder == otherFolder && Stem(name) == Stem(otherName);
    }

    /// <summary>Whether two versions are written alike and differ: v41 and v42, 1.4.1 and 1.4.2, two commits. A plain number may count
    /// anything, and is not compared.</summary>
    public static bool Disagree(string version, string other)
    {
        var (one, two) = (Normal(version), Normal(other));
        if (one == two || one.Contains(two, StringComparison.Ordinal) || two.Contains(one, StringComparison.Ordinal))
            return false;
        if (Commit().IsMatch(one) && Commit().IsMatch(two))
            return true;
        return Shape(one) == Shape(two) && Shape(one) is not "0" && Shape(one).Contains('0', StringComparison.Ordinal);
    }

    /// <summary>The version at the end of a name: <c>v42</c> of <c>db-migrate-v42</c>, <c>1-4-2</c> of <c>shop-migrate-1-4-2</c>; null
    /// where there is none.</summary>
    public static string? VersionOf(string name) => Version().Match(name) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>A version as it stands in an object's name: lower case, and hyphens for everything else.</summary>
    public static string Normal(string version) => NotInNames().Replace(version.ToLowerInvariant(), "-").Trim('-');

    private static (string Folder, string Name) Split(string repository)
    {
        var slash = repository.LastIndexOf('/');
        return slash < 0 ? ("", repository) : (repository[..slash], repository[(slash + 1)..]);
    }

    private static string Stem(string name) =>
        Roles
            .Where(role => name.EndsWith("-" + role, StringComparison.Ordinal))
            .OrderByDescending(role => role.Length)
            .Select(role => name[..^(role.Length + 1)])
            .FirstOrDefault(name);

    private static string Shape(string version) => Digits().Replace(version, "0");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInNames();

    [GeneratedRegex("^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{7,64}$")]
    private static partial Regex Commit();

    // Numbers with dots or hyphens between them, or one last word with a digit in it.
    [GeneratedRegex("[-.](v?[0-9]+(?:[-.][0-9]+)+|[a-z0-9]*[0-9][a-z0-9]*)$")]
    private static partial Regex Version();
}

using System.Text;

namespace WaitFor.Lint.Rules;

/// <summary>An image's name, taken apart.</summary>
/// <param name="Repository">Such as <c>registry.example/shop</c>.</param>
/// <param name="Tag">The tag; empty for none.</param>
/// <param name="Digest">The digest; empty for none.</param>
internal sealed record ImageName(string Repository, string Tag, string Digest)
{
    private static readonly char[] Separators = ['-', '.'];

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
        if (IsCommit(one) && IsCommit(two))
            return !one.StartsWith(two, StringComparison.Ordinal) && !two.StartsWith(one, StringComparison.Ordinal);
        return Shape(one) == Shape(two) && Shape(one) is not "0" && Shape(one).Contains('0', StringComparison.Ordinal);
    }

    /// <summary>Whether a name has the version as a part of its own, with or without the letter v.</summary>
    public static bool Has(string name, string version)
    {
        var (one, two) = ($"-{Normal(name)}-", $"-{Normal(version)}-");
        return one.Contains(two, StringComparison.Ordinal)
            || WithoutLetter(one).Contains(WithoutLetter(two), StringComparison.Ordinal);
    }

    /// <summary>The version at the end of a name: <c>v42</c> of <c>db-migrate-v42</c>, <c>1-4-2</c> of <c>shop-migrate-1-4-2</c>; null
    /// where there is none.</summary>
    public static string? VersionOf(string name)
    {
        var start = name.LastIndexOfAny(Separators);
        var last = name[(start + 1)..];
        if (start <= 0 || !last.Any(char.IsAsciiDigit) || !last.All(unit => char.IsAsciiDigit(unit) || char.IsAsciiLetterLower(unit)))
            return null;
        // Numbers before it belong to it.
        var from = start + 1;
        for (var number = last; number.All(char.IsAsciiDigit) && from > 1; )
        {
            var before = name.LastIndexOfAny(Separators, from - 2);
            number = name[(before + 1)..(from - 1)];
            var digits = number.StartsWith('v') ? number[1..] : number;
            if (before <= 0 || digits.Length == 0 || !digits.All(char.IsAsciiDigit))
                break;
            from = before + 1;
        }

        return name[from..];
    }

    /// <summary>A version as it stands in an object's name: lower case, and one hyphen for everything else.</summary>
    public static string Normal(string version)
    {
        var text = new StringBuilder(version.Length);
        foreach (var unit in version.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit))
                text.Append(unit);
            else if (text.Length > 0 && text[^1] != '-')
                text.Append('-');
        }

        return text.ToString().TrimEnd('-');
    }

    /// <summary>With 0 for each number.</summary>
    private static string Shape(string version)
    {
        var text = new StringBuilder(version.Length);
        foreach (var unit in version)
        {
            if (!char.IsAsciiDigit(unit))
                text.Append(unit);
            else if (text.Length == 0 || text[^1] != '0')
                text.Append('0');
        }

        return text.ToString();
    }

    /// <summary>v42 is 42.</summary>
    private static string WithoutLetter(string version)
    {
        var text = new StringBuilder(version.Length);
        for (var at = 0; at < version.Length; at++)
        {
            if (version[at] != 'v' || at == 0 || version[at - 1] != '-' || at + 1 == version.Length || !char.IsAsciiDigit(version[at + 1]))
                text.Append(version[at]);
        }

        return text.ToString();
    }

    private static bool IsCommit(string version) =>
        version.Length is >= 7 and <= 64
        && version.All(char.IsAsciiHexDigitLower)
        && version.Any(char.IsAsciiDigit)
        && version.Any(char.IsAsciiLetter);
}

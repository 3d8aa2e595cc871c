namespace WaitFor.Migrate.Lint.Rules;

/// <summary>What an ACL grants, by role; the empty role is PUBLIC.
/// <see href="https://www.postgresql.org/docs/current/ddl-priv.html"/></summary>
internal sealed class Rights
{
    private static readonly (char Letter, string Word)[] Words =
    [
        ('r', "SELECT"),
        ('a', "INSERT"),
        ('w', "UPDATE"),
        ('d', "DELETE"),
        ('D', "TRUNCATE"),
        ('x', "REFERENCES"),
        ('t', "TRIGGER"),
        ('m', "MAINTAIN"),
        ('U', "USAGE"),
        ('C', "CREATE"),
        ('X', "EXECUTE"),
    ];

    private readonly Dictionary<string, HashSet<char>> _roles = new(StringComparer.Ordinal);
    private readonly bool _isDefault;

    /// <summary>Reads an ACL.</summary>
    /// <param name="acl">Items such as <c>web=arw/postgres</c>; null for the default.</param>
    /// <param name="defaults">The default, in the same form.</param>
    public Rights(IReadOnlyList<string>? acl, params IReadOnlyList<string> defaults)
    {
        _isDefault = acl is null;
        foreach (var item in acl ?? defaults)
        {
            // A role's name may be quoted, and hold any sign.
            var at = item.StartsWith('"') ? item.IndexOf("\"=", StringComparison.Ordinal) + 1 : item.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var end = item.IndexOf('/', at);
            var role = item[..at].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);
            if (!_roles.TryGetValue(role, out var letters))
                _roles[role] = letters = [];
            letters.UnionWith(item[(at + 1)..(end < 0 ? item.Length : end)].Where(char.IsAsciiLetter));
        }
    }

    /// <summary>The roles that have less in the other, with what they lose, in words.</summary>
    public IEnumerable<(string Role, string Lost)> LostIn(Rights other)
    {
        foreach (var (role, letters) in _roles)
        {
            var left = letters.Where(letter => !other.Has(role, letter) && !other.Has("", letter)).ToList();
            if (left.Count > 0)
                yield return (role, Reporting.List(Words.Where(word => left.Contains(word.Letter)).Select(word => word.Word)));
        }
    }

    /// <summary>Which version has MAINTAIN is not known here: an owner by default has it where there is any.</summary>
    private bool Has(string role, char letter) =>
        _roles.TryGetValue(role, out var letters) && (letters.Contains(letter) || (_isDefault && letter == 'm'));
}

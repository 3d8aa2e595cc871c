namespace WaitFor.Process;

/// <summary>Environment variables that stand for options. A misspelt one must not leave out a guard without a word.</summary>
public static class Variables
{
    /// <summary>The first variable with the program's prefix that stands for nothing. Kubernetes sets variables of its own for a service
    /// whose name begins like the program's.
    /// <see href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"/></summary>
    /// <param name="names">The names of all variables.</param>
    /// <param name="prefix">The program's prefix, such as <c>MIGRATE_</c>.</param>
    /// <param name="known">The names that are known.</param>
    /// <param name="otherwise">What to do where no known name is similar.</param>
    /// <returns>The line that names it, and the known one that may be meant; null where all are known.</returns>
    public static string? Unknown(IEnumerable<string> names, string prefix, IReadOnlyCollection<string> known, string otherwise)
    {
        var unknown = names
            .Where(name =>
                name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(name, StringComparer.Ordinal) && !IsServiceLink(name)
            )
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        if (unknown is null)
            return null;
        // The prefix alone would make any two short names similar.
        var near = Similar.Nearest(
            unknown[prefix.Length..],
            known.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])
        );
        return $"unknown environment variable {unknown}: {(near is null ? otherwise : $"write {prefix}{near}")}";
    }

    /// <summary><c>..._SERVICE_HOST</c>, <c>..._SERVICE_PORT</c>, <c>..._SERVICE_PORT_HTTP</c>, <c>..._PORT</c>,
    /// <c>..._PORT_80_TCP_ADDR</c>.</summary>
    private static bool IsServiceLink(string name) =>
        name.EndsWith("_SERVICE_HOST", StringComparison.Ordinal)
        || name.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || name.EndsWith("_PORT", StringComparison.Ordinal)
        || (
            name.IndexOf("_PORT_", StringComparison.Ordinal) is > 0 and var at
            && char.IsAsciiDigit(name.AsSpan(at + 6) is [var first, ..] ? first : 'x')
        );
}

namespace WaitFor.CommandLine;

/// <summary>The environment variables of the program's own prefix.</summary>
internal static class Variables
{
    /// <summary>Why one of the variables is refused: a misspelt one must not leave out a guard in silence. Kubernetes sets variables of its
    /// own for a service that is called "wait-for...".
    /// <see href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"/></summary>
    /// <param name="names">The names of all environment variables.</param>
    /// <param name="prefix">What those of the program begin with.</param>
    /// <param name="known">Those that it knows.</param>
    /// <returns>The line that names it; null where all are known.</returns>
    public static string? Unknown(IReadOnlyList<string> names, string prefix, IReadOnlyList<string> known)
    {
        var unknown = names.FirstOrDefault(name =>
            name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(name, StringComparer.Ordinal) && !IsServiceLink(name)
        );
        if (unknown is null)
            return null;
        var near = Report.Hints.Similar.Nearest(unknown, known);
        var next = near is null ? "see wait-for --help for the options that have one" : $"write {near}";
        return $"unknown environment variable {unknown}: {next}";
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

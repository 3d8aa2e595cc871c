using System.IO.Enumeration;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>The folders that Flyway's locations stand for. <see
/// href="https://documentation.red-gate.com/fd/locations-224003134.html"/></summary>
internal static class Locations
{
    private const string Files = "filesystem:";
    private const string Classes = "classpath:";
    private static readonly char[] Wild = ['*', '?'];

    /// <summary>Finds them.</summary>
    /// <param name="given">The setting; null for the default places.</param>
    /// <param name="places">Where relative ones begin.</param>
    /// <param name="missingIsError">A folder that does not exist ends the run; of the default places, that neither does.</param>
    /// <param name="warnings">Takes what is left out, and why.</param>
    /// <returns>Full paths, each folder once, none below another.</returns>
    /// <exception cref="ScriptException">A location is missing, or of an unknown kind.</exception>
    public static IReadOnlyList<string> Resolve(GivenValue? given, FlywayPlaces places, bool missingIsError, List<string> warnings)
    {
        if (given is null)
            return Default(places, missingIsError, warnings);
        var (folders, missing) = (new List<string>(), new List<string>());
        foreach (var location in given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var found = Find(location).ToList();
            if (found.Count == 0)
                missing.Add(location);
            foreach (var folder in found.Select(Path.TrimEndingDirectorySeparator)
                .Where(folder => !folders.Contains(folder, StringComparer.Ordinal)))
                folders.Add(folder);
        }

        if (missing.Count > 0
            && (missingIsError
            || (folders.Count == 0 && missing.Exists(location => location.StartsWith(Classes, StringComparison.Ordinal)))))
            throw new ScriptException($"location {missing[0]}: {Why(missing[0])}; correct {Option(given)}");
        foreach (var location in missing)
            warnings.Add($"location {location}: {Why(location)}: no script is read from there");
        foreach (var inner in folders.Where(inner => folders.Exists(outer => inner.StartsWith(outer + "/", StringComparison.Ordinal)))
            .ToList())
        {
            warnings.Add($"location {inner} is below another one, which has its scripts already");
            folders.Remove(inner);
        }

        if (folders.Count == 0 && missing.Count == 0)
            warnings.Add($"{given.Source} is empty: there are no scripts");
        return folders;

        IEnumerable<string> Find(string location)
        {
            if (location.StartsWith(Classes, StringComparison.Ordinal))
            {
                var path = location[Classes.Length..].TrimStart('/');
                return new[] { Path.Combine(places.Root, "sql", path), Path.GetFullPath(path, places.Folder) }.Where(Directory.Exists)
                    .Take(1);
            }

            var bare = location.StartsWith(Files, StringComparison.Ordinal) ? location[Files.Length..] : location;
            if (bare == location && location.Contains(':', StringComparison.Ordinal))
                throw new ScriptException($"location {location}: only folders can be read; write filesystem:/path");
            var full = places.Full(bare, Directory.Exists);
            if (bare.IndexOfAny(Wild) < 0)
                return Directory.Exists(full) ? [full] : [];
            var segments = full.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var fixedOnes = segments.TakeWhile(segment => segment.IndexOfAny(Wild) < 0).Count();
            return Expand("/" + string.Join('/', segments.Take(fixedOnes)), segments.AsMemory(fixedOnes)).Order(StringComparer.Ordinal);
        }

        string Why(string location) =>
            location.StartsWith(Classes, StringComparison.Ordinal)
                ? $"no such folder below {places.Root}/sql and {places.Folder} (there is no Java classpath)"
            : File.Exists(
                Path.GetFullPath(location.StartsWith(Files, StringComparison.Ordinal) ? location[Files.Length..] : location, places.Folder))
                ? "it is a file, not a folder"
            : "there is no such folder";
    }

    /// <summary>The folders that match; <c>*</c> and <c>?</c> stay within a name, <c>**</c> is any number of folders.</summary>
    private static IEnumerable<string> Expand(string folder, ReadOnlyMemory<string> pattern)
    {
        if (pattern.Length == 0)
            return [folder];
        var (first, rest) = (pattern.Span[0], pattern[1..]);
        // A mounted ConfigMap has its files a second time in folders such as ..data.
        var below = Directory.Exists(folder)
            ? Directory.GetDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith("..", StringComparison.Ordinal)) : [];
        return first == "**"
            ? Expand(folder, rest).Concat(below.SelectMany(path => Expand(path, pattern))).Where(Directory.Exists)
                .Distinct(StringComparer.Ordinal)
            : below
                .Where(path => FileSystemName.MatchesSimpleExpression(first, Path.GetFileName(path), ignoreCase: false))
                .SelectMany(path => Expand(path, rest));
    }

    /// <summary>Ours, and Flyway's in its image.</summary>
    private static string[] Default(FlywayPlaces places, bool missingIsError, List<string> warnings)
    {
        var all = new[] { Path.Combine(places.Folder, "sql"), Path.Combine(places.Root, "sql") }.Distinct(StringComparer.Ordinal);
        switch (all.Where(Directory.Exists).ToArray())
        {
            case [var own, var flyways]:
                warnings.Add($"scripts are read from {own}, and not from {flyways}; give --locations if that is wrong");
                return [own];
            case [var only]:
                return [only];
            default:
                var text = $"location sql: there is no folder {string.Join(" or ", all)}";
                if (missingIsError)
                    throw new ScriptException($"{text}; correct --locations (or FLYWAY_LOCATIONS)");
                warnings.Add($"{text}: there are no scripts");
                return [];
        }
    }

    private static string Option(GivenValue given) =>
        given.Source is "--locations" ? "--locations (or FLYWAY_LOCATIONS)" : given.Source;
}

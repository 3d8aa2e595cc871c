using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>A script of a rehearsal.</summary>
/// <param name="Script">The script.</param>
/// <param name="Judged">False for one that runs only because those after it need it.</param>
internal readonly record struct PlannedScript(Script Script, bool Judged);

/// <summary>Which scripts a rehearsal runs, in which order, and which of them it judges. Pure.</summary>
internal static class LintPlan
{
    /// <summary>On the database itself: what is pending there.</summary>
    /// <param name="scripts">All scripts.</param>
    /// <param name="pending">Those that are pending, in the order of <c>up</c>; null where there is no history.</param>
    /// <param name="settings">What is asked for.</param>
    /// <exception cref="MigrationException">What is asked for is not pending.</exception>
    public static IReadOnlyList<PlannedScript> OnDatabase(
        IReadOnlyList<Script> scripts,
        IReadOnlyList<Script>? pending,
        LintSettings settings
    )
    {
        var only = Only(scripts, settings);
        if (pending is null)
            // Nobody knows what has run: what is asked for, and nothing before it.
            return
            [
                .. InOrder(scripts)
                    .Where(script => only.Count > 0 ? only.Contains(script) : IsAbove(script, settings.Since))
                    .Select(script => new PlannedScript(script, Judged: true)),
            ];
        if (only.FirstOrDefault(script => !pending.Contains(script)) is { } applied)
            throw new MigrationException(
                ExitCode.Usage,
                $"--only {applied.Path}: it is not pending in this database, so it cannot run there again; give --shadow"
            );
        return UpTo(only, [.. pending.Select(script => new PlannedScript(script, IsJudged(script)))]);

        bool IsJudged(Script script) => only.Count > 0 ? only.Contains(script) : IsAbove(script, settings.Since);
    }

    /// <summary>On a database of its own: all scripts, those that are judged last.</summary>
    /// <param name="scripts">All scripts.</param>
    /// <param name="fresh">What <c>up</c> runs on an empty database, in its order.</param>
    /// <param name="pending">What is pending in the named database; null where it has no history.</param>
    /// <param name="settings">What is asked for.</param>
    /// <exception cref="MigrationException">What is asked for does not run there.</exception>
    public static IReadOnlyList<PlannedScript> OnShadow(
        IReadOnlyList<Script> scripts,
        IReadOnlyList<Script> fresh,
        IReadOnlyList<Script>? pending,
        LintSettings settings
    )
    {
        var only = Only(scripts, settings);
        if (only.FirstOrDefault(script => !fresh.Contains(script)) is { } other)
            throw new MigrationException(
                ExitCode.Usage,
                $"--only {other.Path}: it does not run on an empty database (a baseline script replaces it, or it is above the target)"
            );
        if (only.Count > 0)
            return UpTo(only, [.. fresh.Select(script => new PlannedScript(script, only.Contains(script)))]);
        bool IsWaiting(Script script) => pending?.Contains(script) != false;
        bool IsJudged(Script script) => settings.Since is not null && IsVersioned(script)
            ? IsAbove(script, settings.Since)
            : IsWaiting(script);
        // What was applied saw the database before what is judged, but for a repeatable script that may need an applied version.
        var late = fresh.Any(script => IsVersioned(script) && IsJudged(script) && !IsWaiting(script));
        return
        [
            .. fresh
                .OrderBy(script => IsJudged(script) || (late && !IsVersioned(script)) ? 1 : 0)
                .Select(script => new PlannedScript(script, IsJudged(script))),
        ];
    }

    private static bool IsVersioned(Script script) => script.Name.Version is not null;

    private static bool IsAbove(Script script, MigrationVersion? since) =>
        since is null || script.Name.Version is null || script.Name.Version > since;

    private static IEnumerable<Script> InOrder(IReadOnlyList<Script> scripts) =>
        scripts
            .Where(script => script.Name.Kind is ScriptKind.Versioned or ScriptKind.Repeatable)
            .OrderBy(script => script.Name.Version is null)
            .ThenBy(script => script.Name.Version)
            .ThenBy(script => script.Name.Description, StringComparer.Ordinal);

    private static List<PlannedScript> UpTo(HashSet<Script> only, List<PlannedScript> all) =>
        only.Count == 0 ? all : [.. all.Take(all.FindLastIndex(planned => planned.Judged) + 1)];

    /// <summary>The scripts that <c>--only</c> names: as the history calls them, or by the path of the file.</summary>
    private static HashSet<Script> Only(IReadOnlyList<Script> scripts, LintSettings settings) =>
        [
            .. settings.Only.Select(name =>
                scripts.FirstOrDefault(script => script.Path == name)
                ?? scripts.FirstOrDefault(script => script.File == Path.GetFullPath(name))
                ?? scripts.FirstOrDefault(script => Path.GetFileName(script.Path) == name)
                ?? throw new MigrationException(
                    ExitCode.Usage,
                    $"--only {name}: no script of the locations has this name; write it as the history does, such as "
                        + $"{(scripts.Count > 0 ? scripts[0].Path : "V1__users.sql")}"
                )
            ),
        ];
}

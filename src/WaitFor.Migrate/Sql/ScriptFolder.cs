using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Sql;

/// <summary>What the folders hold.</summary>
/// <param name="Scripts">The migrations.</param>
/// <param name="Callbacks">The callbacks, those of one event in the order in which they run.</param>
internal sealed record ScriptSet(IReadOnlyList<Script> Scripts, IReadOnlyList<Script> Callbacks)
{
    /// <summary>True where a script names the default schema: it is to be read again once that is known.</summary>
    public bool NamesSchema => Scripts.Concat(Callbacks).Any(script => script.NamesSchema);
}

/// <summary>Reads the scripts of one or more folders, with their subfolders, in Flyway's layout.
/// <see href="https://documentation.red-gate.com/fd/migrations-184127470.html"/></summary>
internal static class ScriptFolder
{
    /// <summary>From so many on, to start a thread is less than what it saves.</summary>
    private const int ManyScripts = 64;

    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    /// <summary>Reads all scripts.</summary>
    /// <param name="folders">Their paths.</param>
    /// <param name="settings">What Flyway's settings say.</param>
    /// <param name="placeholders">The values of placeholders.</param>
    /// <param name="leftOut">Takes each file that has a suffix of scripts and is left out, and why.</param>
    /// <exception cref="ScriptException">Two files have one version, or a file is not in its encoding.</exception>
    public static ScriptSet Read(
        IReadOnlyList<string> folders,
        FlywaySettings settings,
        Placeholders placeholders,
        Action<string, string>? leftOut = null
    )
    {
        var (names, reader) = (new ScriptNames(settings), new ScriptReader(settings, placeholders));
        var (scripts, bad) = (new List<Script>(), new List<string>());
        foreach (var location in folders)
        {
            // In full, or each access to a file would ask for the working directory again.
            var folder = Path.GetFullPath(location);
            // A mounted ConfigMap has its files a second and a third time in folders such as ..data, behind links.
            var all = Directory
                .EnumerateFiles(folder, "*", All)
                .Select(file => file[folder.Length..].TrimStart('/'))
                .Where(path => !path.StartsWith("..", StringComparison.Ordinal) && !path.Contains("/..", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .ToList();
            var configured = all.Where(path => path.EndsWith(ScriptSettings.Suffix, StringComparison.Ordinal))
                .Select(path => path[..^ScriptSettings.Suffix.Length])
                .ToHashSet(StringComparer.Ordinal);
            var taken = new List<(string Path, ScriptName Name)>();
            foreach (var path in all)
            {
                var file = Path.GetFileName(path);
                if (!settings.SkipDefaultCallbacks && ScriptNames.ProgramOf(file) is { } program)
                    throw new ScriptException(
                        $"{path}: the callback {program} is a program, and only SQL runs here; write it as {program}.sql, or run it before "
                            + "or after this Job"
                    );
                if (names.SuffixOf(file) is null)
                    continue;
                if (("/" + path).IndexOf("/.", StringComparison.Ordinal) is var hidden and >= 0 && path.IndexOf('/', hidden) >= 0)
                {
                    LeaveOut(path, "its folder is hidden, as its name begins with a dot");
                    continue;
                }

                var (name, why) = names.Read(file);
                if (name is { Kind: ScriptKind.Callback } && settings.SkipDefaultCallbacks)
                    continue;
                if (name is not null)
                    taken.Add((path, name));
                else if (why is not null)
                    LeaveOut(path, why);
            }

            // Hundreds of them are most of a start with nothing to do: a second processor takes half.
            var half = taken.Count < ManyScripts ? taken.Count : taken.Count / 2;
            var second = half == taken.Count ? null : Task.Run(() => ReadAll(half, taken.Count));
            scripts.AddRange(ReadAll(0, half));
            if (second is not null)
                scripts.AddRange(second.GetAwaiter().GetResult());

            Script[] ReadAll(int begin, int end)
            {
                var read = new Script[end - begin];
                for (var index = begin; index < end; index++)
                {
                    var (path, name) = taken[index];
                    read[index - begin] = reader.Read(path, Path.Join(folder, path), name, configured.Contains(path));
                }

                return read;
            }
        }

        if (bad.Count > 0)
            throw new ScriptException(string.Join('\n', bad));
        var callbacks = scripts.Where(script => script.Name.Kind == ScriptKind.Callback).ToList();
        return new ScriptSet(
            Single(scripts.Where(script => script.Name.Kind != ScriptKind.Callback)),
            [.. Single(callbacks).OrderBy(callback => callback.Name.Description, StringComparer.Ordinal)]
        );

        void LeaveOut(string path, string why)
        {
            if (settings.ValidateMigrationNaming)
                bad.Add($"{path}: {why} (validateMigrationNaming)");
            else
                leftOut?.Invoke(path, why);
        }
    }

    /// <summary>The same file in two folders counts once, as in Flyway, but not a callback.</summary>
    /// <exception cref="ScriptException">Two files have one version, or one description.</exception>
    private static List<Script> Single(IEnumerable<Script> scripts)
    {
        var single = new List<Script>();
        foreach (
            var same in scripts.GroupBy(script =>
                (script.Name.Kind, script.Name.Version, script.Name.Event, script.Name.Version is null ? script.Name.Description : "")
            )
        )
        {
            var first = same.First();
            if (same.Skip(1).FirstOrDefault(other => !IsCopy(first, other)) is { } second)
            {
                var what = first.Name.Version is { } version ? $"version {version}"
                    : first.Name.Event is { } name ? $"the event {name} with the description \"{first.Name.Description}\""
                    : $"the description \"{first.Name.Description}\"";
                throw new ScriptException($"{first.Path} and {second.Path} both have {what}; give one of them another");
            }

            single.Add(first);
        }

        return single;

        static bool IsCopy(Script one, Script other) =>
            one.Name.Event is null && one.Path == other.Path && one.Checksum == other.Checksum;
    }
}

namespace WaitFor.Migrate.Sql;

/// <summary>What a script is for.</summary>
internal enum ScriptKind
{
    /// <summary><c>V</c>: runs once, in the order of the versions.</summary>
    Versioned = 0,

    /// <summary><c>R</c>: runs again whenever it has changed, after all versioned ones, in the order of the descriptions.</summary>
    Repeatable,

    /// <summary><c>B</c>: stands for all versions up to its own on an empty database.</summary>
    Baseline,
}

/// <summary>The parts of a file name in Flyway's layout: <c>V1.2__Add_index.sql</c>, <c>R__Views.sql</c>, <c>B10__Schema.sql</c>;
/// <c>V1.sql</c> has no description.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Version">The version; null for a repeatable script.</param>
/// <param name="Description">With blanks for underscores; Flyway stores it so.</param>
internal sealed record ScriptName(ScriptKind Kind, MigrationVersion? Version, string Description)
{
    private const string Suffix = ".sql";
    private const string Separator = "__";

    /// <summary>True for a name that means to be a migration: a prefix and what follows it, with the suffix.</summary>
    public static bool IsMeant(string file) =>
        file.EndsWith(Suffix, StringComparison.Ordinal)
        && file.Length > Suffix.Length + 1
        && (
            file[0] is 'V' or 'B' && char.IsAsciiDigit(file[1])
            || file[0] is 'V' or 'B' or 'R' && file.IndexOf(Separator, StringComparison.Ordinal) > 0
        );

    /// <summary>Why a file that looks as if it were to run is left out; null for any other file.
    /// <see href="https://documentation.red-gate.com/fd/callback-events-277579336.html"/></summary>
    public static string? WhyLeftOut(string file) =>
        file switch
        {
            ['b', 'e', 'f', 'o', 'r', 'e', >= 'A' and <= 'Z', ..]
            or ['a', 'f', 't', 'e', 'r', >= 'A' and <= 'Z', ..] when file.EndsWith(Suffix, StringComparison.Ordinal) =>
                "it is a callback of Flyway, and no script; make it a repeatable one (R__...), or run Flyway itself: migrate exec -- "
                    + "flyway migrate",
            // Flyway leaves these out as well, without a word.
            _ when IsMeant(file) || !IsMeantInAnyCase(file) => null,
            _ when file.EndsWith(Suffix, StringComparison.Ordinal) =>
                $"its prefix is a small letter; write {char.ToUpperInvariant(file[0])} if it is to run",
            _ => $"its suffix is not {Suffix} in small letters; rename it to {char.ToUpperInvariant(file[0])}"
                + $"{file[1..^Suffix.Length]}{Suffix} if it is to run",
        };

    private static bool IsMeantInAnyCase(string file) =>
        file.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        && file is ['V' or 'B' or 'R', ..] or ['v' or 'b', >= '0' and <= '9', ..] or ['r', '_', '_', ..]
        && IsMeant(char.ToUpperInvariant(file[0]) + file[1..^Suffix.Length] + Suffix);

    /// <summary>Reads a name.</summary>
    /// <exception cref="ScriptException">It means to be a migration, and is none.</exception>
    public static ScriptName Parse(string file)
    {
        var stem = file[1..^Suffix.Length];
        var separator = stem.IndexOf(Separator, StringComparison.Ordinal);
        var version = separator < 0 ? stem : stem[..separator];
        var description = separator < 0 ? "" : stem[(separator + Separator.Length)..].Replace('_', ' ');
        if (file[0] == 'R')
        {
            if (version.Length > 0)
                throw Wrong(file, "a repeatable script has no version: write R__description.sql");
            if (description.Length == 0)
                throw Wrong(file, "a repeatable script needs a description: write R__description.sql");
            return new ScriptName(ScriptKind.Repeatable, null, description);
        }

        var parsed = MigrationVersion.Parse(version)
            ?? throw Wrong(
                file,
                version.Length == 0
                    ? $"there is no version: write {file[0]}1__description.sql"
                    : $"\"{version}\" is no version: write digits, with . or _ between them, and __ before the description"
            );
        return new ScriptName(file[0] == 'V' ? ScriptKind.Versioned : ScriptKind.Baseline, parsed, description);
    }

    private static ScriptException Wrong(string file, string why) => new($"{file}: {why}");
}

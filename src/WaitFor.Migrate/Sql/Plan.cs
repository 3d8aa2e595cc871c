namespace WaitFor.Migrate.Sql;

/// <summary>Where a script, or a row of the history, stands.</summary>
internal enum Standing
{
    /// <summary>Not applied yet.</summary>
    Pending = 0,

    /// <summary>Applied as it is.</summary>
    Applied,

    /// <summary>Applied, and no longer what was applied.</summary>
    Changed,

    /// <summary>Not applied, and below what was.</summary>
    OutOfOrder,

    /// <summary>Not applied, at or below the baseline.</summary>
    BelowBaseline,

    /// <summary>Applied, and no longer there.</summary>
    Missing,

    /// <summary>Applied by a newer release: above all that is there.</summary>
    Future,

    /// <summary>Stopped half way.</summary>
    Failed,

    /// <summary>A repeatable script that ran, and has run again since.</summary>
    Superseded,

    /// <summary>A mark: baseline, schema creation, deletion.</summary>
    Mark,
}

/// <summary>A line of the plan: a script, a row, or both.</summary>
/// <param name="Script">The script; null where there is none any more.</param>
/// <param name="Row">The row; null where it was not applied.</param>
/// <param name="Standing">Where it stands.</param>
internal sealed record PlanLine(Script? Script, Applied? Row, Standing Standing)
{
    public MigrationVersion? Version => Script?.Name.Version ?? Row?.Version;

    public string Description => Script?.Name.Description ?? Row!.Description;

    public string Path => Script?.Path ?? Row!.Script;
}

/// <summary>What is to be done: scripts against history. Pure.</summary>
internal sealed class Plan
{
    private Plan(IReadOnlyList<PlanLine> lines, IReadOnlyList<string> problems, IReadOnlyList<Script> pending) =>
        (Lines, Problems, Pending) = (lines, problems, pending);

    /// <summary>All lines: what was applied in its order, then what is pending in its order.</summary>
    public IReadOnlyList<PlanLine> Lines { get; }

    /// <summary>Why nothing may run: one sentence each, with the next step. Empty where all is well.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>What runs, in this order.</summary>
    public IReadOnlyList<Script> Pending { get; }

    /// <summary>Makes the plan.</summary>
    /// <param name="scripts">All scripts.</param>
    /// <param name="history">All rows, in the order of their ranks.</param>
    /// <param name="outOfOrder">True: scripts below the last applied version may run.</param>
    public static Plan Make(IReadOnlyList<Script> scripts, IReadOnlyList<Applied> history, bool outOfOrder)
    {
        var (lines, problems) = (new List<PlanLine>(), new List<string>());
        var versioned = scripts.Where(script => script.Name.Kind == ScriptKind.Versioned).ToList();
        var valid = Valid(history);
        var counts = valid.ToHashSet();
        var baseline = valid
            .Where(row => row is { Type: AppliedType.Baseline or AppliedType.SqlBaseline, Success: true })
            .Select(row => row.Version!)
            .LastOrDefault();
        var newest = valid.Select(row => row.Version).OfType<MigrationVersion>().Max();
        var newestScript = versioned.Select(script => script.Name.Version!).Max();
        var byVersion = scripts
            .Where(script => script.Name.Version is not null)
            .ToDictionary(script => (script.Name.Kind, script.Name.Version!));
        var byDescription = scripts
            .Where(script => script.Name.Kind == ScriptKind.Repeatable)
            .DistinctBy(script => script.Stored, StringComparer.Ordinal)
            .ToDictionary(script => script.Stored, StringComparer.Ordinal);
        var applied = valid
            .Where(row => row is { Version: not null, Type: not (AppliedType.Baseline or AppliedType.Schema) })
            .Select(row => row.Version!)
            .ToHashSet();

        foreach (var row in history)
            lines.Add(Judge(row));
        var first = FirstBaseline(scripts, valid);
        foreach (var script in versioned.Where(script => !applied.Contains(script.Name.Version!)).OrderBy(script => script.Name.Version))
        {
            var version = script.Name.Version!;
            var stands =
                (baseline is not null && version <= baseline) || (first is not null && version <= first.Name.Version!)
                    ? Standing.BelowBaseline
                : newest is not null && version < newest ? Standing.OutOfOrder
                : Standing.Pending;
            lines.Add(new PlanLine(script, null, stands));
            if (stands == Standing.OutOfOrder && !outOfOrder)
                problems.Add(
                    $"{script.Path}: version {version} is not applied, but {newest} is: it came too late; give it a version above "
                        + $"{newest}, or allow it with --out-of-order"
                );
        }

        if (first is not null)
            lines.Add(new PlanLine(first, null, Standing.Pending));
        foreach (
            var script in scripts
                .Where(script => script.Name.Kind == ScriptKind.Repeatable)
                .OrderBy(script => script.Name.Description, StringComparer.Ordinal)
        )
        {
            var last = valid.LastOrDefault(row => row.Version is null && row.Description == script.Stored && row.Type == AppliedType.Sql);
            if (last is null || !last.Success || last.Checksum != script.Checksum)
                lines.Add(new PlanLine(script, null, Standing.Pending));
        }

        var pending = lines
            .Where(line => line.Standing == Standing.Pending || (line.Standing == Standing.OutOfOrder && outOfOrder))
            .Select(line => line.Script!)
            .OrderBy(script =>
                script.Name.Kind switch
                {
                    ScriptKind.Baseline => 0,
                    ScriptKind.Versioned => 1,
                    _ => 2,
                }
            )
            .ThenBy(script => script.Name.Version)
            .ThenBy(script => script.Name.Description, StringComparer.Ordinal)
            .ToList();
        return new Plan(lines, problems, pending);

        PlanLine Judge(Applied row)
        {
            if (!counts.Contains(row) || row.Type is AppliedType.Baseline or AppliedType.Schema)
                return new PlanLine(null, row, Standing.Mark);
            var script = row.Version is null
                ? byDescription.GetValueOrDefault(row.Description)
                : byVersion.GetValueOrDefault(
                    (row.Type == AppliedType.SqlBaseline ? ScriptKind.Baseline : ScriptKind.Versioned, row.Version)
                );
            var name = row.Version is null ? $"the repeatable script \"{row.Description}\"" : $"version {row.Version} ({row.Script})";
            if (!row.Success && !(row.Version is null && Superseded(row)))
            {
                problems.Add($"{name} has failed before, and stopped half way; set right what it left behind, then run migrate repair");
                return new PlanLine(script, row, Standing.Failed);
            }

            if (row.Version is null)
                return new PlanLine(
                    script,
                    row,
                    script is null ? Standing.Missing
                        : Superseded(row) ? Standing.Superseded
                        : script.Checksum == row.Checksum ? Standing.Applied
                        : Standing.Changed
                );
            if (script is null)
            {
                if (newestScript is null || row.Version > newestScript)
                    return new PlanLine(null, row, Standing.Future);
                if (row.Type != AppliedType.Sql)
                    return new PlanLine(null, row, Standing.Applied);
                problems.Add(
                    $"{name} was applied, and is not among the scripts any more; put the file back, or run migrate repair to take it out "
                        + "of the history"
                );
                return new PlanLine(null, row, Standing.Missing);
            }

            if (row.Checksum is { } checksum && checksum != script.Checksum)
            {
                problems.Add(
                    $"{script.Path}: the file was changed after it was applied (checksum {checksum} then, {script.Checksum} now); put it "
                        + "back and write a new script, or run migrate repair if the database has the change"
                );
                return new PlanLine(script, row, Standing.Changed);
            }

            if (row.Description != script.Stored)
            {
                problems.Add(
                    $"{script.Path}: the file was renamed after it was applied (\"{row.Description}\" then); put the name back, or run "
                        + "migrate repair"
                );
                return new PlanLine(script, row, Standing.Changed);
            }

            return new PlanLine(script, row, Standing.Applied);
        }

        bool Superseded(Applied row) =>
            valid.Exists(later => later.Rank > row.Rank && later.Version is null && later.Description == row.Description);
    }

    /// <summary>The rows that count: a row of repair, or of undo, takes back those of the same version, or description, before
    /// it.</summary>
    public static List<Applied> Valid(IReadOnlyList<Applied> history)
    {
        var valid = new List<Applied>(history.Count);
        var (versions, descriptions) = (new HashSet<MigrationVersion>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var row in history.Reverse())
        {
            // An undo that failed has taken nothing back.
            if (row.Type == AppliedType.Delete || (row.Success && row.Type.StartsWith(AppliedType.UndoPrefix, StringComparison.Ordinal)))
                _ = row.Version is { } version ? versions.Add(version) : descriptions.Add(row.Description);
            else if (!(row.Version is { } of ? versions.Contains(of) : descriptions.Contains(row.Description)))
                valid.Add(row);
        }

        valid.Reverse();
        return valid;
    }

    /// <summary>What Flyway stores for a script without a description.</summary>
    public const string NoDescription = "<< no description >>";

    /// <summary>On an empty database the newest baseline script takes the place of all versions up to its own.</summary>
    private static Script? FirstBaseline(IReadOnlyList<Script> scripts, List<Applied> valid) =>
        valid.Exists(row => row.Type != AppliedType.Schema)
            ? null
            : scripts.Where(script => script.Name.Kind == ScriptKind.Baseline).MaxBy(script => script.Name.Version);
}

using System.Globalization;

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

    /// <summary>Not applied, and above the target.</summary>
    AboveTarget,

    /// <summary>Applied, and no longer there.</summary>
    Missing,

    /// <summary>Applied by a newer release: above all that exists.</summary>
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

    /// <summary>Where it stands, in words for people.</summary>
    public string State =>
        Standing switch
        {
            Standing.OutOfOrder => "Out of order",
            Standing.BelowBaseline => "Below baseline",
            Standing.AboveTarget => "Above target",
            Standing.Mark => Row!.Type == AppliedType.Baseline ? "Baseline" : "Applied",
            _ => Standing.ToString(),
        };
}

/// <summary>What is to be done: scripts against history. Pure.</summary>
internal sealed class Plan
{
    private readonly PlanRules _rules;
    private readonly List<PlanLine> _lines = [];
    private readonly List<string> _problems = [];
    private readonly List<string> _obstacles = [];
    private readonly List<Applied> _valid;
    private readonly Dictionary<(ScriptKind, MigrationVersion), Script> _byVersion;
    private readonly Dictionary<string, Script> _byDescription;
    private readonly MigrationVersion? _newestScript;
    private readonly MigrationVersion? _baseline;

    private Plan(IReadOnlyList<Script> scripts, IReadOnlyList<Applied> history, PlanRules rules)
    {
        _rules = rules;
        var versioned = scripts.Where(script => script.Name.Kind == ScriptKind.Versioned).ToList();
        _valid = Valid(history);
        var counts = _valid.ToHashSet();
        _baseline = _valid
            .Where(row => row is { Type: AppliedType.Baseline or AppliedType.SqlBaseline, Success: true })
            .Select(row => row.Version!)
            .LastOrDefault();
        var newest = _valid.Select(row => row.Version).OfType<MigrationVersion>().Max();
        _newestScript = versioned.Select(script => script.Name.Version!).Max();
        _byVersion = scripts
            .Where(script => script.Name.Version is not null)
            .ToDictionary(script => (script.Name.Kind, script.Name.Version!));
        var repeatable = scripts.Where(script => script.Name.Kind == ScriptKind.Repeatable).ToList();
        _byDescription = repeatable
            .DistinctBy(script => script.Stored, StringComparer.Ordinal)
            .ToDictionary(script => script.Stored, StringComparer.Ordinal);
        var applied = _valid
            .Where(row => row is { Version: not null, Type: not (AppliedType.Baseline or AppliedType.Schema) })
            .Select(row => row.Version!)
            .ToHashSet();

        foreach (var row in history)
            _lines.Add(Judge(row, counts));
        var first = FirstBaseline(scripts, _valid);
        foreach (var script in versioned.Where(script => !applied.Contains(script.Name.Version!)).OrderBy(script => script.Name.Version))
        {
            var version = script.Name.Version!;
            var stands =
                (_baseline is not null && version <= _baseline) || (first is not null && version <= first.Name.Version!)
                    ? Standing.BelowBaseline
                : IsAboveTarget(version, newest) ? Standing.AboveTarget
                : newest is not null && version < newest ? Standing.OutOfOrder
                : Standing.Pending;
            var line = new PlanLine(script, null, stands);
            _lines.Add(line);
            if (stands == Standing.OutOfOrder && !rules.OutOfOrder && !IsIgnored(line))
                _problems.Add(
                    $"{script.Path}: version {version} is out of order: {newest} is applied already; give it a version above "
                        + $"{newest}, or allow it with --out-of-order"
                );
        }

        if (first is not null)
            _lines.Add(new PlanLine(first, null, Standing.Pending));
        foreach (var script in repeatable.OrderBy(script => script.Name.Description, StringComparer.Ordinal))
        {
            var last = _valid.LastOrDefault(row => row.Version is null && Described(row) == script.Stored && row.Type == AppliedType.Sql);
            if (last is null || !last.Success || last.Checksum != script.Checksum)
                _lines.Add(new PlanLine(script, null, Standing.Pending));
        }

        if (rules.Target is { MayBeMissing: false, Version: { } target } && !_lines.Exists(line => line.Version == target))
            Block($"target {target}: no script has this version; correct the target, or write {target}? to apply all scripts up to it");
        var pending = _lines
            .Where(line => line.Standing == Standing.Pending || (line.Standing == Standing.OutOfOrder && rules.OutOfOrder))
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
            .ThenBy(script => script.Name.Description, StringComparer.Ordinal);
        Pending = rules.Target is { Kind: TargetKind.Next } ? [.. pending.Take(1)] : [.. pending];
    }

    /// <summary>All lines: what was applied in its order, then what is pending in its order.</summary>
    public IReadOnlyList<PlanLine> Lines => _lines;

    /// <summary>Why nothing may run: one sentence each, with the next step. Empty where all is well.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Those of <see cref="Problems"/> that count even where nothing is validated.</summary>
    public IReadOnlyList<string> Obstacles => _obstacles;

    /// <summary>What runs, in this order.</summary>
    public IReadOnlyList<Script> Pending { get; }

    /// <summary>What is not applied, and no pattern ignores: a problem for validate.</summary>
    public IEnumerable<PlanLine> Waiting => _lines.Where(line => line.Standing is Standing.Pending && !IsIgnored(line));

    /// <summary>Applied scripts that are gone, and that no pattern ignores: what repair marks as deleted.</summary>
    public IEnumerable<PlanLine> Gone =>
        _lines.Where(line => line is { Standing: Standing.Missing or Standing.Future, Row.Success: true } && !IsIgnored(line));

    /// <summary>Rows that an earlier version of this program wrote for scripts without a description.</summary>
    public IEnumerable<PlanLine> Undescribed => _lines.Where(line => line is { Script: not null, Row.Description: NoDescription });

    /// <summary>Makes the plan.</summary>
    /// <param name="scripts">All scripts.</param>
    /// <param name="history">All rows, in the order of their ranks.</param>
    /// <param name="rules">What the settings say.</param>
    public static Plan Make(IReadOnlyList<Script> scripts, IReadOnlyList<Applied> history, PlanRules rules) => new(scripts, history, rules);

    private void Block(string problem)
    {
        _problems.Add(problem);
        _obstacles.Add(problem);
    }

    private bool IsIgnored(PlanLine line) => _rules.Ignored.Any(pattern => pattern.Covers(line));

    private bool IsAboveTarget(MigrationVersion version, MigrationVersion? newest) =>
        _rules.Target switch
        {
            { Version: { } target } => version > target,
            { Kind: TargetKind.Current } => newest is null || version > newest,
            _ => false,
        };

    private PlanLine Judge(Applied row, HashSet<Applied> counts)
    {
        if (!counts.Contains(row) || row.Type is AppliedType.Baseline or AppliedType.Schema)
            return new PlanLine(null, row, Standing.Mark);
        var script = row.Version is null
            ? _byDescription.GetValueOrDefault(Described(row))
            : _byVersion.GetValueOrDefault((row.Type == AppliedType.SqlBaseline ? ScriptKind.Baseline : ScriptKind.Versioned, row.Version));
        var name = row.Version is null ? $"the repeatable script \"{row.Description}\"" : $"version {row.Version} ({row.Script})";
        if (!row.Success && !(row.Version is null && Superseded(row)))
        {
            Block($"{name} failed before, and stopped half way; clean up what it left behind, then run migrate repair");
            return new PlanLine(script, row, Standing.Failed);
        }

        if (row.Version is null && (script is not null || Superseded(row)))
            return new PlanLine(
                script,
                row,
                Superseded(row) ? Standing.Superseded
                    : script!.Checksum == row.Checksum ? Standing.Applied
                    : Standing.Changed
            );
        if (script is null)
        {
            if (row.Type == AppliedType.SqlBaseline && row.Version! <= (_newestScript ?? row.Version!))
                return new PlanLine(null, row, Standing.Applied);
            var isFuture = row.Version is not null && (_newestScript is null || row.Version > _newestScript);
            var line = new PlanLine(null, row, isFuture ? Standing.Future : Standing.Missing);
            if (!IsIgnored(line))
                _problems.Add(
                    $"{name} was applied, but its file was not found; restore the file, or run migrate repair to take it out "
                        + "of the history"
                );
            return line;
        }

        if (_baseline is not null && row.Version! <= _baseline && row.Type != AppliedType.SqlBaseline)
            return new PlanLine(script, row, Standing.Applied);
        if (row.Type != script.Type)
            return Changed($"it was applied as {row.Type}, and is now {script.Type}; restore the file that was applied");
        var then = row.Checksum?.ToString(CultureInfo.InvariantCulture) ?? "none";
        if (row.Checksum != script.Checksum)
            return Changed(
                $"the file was changed after it was applied (checksum {then} then, {script.Checksum} now); restore it and write a new "
                    + "script",
                " if the database has the change"
            );
        return Described(row) == script.Stored
            ? new PlanLine(script, row, Standing.Applied)
            : Changed($"the file was renamed after it was applied (from \"{row.Description}\"); restore the name");

        PlanLine Changed(string what, string where = "")
        {
            _problems.Add($"{script.Path}: {what}, or run migrate repair{where}");
            return new PlanLine(script, row, Standing.Changed);
        }
    }

    private bool Superseded(Applied row) =>
        _valid.Exists(later => later.Rank > row.Rank && later.Version is null && Described(later) == Described(row));

    /// <summary>The description of a row; an earlier version of this program wrote another text for none.</summary>
    private static string Described(Applied row) => row.Description == NoDescription ? "" : row.Description;

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
                _ = row.Version is { } version ? versions.Add(version) : descriptions.Add(Described(row));
            else if (!(row.Version is { } of ? versions.Contains(of) : descriptions.Contains(Described(row))))
                valid.Add(row);
        }

        valid.Reverse();
        return valid;
    }

    /// <summary>What an earlier version of this program stored for a script without a description.</summary>
    public const string NoDescription = "<< no description >>";

    /// <summary>On an empty database the newest baseline script takes the place of all versions up to its own.</summary>
    private static Script? FirstBaseline(IReadOnlyList<Script> scripts, List<Applied> valid) =>
        valid.Exists(row => row.Type != AppliedType.Schema)
            ? null
            : scripts.Where(script => script.Name.Kind == ScriptKind.Baseline).MaxBy(script => script.Name.Version);
}

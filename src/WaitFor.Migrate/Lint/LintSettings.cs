using WaitFor.Findings;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint;

/// <summary>What the command line asks of <c>migrate lint</c>.</summary>
internal sealed record LintSettings
{
    /// <summary>On a database of its own.</summary>
    public bool Shadow { get; init; }

    /// <summary>Versions above it are judged; null for what is pending.</summary>
    public MigrationVersion? Since { get; init; }

    /// <summary>The files that are judged, as written; empty for what is pending.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The form of standard output.</summary>
    public FindingsFormat Format { get; init; }

    /// <summary>A file that takes the findings as well; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>What locks a big table completely does not run.</summary>
    public bool Quick { get; init; }

    /// <summary>The options of the rules.</summary>
    public LintOptions Options { get; init; } = new();

    /// <summary>The form of <see cref="Report"/>: its name says json or sarif, else it is that of standard output.</summary>
    public FindingsFormat ReportFormat =>
        Path.GetExtension(Report)?.ToLowerInvariant() switch
        {
            ".json" => FindingsFormat.Json,
            ".sarif" => FindingsFormat.Sarif,
            _ => Format,
        };
}

/// <summary>How long a statement may wait and run in a rehearsal.</summary>
/// <param name="Lock">The longest wait for a lock; zero for no limit.</param>
/// <param name="Statement">The longest run; zero for no limit.</param>
internal sealed record LintLimits(TimeSpan Lock, TimeSpan Statement);

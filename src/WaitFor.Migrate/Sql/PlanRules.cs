using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Sql;

/// <summary>What the settings say about what runs, and what is a problem.</summary>
internal sealed record PlanRules
{
    /// <summary>Scripts below the last applied version may run.</summary>
    public bool OutOfOrder { get; init; }

    /// <summary>Up to where scripts run; null: all.</summary>
    public Target? Target { get; init; }

    /// <summary>What is no problem.</summary>
    public IReadOnlyList<IgnorePattern> Ignored { get; init; } = [new("*", "future")];

    /// <summary>Reads them.</summary>
    /// <exception cref="ScriptException">A value is wrong.</exception>
    public static PlanRules Of(FlywaySettings settings, bool outOfOrder) =>
        new()
        {
            OutOfOrder = outOfOrder,
            Target = settings.Target is { Length: > 0 } target ? Target.Parse(target) : null,
            Ignored = [.. settings.IgnoreMigrationPatterns.Select(IgnorePattern.Parse)],
        };
}

/// <summary>Up to where scripts run.</summary>
/// <param name="Kind">How it is written.</param>
/// <param name="Version">The version; null unless it is one.</param>
/// <param name="MayBeMissing">It need not be a script's version (<c>V?</c>, as in Flyway 10 and later).</param>
internal sealed record Target(TargetKind Kind, MigrationVersion? Version, bool MayBeMissing)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public static Target Parse(string text)
    {
        if (Enum.TryParse<TargetKind>(text, ignoreCase: true, out var kind) && kind != TargetKind.Version && !char.IsAsciiDigit(text[0]))
            return new Target(kind, null, MayBeMissing: true);
        return MigrationVersion.Parse(text.TrimEnd('?')) is { } version
            ? new Target(TargetKind.Version, version, text.EndsWith('?'))
            : throw new ScriptException($"target {text}: write a version, such as 12 or 1.2, or latest, current or next");
    }
}

/// <summary>How a <see cref="Target"/> is written.</summary>
internal enum TargetKind
{
    Version = 0,
    Latest,
    Current,
    Next,
}

/// <summary>What is no problem.</summary>
/// <param name="Type"><c>versioned</c>, <c>repeatable</c>, or <c>*</c>.</param>
/// <param name="State"><c>missing</c>, <c>pending</c>, <c>ignored</c>, <c>future</c>, or <c>*</c>.</param>
internal sealed record IgnorePattern(string Type, string State)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public static IgnorePattern Parse(string text) =>
        text.ToLowerInvariant().Split(':')
            is [
                ("*" or "versioned" or "repeatable") and var type,
                ("*" or "missing" or "pending" or "ignored" or "future") and var state,
            ]
            ? new IgnorePattern(type, state)
            : throw new ScriptException(
                $"ignoreMigrationPatterns {text}: write TYPE:STATE; types are versioned, repeatable and *, states missing, pending, "
                    + "ignored, future and *"
            );

    /// <summary>True where a line is no problem.</summary>
    public bool Covers(PlanLine line) =>
        (Type == "*" || Type == (line.Version is null ? "repeatable" : "versioned"))
        && (
            State == "*"
            || line.Standing switch
            {
                Standing.Missing => State == "missing",
                Standing.Future => State == "future",
                Standing.OutOfOrder => State == "ignored",
                Standing.Pending => State == "pending",
                _ => false,
            }
        );
}

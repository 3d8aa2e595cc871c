using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.CommandLine;

/// <summary>What <c>migrate</c> is to do.</summary>
internal enum Verb
{
    Up,
    Exec,
    Plan,
    Info,
    Validate,
    Baseline,
    Repair,
    Wait,
}

/// <summary>What the command line and the environment ask for, checked; times are in the units that they say.</summary>
internal sealed record MigrateOptions
{
    public required Verb Verb { get; init; }

    /// <summary>Where the database is.</summary>
    public required ServerSettings Connection { get; init; }

    /// <summary>What Flyway's settings say, with our options of the same meaning.</summary>
    public FlywaySettings Flyway { get; init; } = new();

    public required ConnectPatience ConnectPatience { get; init; }

    public required LockPatience LockPatience { get; init; }

    /// <summary>How long another run is waited for; zero for no limit.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>How long a statement may run; zero for no limit.</summary>
    public TimeSpan StatementTimeout { get; init; }

    /// <summary>How long <c>wait</c> waits; zero for no limit.</summary>
    public TimeSpan Timeout { get; init; }

    public IReadOnlyList<string> Locations { get; init; } = [];

    public IReadOnlyDictionary<string, string> Placeholders { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public bool PlaceholderReplacement { get; init; } = true;

    /// <summary>validate accepts pending scripts.</summary>
    public bool PendingIsValid { get; init; } = true;

    /// <summary>The schema of the history; null: the first of the search path that is there.</summary>
    public string? Schema { get; init; }

    public string Table { get; init; } = "flyway_schema_history";

    public bool OutOfOrder { get; init; }

    public bool BaselineOnMigrate { get; init; }

    public required MigrationVersion BaselineVersion { get; init; }

    public string BaselineDescription { get; init; } = "<< Flyway Baseline >>";

    /// <summary>The release that is stamped, or waited for; null for none.</summary>
    public string? Release { get; init; }

    /// <summary>The version that is waited for; null for none.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>The folder of assertions; null: "assert", where it is there.</summary>
    public string? Assertions { get; init; }

    /// <summary>The ConfigMap of completion records; null for none.</summary>
    public string? Record { get; init; }

    /// <summary>The key of the record: the Job's name.</summary>
    public string? RecordKey { get; init; }

    /// <summary>The namespace of the ConfigMap; null: the pod's, or the context's.</summary>
    public string? Namespace { get; init; }

    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    /// <summary>What <c>exec</c> runs.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}

/// <summary>How to talk to whoever started us. Known even when the rest of the command line is wrong.</summary>
/// <param name="Json">NDJSON.</param>
/// <param name="Verbose">More lines.</param>
/// <param name="TerminationLog">File for the termination message; null for none.</param>
internal sealed record OutputOptions(bool Json, bool Verbose, string? TerminationLog);

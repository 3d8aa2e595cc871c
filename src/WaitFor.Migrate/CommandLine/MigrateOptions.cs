using Microsoft.Extensions.Logging;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Lint;
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
    Clean,
    Wait,
    Lint,
}

/// <summary>What the command line and the environment ask for, checked; times are in the units that they say.</summary>
internal sealed record MigrateOptions
{
    /// <summary>What runs now; of several, the first.</summary>
    public required Verb Verb { get; init; }

    /// <summary>All that runs, in order, until one fails.</summary>
    public IReadOnlyList<Verb> Verbs { get; init; } = [];

    /// <summary>Where the database is.</summary>
    public required ServerSettings Connection { get; init; }

    /// <summary>What Flyway's settings say, with our options of the same meaning.</summary>
    public FlywaySettings Flyway { get; init; } = new();

    public required ConnectPatience ConnectPatience { get; init; }

    public required LockPatience LockPatience { get; init; }

    /// <summary>How long to wait for another run; zero for no limit.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>How long a statement may run; zero for no limit.</summary>
    public TimeSpan StatementTimeout { get; init; }

    /// <summary>How long <c>wait</c> waits; zero for no limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Where scripts are, as written; null: the default places.</summary>
    public GivenValue? Locations { get; init; }

    /// <summary>Where callbacks are, as written; null: with the scripts.</summary>
    public GivenValue? CallbackLocations { get; init; }

    /// <summary>Where relative folders begin.</summary>
    public FlywayPlaces Places { get; init; } = new(".");

    /// <summary>clean may drop everything.</summary>
    public bool AllowClean { get; init; }

    /// <summary>repair lets half-done batched scripts begin with the first row again.</summary>
    public bool RestartBatch { get; init; }

    /// <summary>Progress is left where the gate finds it.</summary>
    public bool Progress { get; init; }

    /// <summary>info prints nothing but versions.</summary>
    public bool MigrationIds { get; init; }

    /// <summary>Lines for the log, before anything runs.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> Notes { get; init; } = [];

    /// <summary>validate accepts pending scripts.</summary>
    public bool PendingIsValid { get; init; } = true;

    /// <summary>The schema of the history; null: the first of the search path that exists.</summary>
    public string? Schema => Flyway.DefaultSchema ?? (Flyway.Schemas is [var first, ..] ? first : null);

    public string Table => Flyway.Table;

    public IReadOnlyDictionary<string, string> Placeholders => Flyway.Placeholders;

    public bool PlaceholderReplacement => Flyway.PlaceholderReplacement;

    public bool OutOfOrder => Flyway.OutOfOrder;

    public bool BaselineOnMigrate => Flyway.BaselineOnMigrate;

    public MigrationVersion BaselineVersion => MigrationVersion.Parse(Flyway.BaselineVersion)!;

    public string BaselineDescription => Flyway.BaselineDescription;

    /// <summary>up rehearses first, and refuses what lint would.</summary>
    public bool LintFirst { get; init; }

    /// <summary>What lint is to do.</summary>
    public LintSettings Lint { get; init; } = new();

    /// <summary>The release to write into the deployment log, or to wait for; null for none.</summary>
    public string? Release { get; init; }

    /// <summary>The version to wait for; null for none.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>The folder of assertions; null: "assert", where it exists.</summary>
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
/// <param name="Quiet">Warnings and errors only.</param>
internal sealed record OutputOptions(bool Json, bool Verbose, string? TerminationLog, bool Quiet = false);

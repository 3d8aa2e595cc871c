namespace WaitFor.Migrate.Flyway;

/// <summary>What Flyway's settings say, checked and with Flyway's defaults; each property is the setting of that name.
/// <see href="https://documentation.red-gate.com/fd/parameters-184127474.html"/></summary>
internal sealed record FlywaySettings
{
    /// <summary>True where the call is Flyway's: its program name, options, configuration files or FLYWAY_URL. What both have, but
    /// differently (validate with pending scripts), is then as in Flyway.</summary>
    public bool FlywayForm { get; init; }

    /// <summary>The schema of the history, and the first of the search path; null: the first of <see cref="Schemas"/>, else the
    /// connection's.</summary>
    public string? DefaultSchema { get; init; }

    /// <summary>The schemas that are created and cleaned, in order; empty: the default schema alone.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    public bool CreateSchemas { get; init; } = true;

    public string Table { get; init; } = "flyway_schema_history";

    /// <summary>The tablespace of the history; null for the server's default.</summary>
    public string? Tablespace { get; init; }

    public bool FailOnMissingLocations { get; init; }

    public string SqlMigrationPrefix { get; init; } = "V";

    public string RepeatableSqlMigrationPrefix { get; init; } = "R";

    public string BaselineMigrationPrefix { get; init; } = "B";

    public string UndoSqlMigrationPrefix { get; init; } = "U";

    public string SqlMigrationSeparator { get; init; } = "__";

    public IReadOnlyList<string> SqlMigrationSuffixes { get; init; } = [".sql"];

    /// <summary>A Java name of the scripts' encoding, as written.</summary>
    public string Encoding { get; init; } = "UTF-8";

    public bool DetectEncoding { get; init; }

    public bool PlaceholderReplacement { get; init; } = true;

    public string PlaceholderPrefix { get; init; } = "${";

    public string PlaceholderSuffix { get; init; } = "}";

    /// <summary>What stands between <c>flyway</c> and the name in a default placeholder.</summary>
    public string PlaceholderSeparator { get; init; } = ":";

    /// <summary>The values of placeholders, by name; upper and lower case are the same.</summary>
    public IReadOnlyDictionary<string, string> Placeholders { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>A version, <c>latest</c>, <c>current</c>, <c>next</c>, or <c>V?</c>; null for all.</summary>
    public string? Target { get; init; }

    public bool OutOfOrder { get; init; }

    public bool Mixed { get; init; }

    /// <summary>All pending scripts run in one transaction.</summary>
    public bool Group { get; init; }

    public bool ExecuteInTransaction { get; init; } = true;

    public bool SkipDefaultCallbacks { get; init; }

    /// <summary>Migrate ends with an error where files and history do not fit together.</summary>
    public bool ValidateOnMigrate { get; init; } = true;

    /// <summary>A file whose name is not a script's is an error.</summary>
    public bool ValidateMigrationNaming { get; init; }

    /// <summary><c>TYPE:STATE</c>, each also <c>*</c>, as written.</summary>
    public IReadOnlyList<string> IgnoreMigrationPatterns { get; init; } = ["*:future"];

    /// <summary>Goes into the history's installed_by; null: the database user.</summary>
    public string? InstalledBy { get; init; }

    public bool BaselineOnMigrate { get; init; }

    /// <summary>A version, as written.</summary>
    public string BaselineVersion { get; init; } = "1";

    public string BaselineDescription { get; init; } = "<< Flyway Baseline >>";

    public bool CleanDisabled { get; init; } = true;

    /// <summary>Pending scripts are written into the history and not run.</summary>
    public bool SkipExecutingMigrations { get; init; }

    /// <summary>SQL that runs on each new connection; null for none.</summary>
    public string? InitSql { get; init; }

    /// <summary>Tries after the first; null: ours.</summary>
    public int? ConnectRetries { get; init; }

    /// <summary>The longest pause between two tries, in seconds; null: ours.</summary>
    public int? ConnectRetriesInterval { get; init; }

    /// <summary>Tries to acquire the lock, about one a second, -1 for no limit; null: ours.</summary>
    public int? LockRetryCount { get; init; }

    /// <summary>The environment of <c>${flyway:environment}</c>; null for none.</summary>
    public string? Environment { get; init; }

    /// <summary>Relative folders are taken from here; null: the process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>json</c>: one document on standard output.</summary>
    public string OutputType { get; init; } = "";

    public bool ReportEnabled { get; init; }

    public string ReportFilename { get; init; } = "report";

    /// <summary><c>info</c>: only versions from here on, as written; null for all.</summary>
    public string? InfoSinceVersion { get; init; }

    /// <summary><c>info</c>: only versions up to here, as written; null for all.</summary>
    public string? InfoUntilVersion { get; init; }
}

namespace WaitFor.Migrate.Flyway;

/// <summary>What Flyway's settings say, checked and with Flyway's defaults; each property is the setting of that name.
/// <see href="https://documentation.red-gate.com/fd/parameters-184127474.html"/></summary>
/// <param name="Values">The values that were given, and the table's defaults.</param>
internal sealed record FlywaySettings(FlywayValues Values)
{
    /// <summary>The defaults.</summary>
    public FlywaySettings()
        : this(new FlywayValues(null)) { }

    /// <summary>True where the call is Flyway's: its program name, options, configuration files or FLYWAY_URL. What both have, but
    /// differently (validate with pending scripts), is then as in Flyway.</summary>
    public bool FlywayForm { get; init; }

    /// <summary>The schema of the history, and the first of the search path; null: the first of <see cref="Schemas"/>, else the
    /// connection's.</summary>
    public string? DefaultSchema { get; init; } = Values.Text("defaultSchema");

    /// <summary>The schemas that are created and cleaned, in order; empty: the default schema alone.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = Values.Names("schemas");

    public bool CreateSchemas { get; init; } = Values.Flag("createSchemas");

    public string Table { get; init; } = Values.Text("table")!;

    /// <summary>The tablespace of the history; null for the server's default.</summary>
    public string? Tablespace { get; init; } = Values.Text("tablespace");

    public bool FailOnMissingLocations { get; init; } = Values.Flag("failOnMissingLocations");

    public string SqlMigrationPrefix { get; init; } = Values.Raw("sqlMigrationPrefix");

    public string RepeatableSqlMigrationPrefix { get; init; } = Values.Raw("repeatableSqlMigrationPrefix");

    public string BaselineMigrationPrefix { get; init; } = Values.Raw("baselineMigrationPrefix");

    public string UndoSqlMigrationPrefix { get; init; } = Values.Needed("undoSqlMigrationPrefix");

    public string SqlMigrationSeparator { get; init; } = Values.Needed("sqlMigrationSeparator");

    public IReadOnlyList<string> SqlMigrationSuffixes { get; init; } = Values.Names("sqlMigrationSuffixes");

    /// <summary>A Java name of the scripts' encoding, as written.</summary>
    public string Encoding { get; init; } = Values.Encoding("encoding");

    public bool DetectEncoding { get; init; } = Values.Flag("detectEncoding");

    public bool PlaceholderReplacement { get; init; } = Values.Flag("placeholderReplacement");

    public string PlaceholderPrefix { get; init; } = Values.Needed("placeholderPrefix");

    public string PlaceholderSuffix { get; init; } = Values.Needed("placeholderSuffix");

    /// <summary>What stands between <c>flyway</c> and the name in a default placeholder.</summary>
    public string PlaceholderSeparator { get; init; } = Values.Needed("placeholderSeparator");

    /// <summary>The values of placeholders, by name; upper and lower case are the same.</summary>
    public IReadOnlyDictionary<string, string> Placeholders { get; init; } = Values.Map("placeholders");

    /// <summary>A version, <c>latest</c>, <c>current</c>, <c>next</c>, or <c>V?</c>; null for all.</summary>
    public string? Target { get; init; } = Values.Given("target");

    public bool OutOfOrder { get; init; } = Values.Flag("outOfOrder");

    public bool Mixed { get; init; } = Values.Flag("mixed");

    /// <summary>All pending scripts run in one transaction.</summary>
    public bool Group { get; init; } = Values.Flag("group");

    public bool ExecuteInTransaction { get; init; } = Values.Flag("executeInTransaction");

    public bool SkipDefaultCallbacks { get; init; } = Values.Flag("skipDefaultCallbacks");

    /// <summary>Migrate ends with an error where files and history do not fit together.</summary>
    public bool ValidateOnMigrate { get; init; } = Values.Flag("validateOnMigrate");

    /// <summary>A file whose name is not a script's is an error.</summary>
    public bool ValidateMigrationNaming { get; init; } = Values.Flag("validateMigrationNaming");

    /// <summary><c>TYPE:STATE</c>, each also <c>*</c>, as written.</summary>
    public IReadOnlyList<string> IgnoreMigrationPatterns { get; init; } = Values.Names("ignoreMigrationPatterns");

    /// <summary>Goes into the history's installed_by; null: the database user.</summary>
    public string? InstalledBy { get; init; } = Values.Text("installedBy");

    public bool BaselineOnMigrate { get; init; } = Values.Flag("baselineOnMigrate");

    /// <summary>A version, as written.</summary>
    public string BaselineVersion { get; init; } = Values.Version("baselineVersion")!;

    public string BaselineDescription { get; init; } = Values.Text("baselineDescription")!;

    public bool CleanDisabled { get; init; } = Values.Flag("cleanDisabled");

    /// <summary>Pending scripts are written into the history and not run.</summary>
    public bool SkipExecutingMigrations { get; init; } = Values.Flag("skipExecutingMigrations");

    /// <summary>SQL that runs on each new connection; null for none.</summary>
    public string? InitSql { get; init; } = Values.Text("initSql");

    /// <summary>Tries after the first; null: ours.</summary>
    public int? ConnectRetries { get; init; } = Values.GivenNumber("connectRetries", least: 0);

    /// <summary>The longest pause between two attempts, in seconds; null: ours.</summary>
    public int? ConnectRetriesInterval { get; init; } = Values.GivenNumber("connectRetriesInterval", least: 0);

    /// <summary>Tries to acquire the lock, about one a second, -1 for no limit; null: ours.</summary>
    public int? LockRetryCount { get; init; } = Values.GivenNumber("lockRetryCount", least: -1);

    /// <summary>The environment of <c>${flyway:environment}</c>; null for none.</summary>
    public string? Environment { get; init; } = Values.GivenText("environment");

    /// <summary>Relative folders are taken from here; null: the process's.</summary>
    public string? WorkingDirectory { get; init; } = Values.Folder;

    /// <summary><c>json</c>: one document on standard output.</summary>
    public string OutputType { get; init; } = Values.Raw("outputType");

    public bool ReportEnabled { get; init; } = Values.Flag("reportEnabled");

    public string ReportFilename { get; init; } = Values.File("reportFilename");

    /// <summary><c>info</c>: only versions from here on, as written; null for all.</summary>
    public string? InfoSinceVersion { get; init; } = Values.Version("infoSinceVersion");

    /// <summary><c>info</c>: only versions up to here, as written; null for all.</summary>
    public string? InfoUntilVersion { get; init; } = Values.Version("infoUntilVersion");
}

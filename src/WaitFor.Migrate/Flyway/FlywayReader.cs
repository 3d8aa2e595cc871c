using System.Globalization;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Flyway;

/// <summary>Makes the settings of what was given; a value that a setting cannot have is refused.</summary>
internal static class FlywayReader
{
    private static readonly string[] Drivers =
        ["org.postgresql.Driver", "com.p6spy.engine.spy.P6SpyDriver", "io.opentelemetry.instrumentation.jdbc.OpenTelemetryDriver"];

    /// <summary>Reads all of them.</summary>
    /// <param name="from">What was given.</param>
    /// <param name="environment">All environment variables.</param>
    /// <exception cref="MigrationException">A value is wrong.</exception>
    public static FlywaySettings Read(FlywayConfiguration from, IReadOnlyDictionary<string, string> environment)
    {
        var defaults = new FlywaySettings();
        if (from.Get("driver") is { } driver && Array.IndexOf(Drivers, driver.Value) < 0)
            throw Wrong(driver, "no Java class can be loaded; write org.postgresql.Driver, or remove it");
        if (from.Get("outputType") is { } type && type.Value is not ("json" or ""))
            throw Wrong(type, "write json, or remove it");
        Check(from.Get("target"), value => Target.Parse(value));
        Check(from.Get("ignoreMigrationPatterns"), _ =>
            Names("ignoreMigrationPatterns")!.ToList().ForEach(pattern => IgnorePattern.Parse(pattern)));
        return new FlywaySettings
        {
            FlywayForm = from.Form || environment.ContainsKey("FLYWAY_URL"),
            DefaultSchema = Text("defaultSchema"),
            Schemas = Names("schemas") ?? defaults.Schemas,
            CreateSchemas = Flag("createSchemas", defaults.CreateSchemas),
            Table = Text("table") ?? defaults.Table,
            Tablespace = Text("tablespace"),
            FailOnMissingLocations = Flag("failOnMissingLocations", defaults.FailOnMissingLocations),
            SqlMigrationPrefix = from.Get("sqlMigrationPrefix")?.Value ?? defaults.SqlMigrationPrefix,
            RepeatableSqlMigrationPrefix = from.Get("repeatableSqlMigrationPrefix")?.Value ?? defaults.RepeatableSqlMigrationPrefix,
            BaselineMigrationPrefix = from.Get("baselineMigrationPrefix")?.Value ?? defaults.BaselineMigrationPrefix,
            SqlMigrationSeparator = Needed("sqlMigrationSeparator", defaults.SqlMigrationSeparator),
            SqlMigrationSuffixes = Names("sqlMigrationSuffixes") ?? defaults.SqlMigrationSuffixes,
            Encoding = from.Get("encoding") is { } encoding && Encodings.Of(encoding.Value) is null
                ? throw Wrong(encoding, $"write one of {Encodings.Known}")
                : Needed("encoding", defaults.Encoding),
            DetectEncoding = Flag("detectEncoding", defaults.DetectEncoding),
            UndoSqlMigrationPrefix = Needed("undoSqlMigrationPrefix", defaults.UndoSqlMigrationPrefix),
            SkipExecutingMigrations = Flag("skipExecutingMigrations", defaults.SkipExecutingMigrations),
            PlaceholderReplacement = Flag("placeholderReplacement", defaults.PlaceholderReplacement),
            PlaceholderPrefix = Needed("placeholderPrefix", defaults.PlaceholderPrefix),
            PlaceholderSuffix = Needed("placeholderSuffix", defaults.PlaceholderSuffix),
            PlaceholderSeparator = Needed("placeholderSeparator", defaults.PlaceholderSeparator),
            Placeholders = from.Entries("placeholders")
                .ToDictionary(entry => entry.Name, entry => entry.Given.Value, StringComparer.OrdinalIgnoreCase),
            Target = from.Get("target")?.Value,
            OutOfOrder = Flag("outOfOrder", defaults.OutOfOrder),
            Mixed = Flag("mixed", defaults.Mixed),
            Group = Flag("group", defaults.Group),
            ExecuteInTransaction = Flag("executeInTransaction", defaults.ExecuteInTransaction),
            SkipDefaultCallbacks = Flag("skipDefaultCallbacks", defaults.SkipDefaultCallbacks),
            ValidateOnMigrate = Flag("validateOnMigrate", defaults.ValidateOnMigrate),
            ValidateMigrationNaming = Flag("validateMigrationNaming", defaults.ValidateMigrationNaming),
            IgnoreMigrationPatterns = Names("ignoreMigrationPatterns") ?? defaults.IgnoreMigrationPatterns,
            InstalledBy = Text("installedBy"),
            BaselineOnMigrate = Flag("baselineOnMigrate", defaults.BaselineOnMigrate),
            BaselineVersion = Version("baselineVersion")?.Text ?? defaults.BaselineVersion,
            BaselineDescription = Text("baselineDescription") ?? defaults.BaselineDescription,
            CleanDisabled = Flag("cleanDisabled", defaults.CleanDisabled),
            InitSql = Text("initSql"),
            ConnectRetries = Number("connectRetries", least: 0),
            ConnectRetriesInterval = Number("connectRetriesInterval", least: 0),
            LockRetryCount = Number("lockRetryCount", least: -1),
            Environment = Text("environment"),
            OutputType = from.Get("outputType")?.Value ?? "",
            ReportEnabled = Flag("reportEnabled", defaults.ReportEnabled),
            ReportFilename = Path.GetFullPath(Text("reportFilename") ?? defaults.ReportFilename, from.Folder),
            InfoSinceVersion = Version("infoSinceVersion")?.Text,
            InfoUntilVersion = Version("infoUntilVersion")?.Text,
            WorkingDirectory = from.Folder,
        };

        string? Text(string name) => from.Get(name) is { Value.Length: > 0 } given ? given.Value : null;

        string Needed(string name, string otherwise) =>
            from.Get(name) is not { } given ? otherwise
            : given.Value.Length > 0 ? given.Value
            : throw Wrong(given, "it must not be empty; give a text, or remove it");

        string[]? Names(string name) =>
            from.Get(name)?.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        bool Flag(string name, bool otherwise) =>
            from.Get(name) is not { } given
                ? otherwise
                : given.Value.ToLowerInvariant() switch
                {
                    "true" or "1" => true,
                    "false" or "0" => false,
                    _ => throw Wrong(given, "write true or false"),
                };

        int? Number(string name, int least) =>
            from.Get(name) is not { } given ? null
            : int.TryParse(given.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
                && number <= 10_000 ? number
            : throw Wrong(given, $"write a whole number from {least} to 10000");

        MigrationVersion? Version(string name) =>
            from.Get(name) is not { } given ? null : MigrationVersion.Parse(given.Value)
                ?? throw Wrong(given, "write a version, such as 12 or 1.2");
    }

    /// <summary>A value that its reader does not refuse.</summary>
    private static void Check(GivenValue? given, Action<string> read)
    {
        try
        {
            if (given is not null)
                read(given.Value);
        }
        catch (ScriptException exception)
        {
            throw new MigrationException(ExitCode.Usage, $"{given!.Source}: {exception.Message}", exception);
        }
    }

    private static MigrationException Wrong(GivenValue given, string what) =>
        new(ExitCode.Usage, $"{given.Source} \"{given.Value}\": {what}");
}

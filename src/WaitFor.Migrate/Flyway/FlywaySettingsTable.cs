using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Flyway;

/// <summary>The one table of Flyway's settings: command line, environment, configuration files, the documentation and the test of
/// completeness read it. <see href="https://documentation.red-gate.com/fd/parameters-184127474.html"/></summary>
internal static class FlywaySettingsTable
{
    /// <summary>How Flyway's environment variables begin.</summary>
    public const string Prefix = "FLYWAY_";

    private const SettingKind Text = SettingKind.Text;
    private const SettingKind Boolean = SettingKind.Boolean;
    private const SettingKind Number = SettingKind.Number;
    private const SettingKind List = SettingKind.List;
    private const SettingKind Map = SettingKind.Map;
    private const Treatment Honoured = Treatment.Honoured;
    private const Treatment WithoutEffect = Treatment.WithoutEffect;
    private const Treatment Refused = Treatment.Refused;
    private const string Paid = "Flyway's free edition refuses it too";
    private const string NoJava = "no Java class can be loaded";
    private const string OtherDatabase = "it is for another database; remove it";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("url", Text, "", Honoured, "the database: jdbc:postgresql://host:5432/database, or postgres://"),
        new("user", Text, "", Honoured, "the database user"),
        new("password", Text, "", Honoured, "its password; better in the environment, as a process list shows the command line"),
        new("driver", Text, "", Honoured, "org.postgresql.Driver and wrappers of it; other classes are refused"),
        new("jdbcProperties", Map, "", Honoured, "parameters of the connection, as in a JDBC URL"),
        new("connectRetries", Number, "10", Honoured, "retries after the first attempt; the pauses grow from 1 s, as in Flyway"),
        new("connectRetriesInterval", Number, "120", Honoured, "the longest pause between two attempts, in seconds"),
        new("initSql", Text, "", Honoured, "SQL that runs first on the connection"),
        new("defaultSchema", Text, "", Honoured, "schema of the history, and the first of the search path"),
        new("schemas", List, "", Honoured, "schemas that are created; the first is the default schema"),
        new("createSchemas", Boolean, "true", Honoured, "missing schemas are created"),
        new("table", Text, "flyway_schema_history", Honoured, "the history table"),
        new("tablespace", Text, "", Honoured, "tablespace of the history table"),
        new("locations", List, "sql, /flyway/sql", Honoured, "folders of scripts, with * ** ?; classpath:NAME is a folder too"),
        new("callbackLocations", List, "", Honoured, "folders of callbacks, instead of locations"),
        new("failOnMissingLocations", Boolean, "false", Honoured, "a missing folder is an error"),
        new("sqlMigrationPrefix", Text, "V", Honoured, "prefix of versioned scripts"),
        new("repeatableSqlMigrationPrefix", Text, "R", Honoured, "prefix of repeatable scripts"),
        new("baselineMigrationPrefix", Text, "B", Honoured, "prefix of baseline scripts"),
        new("undoSqlMigrationPrefix", Text, "U", Honoured, "prefix of undo scripts, which are left out"),
        new("sqlMigrationSeparator", Text, "__", Honoured, "the separator before the description"),
        new("sqlMigrationSuffixes", List, ".sql", Honoured, "suffixes of scripts"),
        new("validateMigrationNaming", Boolean, "false", Honoured, "a file with another name is an error"),
        new("encoding", Text, "UTF-8", Honoured, "encoding of the scripts"),
        new("detectEncoding", Boolean, "false", Honoured, "the encoding is guessed from each file"),
        new("placeholderReplacement", Boolean, "true", Honoured, "placeholders are replaced"),
        new("placeholderPrefix", Text, "${", Honoured, "the beginning of a placeholder"),
        new("placeholderSuffix", Text, "}", Honoured, "the end of a placeholder"),
        new("placeholderSeparator", Text, ":", Honoured, "the separator after flyway in default placeholders"),
        new("placeholders", Map, "", Honoured, "values of placeholders; upper and lower case are equal"),
        new("scriptPlaceholderPrefix", Text, "FP__", WithoutEffect, "it is for shell scripts, which are not run"),
        new("scriptPlaceholderSuffix", Text, "__", WithoutEffect, "it is for shell scripts, which are not run"),
        new("target", Text, "latest", Honoured, "the last version to apply: a version, latest, current or next"),
        new("outOfOrder", Boolean, "false", Honoured, "true: scripts below the newest applied version run too"),
        new("mixed", Boolean, "false", Honoured, "a script may mix statements that can and cannot run in a transaction"),
        new("group", Boolean, "false", Honoured, "true: all pending scripts run in one transaction"),
        new("executeInTransaction", Boolean, "true", Honoured, "false: the script runs statement by statement"),
        new("skipExecutingMigrations", Boolean, "false", Honoured, "pending scripts are written into the history, and not run"),
        new("skipDefaultCallbacks", Boolean, "false", Honoured, "true: no SQL callbacks"),
        new("validateOnMigrate", Boolean, "true", Honoured, "migrate validates first"),
        new("ignoreMigrationPatterns", List, "*:future", Honoured, "what validate accepts: TYPE:STATE"),
        new("installedBy", Text, "", Honoured, "the history's installed_by; default: the database user"),
        new("baselineOnMigrate", Boolean, "false", Honoured, "true: a schema with objects, but without a history, gets a baseline first"),
        new("baselineVersion", Text, "1", Honoured, "version of the baseline"),
        new("baselineDescription", Text, "<< Flyway Baseline >>", Honoured, "description of the baseline"),
        new("cleanDisabled", Boolean, "true", Honoured, "clean needs false here, and --allow-clean too"),
        new("lockRetryCount", Number, "50", Honoured, "seconds to wait for the lock, -1 for no limit; --lock-timeout counts first"),
        new("configFiles", List, "", Honoured, "configuration files; if several set a value, the last one wins"),
        new("configFileEncoding", Text, "UTF-8", Honoured, "encoding of the configuration files"),
        new("environment", Text, "default", Honoured, "the environment of flyway.toml, and ${flyway:environment}"),
        new("workingDirectory", Text, "", Honoured, "the folder that relative paths begin at", Environment: ""),
        new("outputType", Text, "", Honoured, "json: one document on standard output", Environment: ""),
        new("infoSinceVersion", Text, "", Honoured, "info: from this version on", Environment: ""),
        new("infoUntilVersion", Text, "", Honoured, "info: up to this version", Environment: ""),
        new("reportEnabled", Boolean, "false", Honoured, "true: the JSON document of the run is written to a file"),
        new("reportFilename", Text, "report", Honoured, "the file for this document; its extension becomes .json"),
        new("color", Text, "auto", WithoutEffect, "only NO_COLOR turns colours off; write auto, always or never", "auto always never", ""),
        new("edition", Text, "community", WithoutEffect, "migrate has no editions"),
        new("licenseKey", Text, "", WithoutEffect, "no licence is needed"),
        new("jarDirs", List, "", WithoutEffect, "no Java class is loaded"),
        new("loggers", List, "auto", WithoutEffect, "the log goes to standard error"),
        new("postgresql.transactional.lock", Boolean, "true", WithoutEffect, "the lock is never held in a transaction"),
        new("skipDefaultResolvers", Boolean, "false", Refused, "only SQL scripts run; remove it", "false"),
        new("resolvers", List, "", Refused, $"{NoJava}; write SQL scripts"),
        new("callbacks", List, "", Refused, $"{NoJava}; write SQL callbacks, such as afterMigrate.sql"),
        new("cherryPick", List, "", Refused, $"{Paid}; use target"),
        new("dryRunOutput", Text, "", Refused, $"{Paid}; use migrate plan", Environment: "FLYWAY_DRYRUN_OUTPUT"),
        new("batch", Boolean, "false", Refused, $"{Paid}; a script is sent in one round trip anyway", "false"),
        new("stream", Boolean, "false", Refused, $"{Paid}; remove it", "false"),
        new("errorOverrides", List, "", Refused, $"{Paid}; remove it"),
        new("outputQueryResults", Boolean, "false", Refused, "results of queries are not printed; remove it", "false"),
        new("cleanOnValidationError", Boolean, "false", Refused, "it drops everything; remove it", "false"),
        new("outputFile", Text, "", Refused, "redirect the output: > FILE", Environment: ""),
        new("infoSinceDate", Text, "", Refused, "use infoSinceVersion", Environment: ""),
        new("infoUntilDate", Text, "", Refused, "use infoUntilVersion", Environment: ""),
        new("infoOfState", List, "", Refused, "use info with -outputType=json", Environment: ""),
        new("kerberosConfigFile", Text, "", Refused, "Kerberos is not supported; give a password"),
        new("oracle", Map, "", Refused, OtherDatabase),
        new("sqlServer", Map, "", Refused, OtherDatabase),
        new("cassandra", Map, "", Refused, OtherDatabase),
        new("plugins", Map, "", Refused, "there are no plugins; remove it"),
        new("vault", Map, "", Refused, "mount the secret, and use FLYWAY_PASSWORD_FILE"),
        new("dapr", Map, "", Refused, "mount the secret, and use FLYWAY_PASSWORD_FILE"),
        new("gcsm", Map, "", Refused, "mount the secret, and use FLYWAY_PASSWORD_FILE"),
        new("clean", Map, "", Refused, "clean drops what Flyway's does; remove it"),
        new("check", Map, "", Refused, $"{Paid}; remove it"),
        new("deploy", Map, "", Refused, $"{Paid}; remove it"),
        new("environments", Map, "", Refused, "environments are read from flyway.toml; use url, user and password"),
    ];

    /// <summary>The settings that a secret file can give: NAME_FILE.</summary>
    public static IReadOnlyList<string> WithFile { get; } = ["FLYWAY_URL", "FLYWAY_USER", "FLYWAY_PASSWORD"];

    /// <summary>The setting of a name, of a map's entry the map; null for none.</summary>
    public static Setting? Find(string name) =>
        All.FirstOrDefault(row => row.Kind != Map && row.Name == name)
        ?? All.FirstOrDefault(row => row.Kind == Map && name.Length > row.Name.Length + 1
            && name.StartsWith(row.Name + ".", StringComparison.Ordinal));

    /// <summary>The setting of an environment variable, with the name that it stands for; null for none.</summary>
    public static (Setting Setting, string Name)? OfVariable(string variable)
    {
        foreach (var row in All)
        {
            if (row.Kind != Map && row.Variable == variable && variable.Length > 0)
                return (row, row.Name);
            if (row.Kind == Map && variable.Length > row.Variable.Length && variable.StartsWith(row.Variable, StringComparison.Ordinal))
                return (row, $"{row.Name}.{variable[row.Variable.Length..]}");
        }

        return null;
    }

    /// <summary>The name that may have been meant, as it is written; null for none.</summary>
    public static string? Nearest(string name, Func<Setting, string> nameOf)
    {
        var names = All.Select(row => row.Name).ToList();
        var near = names.Find(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? Process.Similar.Nearest(name, names);
        return near is null ? null : nameOf(All.First(row => row.Name == near));
    }
}

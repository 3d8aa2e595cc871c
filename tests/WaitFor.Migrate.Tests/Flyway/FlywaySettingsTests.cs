using System.Text;
using Microsoft.Extensions.Logging;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Postgres;
using WaitFor.Migrate.Sql;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Flyway;

public sealed class FlywaySettingsTests : IDisposable
{
    /// <summary>All settings of Flyway 9.22's command line, by their names in its documentation and source.</summary>
    private const string OfFlyway922 =
        "url user password driver jdbcProperties.x connectRetries connectRetriesInterval initSql defaultSchema schemas createSchemas table "
        + "tablespace locations failOnMissingLocations sqlMigrationPrefix repeatableSqlMigrationPrefix baselineMigrationPrefix "
        + "undoSqlMigrationPrefix sqlMigrationSeparator sqlMigrationSuffixes validateMigrationNaming encoding detectEncoding "
        + "placeholderReplacement placeholderPrefix placeholderSuffix placeholderSeparator placeholders.x scriptPlaceholderPrefix "
        + "scriptPlaceholderSuffix target cherryPick outOfOrder mixed group executeInTransaction batch stream skipExecutingMigrations "
        + "outputQueryResults errorOverrides dryRunOutput callbacks skipDefaultCallbacks resolvers skipDefaultResolvers validateOnMigrate "
        + "ignoreMigrationPatterns installedBy baselineOnMigrate baselineVersion baselineDescription cleanDisabled cleanOnValidationError "
        + "lockRetryCount licenseKey edition jarDirs loggers configFiles configFileEncoding workingDirectory outputType outputFile color "
        + "reportEnabled reportFilename kerberosConfigFile infoSinceDate infoUntilDate infoSinceVersion infoUntilVersion infoOfState "
        + "postgresql.transactional.lock oracle.sqlplus oracle.sqlplusWarn oracle.kerberosCacheFile oracle.walletLocation "
        + "sqlServer.kerberos.login.file plugins.x vault.url vault.token vault.secrets dapr.url dapr.secrets gcsm.project gcsm.secrets "
        + "check.buildUrl check.deployedSnapshot";

    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-flyway-").FullName;

    [Fact]
    public void Every_setting_of_Flyway_is_in_the_table() =>
        Assert.All(OfFlyway922.Split(' '), name => Assert.NotNull(FlywaySettingsTable.Find(name)));

    [Fact]
    public void A_setting_is_in_the_table_once()
    {
        Assert.Distinct(FlywaySettingsTable.All.Select(row => row.Name));
        Assert.Distinct(FlywaySettingsTable.All.Select(row => row.Variable).Where(name => name.Length > 0));
        Assert.All(FlywaySettingsTable.All, row => Assert.NotEmpty(row.Note));
    }

    [Fact]
    public void What_is_honoured_is_read_somewhere()
    {
        var source = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src", "WaitFor.Migrate"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith("FlywaySettingsTable.cs", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );

        Assert.All(
            FlywaySettingsTable.All.Where(row => row.Treatment == Treatment.Honoured),
            row => Assert.Contains($"\"{row.Name}\"", source, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_documentation_has_the_table()
    {
        var generated = string.Concat(Generated().Select(line => line + "\n"));

        Assert.Equal(generated, GeneratedPart.Read("docs/from-flyway.md", "settings", generated));
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "docs", "from-flyway.md")).Length, 1, 80);
    }

    /// <summary>The settings as docs/from-flyway.md has them.</summary>
    private static List<string> Generated()
    {
        var lines = new List<string> { "Honoured:", "" };
        var line = new StringBuilder();
        foreach (var name in FlywaySettingsTable.All.Where(row => row.Treatment == Treatment.Honoured).Select(Name)
            .Order(StringComparer.Ordinal))
        {
            if (line.Length + name.Length > 116)
            {
                lines.Add(line.ToString().TrimEnd());
                line.Clear();
            }

            line.Append(name).Append(", ");
        }

        lines.Add(line.ToString().TrimEnd(' ', ',') + ".");
        foreach (
            var (treatment, title) in (ReadOnlySpan<(Treatment, string)>)[(Treatment.WithoutEffect, "Accepted, without effect:"),
            (Treatment.Refused, "Refused, by name and with exit code 2:")])
        {
            lines.AddRange(["", title, ""]);
            lines.AddRange(
                FlywaySettingsTable
                    .All.Where(row => row.Treatment == treatment)
                    .GroupBy(row => row.Note)
                    .Select(rows => $"- {string.Join(", ", rows.Select(Name))}: {rows.Key}.")
            );
        }

        return lines;

        static string Name(Setting row) => row.Kind == SettingKind.Map ? $"`{row.Name}.*`" : $"`{row.Name}`";
    }

    [Theory]
    [InlineData("-target=2", "FLYWAY_TARGET=1", "flyway.target=3", "2")]
    [InlineData("", "FLYWAY_TARGET=1", "flyway.target=3", "1")]
    [InlineData("", "", "flyway.target=3", "3")]
    [InlineData("", "FLYWAY_TARGET=", "flyway.target = 3  ", "3")]
    [InlineData("", "", "", null)]
    public void The_command_line_goes_before_the_environment_before_files(string option, string variable, string line, string? target)
    {
        File.WriteAllText(Path.Combine(_folder, "flyway.conf"), line);

        Assert.Equal(target, Read([option, "migrate"], variable).Flyway.Target);
    }

    [Theory]
    [InlineData("--schema a migrate", "MIGRATE_SCHEMA=b", "a")]
    [InlineData("-defaultSchema=a migrate", "MIGRATE_SCHEMA=b", "a")]
    [InlineData("migrate", "MIGRATE_SCHEMA=b,FLYWAY_DEFAULT_SCHEMA=c", "b")]
    [InlineData("migrate", "FLYWAY_DEFAULT_SCHEMA=c,FLYWAY_SCHEMAS=d", "c")]
    [InlineData("migrate", "FLYWAY_SCHEMAS=d", "d")]
    public void Our_options_and_Flyways_are_one(string line, string variables, string schema) =>
        Assert.Equal(schema, Read(line.Split(' '), variables.Split(',')).Schema);

    [Fact]
    public void Files_are_read_last_one_first()
    {
        File.WriteAllText(Path.Combine(_folder, "a.conf"), "flyway.table=a\nflyway.target=1\nflyway.installedBy=a");
        File.WriteAllText(Path.Combine(_folder, "b.conf"), "flyway.table=b\nflyway.target=2");
        File.WriteAllText(Path.Combine(_folder, "c.conf"), "flyway.table=c");

        var settings = Read(["-configFiles=b.conf,c.conf", "migrate"], "FLYWAY_CONFIG_FILES=a.conf").Flyway;

        Assert.Equal(("c", "2", "a", true), (settings.Table, settings.Target, settings.InstalledBy, settings.FlywayForm));
    }

    [Fact]
    public void A_toml_file_has_settings_and_environments()
    {
        File.WriteAllText(
            Path.Combine(_folder, "flyway.toml"),
            """
            # a comment
            id = "x"
            [flyway]
            environment = "prod"
            locations = [ "filesystem:a", # one
              'filesystem:b' ]
            outOfOrder = true
            connectRetries = 7
            [flyway.placeholders]
            who = "a \"b\" \\"
            [environments.prod]
            url = "jdbc:postgresql://db/shop"
            user = "${env.DB_USER}"
            schemas = ["shop"]
            [environments.test]
            url = "jdbc:postgresql://other/shop"
            user = "bob"
            """
        );

        var options = Read(["migrate"], "DB_USER=bob", "DATABASE_URL=");

        Assert.Equal(("db", "bob", "shop", "filesystem:a,filesystem:b"),
            (options.Connection.Host, options.Connection.Username, options.Schema, options.Locations?.Value));
        Assert.Equal((true, 7, "a \"b\" \\", "prod"),
            (options.Flyway.OutOfOrder, options.Flyway.ConnectRetries, options.Flyway.Placeholders["WHO"], options.Flyway.Environment));
        Assert.Equal("other", Read(["-environment=test", "migrate"], "DB_USER=bob").Connection.Host);
    }

    [Theory]
    [InlineData("flyway.conf", "flyway.target=1\nflyway.table", "flyway.conf, line 2: a setting is expected")]
    [InlineData("flyway.conf", "flyway.frobnicate=1",
        "flyway.conf, line 1: flyway.frobnicate: the setting is not known; see migrate --help")]
    [InlineData("flyway.conf", "\nflyway.outoforder=true",
        "flyway.conf, line 2: flyway.outoforder: the setting is not known; write flyway.outOfOrder")]
    [InlineData("flyway.conf", "flyway.outOfOrder=yes", "flyway.conf, line 1: flyway.outOfOrder \"yes\": write true or false")]
    [InlineData("flyway.conf", "flyway.cherryPick=1", "flyway.conf, line 1: flyway.cherryPick: not supported")]
    [InlineData("flyway.conf", "flyway.configFiles=a", "flyway.conf, line 1: flyway.configFiles: a file cannot set it")]
    [InlineData("flyway.toml", "[flyway]\ntarget = 2.5", "flyway.toml, line 2: a string in quotes")]
    [InlineData("flyway.toml", "[flyway\n", "flyway.toml, line 1: a table is expected")]
    [InlineData("flyway.toml", "[[flyway]]", "flyway.toml, line 1: arrays of tables are not supported")]
    [InlineData("flyway.toml", "[flyway]\n\nlocations = [\"a\"", "flyway.toml, line 3: the array does not end")]
    [InlineData("flyway.toml", "[flyway]\ntarget = \"2", "flyway.toml, line 2: a string does not end")]
    [InlineData("flyway.toml", "[flyway]\ntarget = \"2\" 3", "flyway.toml, line 2: something follows the value")]
    [InlineData("flyway.toml", "[flyway]\ntarget = \"2\"\ntarget = \"3\"", "flyway.toml, line 3: flyway.target is given twice")]
    [InlineData("flyway.toml", "[flyway]\ntarget", "flyway.toml, line 2: a setting is expected")]
    [InlineData("flyway.toml", "[flyway]\nenvironment = \"a\"\n[environments.b]\nurl = \"x\"", "flyway.toml: there is no [environments.a]")]
    public void A_malformed_file_is_named_with_its_line(string file, string content, string message)
    {
        File.WriteAllText(Path.Combine(_folder, file), content);

        var exception = Assert.Throws<MigrationException>(() => Read(["migrate"]));

        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.StartsWith($"{_folder}/{message}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_another_encoding_is_named_with_its_line()
    {
        File.WriteAllBytes(Path.Combine(_folder, "flyway.conf"), [.. "flyway.target=1\nflyway.placeholders.v=caf"u8, 0xE9]);

        Assert.StartsWith($"{_folder}/flyway.conf, line 2: the file is not utf-8",
            Assert.Throws<MigrationException>(() => Read(["migrate"])).Message, StringComparison.Ordinal);
        Assert.Equal("café", Read(["-configFileEncoding=ISO-8859-1", "migrate"]).Flyway.Placeholders["v"]);
    }

    [Theory]
    [InlineData("FLYWAY_TARGETT=2", "unknown environment variable FLYWAY_TARGETT: write FLYWAY_TARGET; it has no effect, as in Flyway")]
    [InlineData("FLYWAY_FROBNICATE=2",
        "unknown environment variable FLYWAY_FROBNICATE: no setting has that name; it has no effect, as in Flyway")]
    [InlineData("FLYWAY_DB_SERVICE_HOST=10.0.0.1", null)]
    [InlineData("FLYWAY_DB_PORT_5432_TCP_ADDR=10.0.0.1", null)]
    [InlineData("FLYWAY_PASSWORD_FILE=/dev/null,FLYWAY_PASSWORD=", null)]
    [InlineData("FLYWAY_CLEAN_DISABLED=true", null)]
    public void An_unknown_variable_is_a_warning(string variables, string? warning)
    {
        var command = Command(["-password=x", "migrate"], variables.Split(','));

        Assert.Equal(
            warning,
            command.Read().Notes.Where(note => note.Level == LogLevel.Warning
                && !note.Text.StartsWith("-password", StringComparison.Ordinal)).Select(note => note.Text).SingleOrDefault()
        );
    }

    [Fact]
    public void What_has_no_effect_is_a_line_with_verbose() =>
        Assert.Equal(
            [(LogLevel.Debug, "-community: migrate has no editions"),
                (LogLevel.Debug, "FLYWAY_LICENSE_KEY: no effect: no licence is needed")],
            Read(["-community", "migrate"], "FLYWAY_LICENSE_KEY=x").Notes
        );

    [Theory]
    [InlineData("migrate -n", null)]
    [InlineData("-n migrate", null)]
    [InlineData("-n migrate -X", null)]
    [InlineData("up -n shop", "shop")]
    [InlineData("-n shop up", "shop")]
    [InlineData("-n info up", "info")]
    public void Flyways_n_is_a_flag_and_ours_a_namespace(string line, string? name) => Assert.Equal(name, Read(line.Split(' ')).Namespace);

    [Theory]
    [InlineData("FLYWAY_CONNECT_RETRIES=3", 3, 120, true)]
    [InlineData("FLYWAY_CONNECT_RETRIES_INTERVAL=9", 10, 9, true)]
    [InlineData("MIGRATE_CONNECT_RETRIES=3", 3, 5, false)]
    [InlineData("FLYWAY_CONNECT_RETRIES=3,MIGRATE_CONNECT_RETRY_INTERVAL=2s", 3, 2, false)]
    public void Tries_are_as_Flyways_or_as_ours(string variables, int retries, int seconds, bool grows) =>
        Assert.Equal(new ConnectPatience(retries, TimeSpan.FromSeconds(seconds), grows),
            Read(["up"], variables.Split(',')).ConnectPatience);

    [Fact]
    public void Pauses_grow_up_to_the_interval() =>
        Assert.Equal([1, 2, 4, 8, 10, 10],
            Enumerable.Range(1, 6).Select(new ConnectPatience(9, TimeSpan.FromSeconds(10), Grows: true).After)
            .Select(pause => (int)pause.TotalSeconds));

    [Theory]
    [InlineData("up", true)]
    [InlineData("migrate -target=1", false)]
    [InlineData("flyway validate", false)]
    [InlineData("flyway validate --pending ok", true)]
    [InlineData("validate --pending fail", false)]
    public void Pending_scripts_are_valid_but_for_Flyways_form(string line, bool valid) =>
        Assert.Equal(valid, Read(line.Split(' ')).PendingIsValid);

    [Fact]
    public void The_wrapped_tool_has_its_own_settings()
    {
        var options =
            Command(["exec", "--", "flyway", "migrate"], "FLYWAY_CHERRY_PICK=1", "FLYWAY_FROBNICATE=1",
            "FLYWAY_URL=jdbc:postgresql://a/b", "FLYWAY_USER=u").Read();

        Assert.Equal(("a", 0), (options.Connection.Host, options.Notes.Count));
    }

    [Theory]
    [InlineData("a,b", "a b")]
    [InlineData("filesystem:a, filesystem:./a/,a", "a")]
    [InlineData("a,a/x", "a")]
    [InlineData("m/*/db", "m/x/db")]
    [InlineData("m/**/db", "m/x/db m/y/z/db")]
    [InlineData("m/?", "m/x m/y")]
    [InlineData("classpath:a,classpath:/c", "sql/a /c")]
    [InlineData("", "")]
    [InlineData("a,nosuch", "a")]
    [InlineData("filesystem:nosuch", "")]
    [InlineData(null, "sql")]
    public void Locations_are_folders(string? given, string expected)
    {
        foreach (var folder in (string[])["a/x", "b", "m/x/db", "m/y/z/db", "sql/a", "c"])
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        var places = new FlywayPlaces(_folder, _folder);

        var folders = Locations.Resolve(given is null ? null : new GivenValue(given, "-locations"), places, missingIsError: false, []);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => path.TrimStart('/')),
            folders.Select(path => Path.GetRelativePath(_folder, path)));
    }

    [Theory]
    [InlineData("nosuch", true, "location nosuch: there is no such folder; correct -locations")]
    [InlineData("classpath:db", false, "location classpath:db: no such folder below")]
    [InlineData("nfs:/x", false, "location nfs:/x: only folders can be read; write filesystem:/path")]
    [InlineData(null, true, "location sql: there is no folder")]
    public void A_location_that_is_none_is_refused(string? given, bool strict, string message) =>
        Assert.StartsWith(
            message,
            Assert
                .Throws<ScriptException>(() =>
                    Locations.Resolve(given is null ? null
                    : new GivenValue(given, "-locations"), new FlywayPlaces(_folder, _folder), strict, []))
                .Message,
            StringComparison.Ordinal
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private MigrateOptions Read(string[] arguments, params string[] variables) => Command(arguments, variables).Read();

    private MigrateCommand Command(string[] arguments, params string[] variables) =>
        new(
            [.. arguments.Where(word => word.Length > 0)],
            variables
                .Where(variable => variable.Length > 0)
                .Select(variable => variable.Split('=', 2))
                .Prepend(["DATABASE_URL", "postgres://u@h/d"])
                .GroupBy(pair => pair[0])
                .ToDictionary(group => group.Key, group => group.Last()[1], StringComparer.Ordinal),
            "migrate",
            new FlywayPlaces(_folder, Path.Combine(_folder, "flyway"))
        );
}

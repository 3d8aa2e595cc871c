using System.CommandLine;
using WaitFor.Migrate.CommandLine;
using WaitFor.Migrate.Postgres;

namespace WaitFor.Migrate.Tests.CommandLine;

public sealed class MigrateCommandTests
{
    [Fact]
    public void Every_option_has_a_variable()
    {
        var options = new MigrateCommand([], Environment()).Options.ToList();

        Assert.Distinct(options.Select(MigrateCommand.VariableOf));
        Assert.All(options, option => Assert.Matches("^MIGRATE_[A-Z_]+$", MigrateCommand.VariableOf(option)));
    }

    [Theory]
    [InlineData("up", "Up")]
    [InlineData("migrate", "Up")]
    [InlineData("plan", "Plan")]
    [InlineData("info", "Info")]
    [InlineData("validate", "Validate")]
    [InlineData("baseline", "Baseline")]
    [InlineData("repair", "Repair")]
    [InlineData("exec -- true", "Exec")]
    [InlineData("wait --version 1", "Wait")]
    [InlineData("wait --release r", "Wait")]
    [InlineData("--release r wait", "Wait")]
    [InlineData("lint --shadow", "Lint")]
    public void There_are_ten_commands(string line, string verb) => Assert.Equal(verb, Read(line).Verb.ToString());

    [Fact]
    public void Defaults_are_as_the_help_says()
    {
        var options = Read("up");

        Assert.Equal(new ConnectPatience(10, TimeSpan.FromSeconds(5)), options.ConnectPatience);
        Assert.Equal(new LockPatience(TimeSpan.FromSeconds(5), 10), options.LockPatience);
        Assert.Equal(
            (TimeSpan.FromMinutes(10), TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            (options.LockTimeout, options.StatementTimeout, options.Timeout)
        );
        Assert.Null(options.Locations);
        Assert.Equal(
            ("flyway_schema_history", null, (string?)null, "1"),
            (options.Table, options.Schema, options.Assertions, options.BaselineVersion.Text)
        );
        Assert.Equal("<< Flyway Baseline >>", options.BaselineDescription);
        Assert.True(options.PlaceholderReplacement);
        Assert.False(options.OutOfOrder || options.BaselineOnMigrate);
        Assert.Null(
            options.Release
                ?? options.Record
                ?? options.RecordKey
                ?? options.Namespace
                ?? options.Kubeconfig
                ?? options.Context
                ?? options.Version?.Text
        );
        Assert.Empty(options.Placeholders);
        Assert.Empty(options.Command);
    }

    [Fact]
    public void Every_value_can_be_given()
    {
        var options = Read(
            "up --url postgres://u@h/d --user v --connect-retries 3 --connect-retry-interval 2s --lock-timeout 0 --statement-lock-timeout "
                + "1s --lock-retries 0 --statement-timeout 1h --timeout 5m --locations a,b "
                + "--schema s --table t --placeholder a=1 --placeholder B=x=y --placeholder-replacement false --out-of-order "
                + "--baseline-on-migrate --baseline-version 7 --baseline-description text --assertions as --release r "
                + "--record cm --record-key k -n ns --kubeconfig f --context c -v -o json --termination-log /t"
        );

        Assert.Equal(("v", "h", "d"), (options.Connection.Username, options.Connection.Host, options.Connection.Database));
        Assert.Equal(new ConnectPatience(3, TimeSpan.FromSeconds(2)), options.ConnectPatience);
        Assert.Equal(new LockPatience(TimeSpan.FromSeconds(1), 0), options.LockPatience);
        Assert.Equal(
            (TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)),
            (options.LockTimeout, options.StatementTimeout, options.Timeout)
        );
        Assert.Equal("a,b", options.Locations?.Value);
        Assert.Equal(
            ("s", "t", "as", "7", "text"),
            (options.Schema, options.Table, options.Assertions, options.BaselineVersion.Text, options.BaselineDescription)
        );
        Assert.Equal(("1", "x=y", 2), (options.Placeholders["A"], options.Placeholders["b"], options.Placeholders.Count));
        Assert.False(options.PlaceholderReplacement);
        Assert.True(options.OutOfOrder && options.BaselineOnMigrate);
        Assert.Equal(
            ("r", "cm", "k", "ns", "f", "c"),
            (options.Release, options.Record, options.RecordKey, options.Namespace, options.Kubeconfig, options.Context)
        );
    }

    [Theory]
    [InlineData("MIGRATE_LOCK_TIMEOUT=3s", "up", "3s")]
    [InlineData("MIGRATE_LOCK_TIMEOUT=3s", "up --lock-timeout 4s", "4s")]
    [InlineData("MIGRATE_LOCK_TIMEOUT=", "up", "10m")]
    public void Variables_stand_for_options_and_the_command_line_wins(string variable, string line, string timeout) =>
        Assert.Equal(timeout, WaitFor.Process.GoDuration.Format(Read(line, variable).LockTimeout));

    [Fact]
    public void Flyways_variables_are_read()
    {
        var options = Read(
            "up",
            "FLYWAY_LOCATIONS=filesystem:/a, /b",
            "FLYWAY_DEFAULT_SCHEMA=s",
            "FLYWAY_TABLE=t",
            "FLYWAY_OUT_OF_ORDER=true",
            "FLYWAY_BASELINE_ON_MIGRATE=true",
            "FLYWAY_BASELINE_VERSION=3",
            "FLYWAY_BASELINE_DESCRIPTION=d",
            "FLYWAY_PLACEHOLDERS_MY_NAME=v",
            "FLYWAY_PLACEHOLDER_REPLACEMENT=false"
        );

        Assert.Equal("filesystem:/a, /b", options.Locations?.Value);
        Assert.Equal(
            ("s", "t", "3", "d", "v"),
            (options.Schema, options.Table, options.BaselineVersion.Text, options.BaselineDescription, options.Placeholders["my_name"])
        );
        Assert.True(options.OutOfOrder && options.BaselineOnMigrate && !options.PlaceholderReplacement);
        Assert.Equal("a", Read("up", "FLYWAY_SCHEMAS=a, b").Schema);
        Assert.Equal("2", Read("up --placeholder my_name=2", "FLYWAY_PLACEHOLDERS_MY_NAME=1").Placeholders["MY_NAME"]);
    }

    [Fact]
    public void What_follows_two_dashes_is_the_tools()
    {
        var options = new MigrateCommand(
            ["exec", "--release", "r", "--", "psql", "-v", "a=b c", "--", "--help", "@file", ""],
            Environment()
        ).Read();

        Assert.Equal(["psql", "-v", "a=b c", "--", "--help", "@file", ""], options.Command);
        Assert.Equal("r", options.Release);
    }

    [Theory]
    [InlineData("frobnicate", "\"frobnicate\" is not a command", "up, exec, plan")]
    [InlineData("up down", "\"down\" is not a command", "write a new script")]
    [InlineData("status", "\"status\" is not a command", "write info")]
    [InlineData("Deploy", "\"Deploy\" is not a command", "write up")]
    [InlineData("rollback", "\"rollback\" is not a command", "no command reverts a migration")]
    [InlineData("create", "\"create\" is not a command", "V2__add_column.sql")]
    [InlineData("upp", "\"upp\" is not a command", "write up")]
    [InlineData("valdiate", "\"valdiate\" is not a command", "write validate")]
    [InlineData("plan info", "one word is expected", "\"plan info\"")]
    [InlineData("", "the command is missing", "migrate up")]
    [InlineData("--release r", "the command is missing", "migrate up")]
    [InlineData("exec", "the command is missing", "migrate exec -- COMMAND")]
    [InlineData("exec --", "the command is missing", "migrate exec -- COMMAND")]
    [InlineData("exec psql", "-- is missing before \"psql\"", "write migrate exec [options] -- psql ...")]
    [InlineData("exec --release r npx prisma", "-- is missing before \"npx\"", "-- npx ...")]
    [InlineData("exec postgres://u:secret@h/d", "one word is expected", "--url")]
    [InlineData("up -- psql", "-- works only with exec", "up")]
    [InlineData("up postgres://u:secret@h/d", "one word is expected", "--help")]
    [InlineData("migrate up", "one word is expected", "\"migrate up\"")]
    [InlineData("up --frobnicate", "unknown option --frobnicate", "--help")]
    [InlineData("up --location /sql", "unknown option --location;", "write --locations")]
    [InlineData("up --locaton /sql", "unknown option --locaton;", "write --locations")]
    [InlineData("up --relaese v1", "unknown option --relaese;", "write --release")]
    [InlineData("up -baselineOnmigrate=true", "-baselineOnmigrate: the setting is not known;", "write -baselineOnMigrate")]
    [InlineData("up -target 1", "unknown option -target;", "write -target=VALUE")]
    [InlineData("undo", "undo is not supported, as in Flyway's free edition", "--help")]
    [InlineData("clean", "clean drops everything", "--allow-clean")]
    [InlineData("clean -cleanDisabled=false", "clean drops everything", "--allow-clean")]
    [InlineData("clean --allow-clean", "clean drops everything", "-cleanDisabled=false")]
    [InlineData("up -password=secret -password=secret2", "-password is given more than once", "once")]
    [InlineData("up -target=1 -target=2", "-target \"1\" and -target \"2\"", "one of them")]
    [InlineData("up --schema a -defaultSchema=b", "-defaultSchema \"b\" and --schema \"a\"", "one of them")]
    [InlineData("up -cherryPick=1", "-cherryPick: not supported", "use target")]
    [InlineData("up --schemas a", "unknown option --schemas;", "write --schema")]
    [InlineData("up -x", "unknown option -x;", "--help")]
    [InlineData("up --password=secret", "unknown option --password;", "FLYWAY_PASSWORD")]
    [InlineData("up --release", "--release", "--help")]
    [InlineData("up --release a --release b", "--release is given more than once", "once")]
    [InlineData("up --lock-timeout soon", "--lock-timeout \"soon\"", "90s")]
    [InlineData("up --lock-timeout 10", "--lock-timeout \"10\"", "10s")]
    [InlineData("up --lock-timeout=-1s", "--lock-timeout \"-1s\"", "negative")]
    [InlineData("up --connect-retries many", "--connect-retries \"many\"", "whole number")]
    [InlineData("up --connect-retries=-1", "--connect-retries \"-1\"", "whole number")]
    [InlineData("up --lock-retries 10001", "--lock-retries \"10001\"", "0 to 10000")]
    [InlineData("up --placeholder a", "--placeholder \"a\"", "NAME=VALUE")]
    [InlineData("up --placeholder =a", "--placeholder \"=a\"", "NAME=VALUE")]
    [InlineData("up --placeholder-replacement maybe", "--placeholder-replacement \"maybe\"", "true or false")]
    [InlineData("up --baseline-version x", "--baseline-version \"x\"", "such as 12 or 1.2")]
    [InlineData("up -o yaml", "--output \"yaml\"", "text or json")]
    [InlineData("wait", "the target is missing", "--version V or --release R")]
    [InlineData("wait --version v1", "--version \"v1\"", "such as 12")]
    [InlineData("up --version 1", "--version works only with wait", "wait")]
    [InlineData("up --record cm", "the key is missing", "JOB_NAME")]
    public void A_wrong_command_line_is_refused(string line, string why, string next)
    {
        var exception = Assert.Throws<MigrationException>(() => Read(line));

        Assert.Equal(ExitCode.Usage, exception.ExitCode);
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
        Assert.Contains(next, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MIGRATE_LOCK_TIMEOUT=soon", "MIGRATE_LOCK_TIMEOUT \"soon\"")]
    [InlineData("MIGRATE_OUTPUT=yaml", "MIGRATE_OUTPUT \"yaml\"")]
    [InlineData("FLYWAY_BASELINE_VERSION=x", "FLYWAY_BASELINE_VERSION \"x\"")]
    [InlineData("FLYWAY_PLACEHOLDER_REPLACEMENT=maybe", "FLYWAY_PLACEHOLDER_REPLACEMENT \"maybe\"")]
    public void A_wrong_variable_is_named(string variable, string message) =>
        Assert.StartsWith(message, Assert.Throws<MigrationException>(() => Read("up", variable)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--record cm", "JOB_NAME=job", "job")]
    [InlineData("--record cm --record-key k", "JOB_NAME=job", "k")]
    [InlineData("--record cm", "MIGRATE_RECORD_KEY=k", "k")]
    public void The_key_of_the_record_is_the_Jobs_name(string line, string variable, string key) =>
        Assert.Equal(key, Read("up " + line, variable).RecordKey);

    [Theory]
    [InlineData("MIGRATE_OUT_OF_ORDER=TRUE", true)]
    [InlineData("MIGRATE_OUT_OF_ORDER=1", true)]
    [InlineData("MIGRATE_OUT_OF_ORDER=", false)]
    [InlineData("FLYWAY_OUT_OF_ORDER=True", true)]
    [InlineData("FLYWAY_OUT_OF_ORDER=false", false)]
    [InlineData("FLYWAY_OUT_OF_ORDER=true,MIGRATE_OUT_OF_ORDER=false", false)]
    public void A_flag_may_be_a_variable(string variables, bool expected) =>
        Assert.Equal(expected, Read("up", variables.Split(',')).OutOfOrder);

    [Theory]
    [InlineData("MIGRATE_OUT_OF_ORDER=yes", "MIGRATE_OUT_OF_ORDER \"yes\": write true or false")]
    [InlineData("MIGRATE_ALLOW_CLEAN=maybe", "MIGRATE_ALLOW_CLEAN \"maybe\": write true or false")]
    [InlineData("MIGRATE_VERBOSE=yes", "MIGRATE_VERBOSE \"yes\": write true or false")]
    [InlineData("FLYWAY_BASELINE_ON_MIGRATE=on", "FLYWAY_BASELINE_ON_MIGRATE \"on\": write true or false")]
    public void A_flag_that_is_neither_true_nor_false_is_refused(string variable, string message) =>
        Assert.Equal(message, Assert.Throws<MigrationException>(() => Read("up", variable)).Message);

    [Fact]
    public void An_empty_key_of_the_record_is_none()
    {
        Assert.Throws<MigrationException>(() => Read("up --record cm", "JOB_NAME="));
        // Without a record it does not matter.
        Assert.Equal(Verb.Up, Read("up", "JOB_NAME=").Verb);
    }

    [Fact]
    public void The_direct_URL_is_the_one_that_counts() =>
        Assert.Equal("h2", Read("up --url postgres://u@h1/d --direct-url postgres://u@h2/d").Connection.Host);

    [Theory]
    [InlineData("", false, false)]
    [InlineData("--locations /sql", false, false)]
    [InlineData("help", true, false)]
    [InlineData("--help", true, false)]
    [InlineData("up -h", true, false)]
    [InlineData("exec -- psql --help", false, false)]
    [InlineData("--version", false, true)]
    [InlineData("version", false, true)]
    [InlineData("wait --version 1", false, false)]
    public void Help_and_version_can_be_asked_for(string line, bool help, bool version)
    {
        var command = Command(line);

        Assert.Equal((help, version), (command.Help && !command.AskedVersion, command.AskedVersion));
    }

    [Theory]
    [InlineData("up -o json -v --termination-log /t", "", true, true, "/t")]
    [InlineData("up", "MIGRATE_OUTPUT=json", true, false, null)]
    [InlineData("up", "MIGRATE_VERBOSE=true", false, true, null)]
    [InlineData("up --termination-log=", "MIGRATE_TERMINATION_LOG=/t", false, false, null)]
    [InlineData("frobnicate --nonsense -o json", "", true, false, null)]
    public void How_to_talk_is_known_even_where_the_rest_is_wrong(string line, string variable, bool json, bool verbose, string? file) =>
        Assert.Equal(
            new OutputOptions(
                json,
                verbose,
                file
                    ?? (
                        File.Exists("/dev/termination-log") && !line.Contains("--termination-log", StringComparison.Ordinal)
                            ? "/dev/termination-log"
                            : null
                    )
            ),
            Command(line, variable).Output
        );

    [Theory]
    [InlineData("MIGRATE_LOCK_TIMOUT=1s", "unknown environment variable MIGRATE_LOCK_TIMOUT: write MIGRATE_LOCK_TIMEOUT")]
    [InlineData("MIGRATE_RELEAS=r1", "unknown environment variable MIGRATE_RELEAS: write MIGRATE_RELEASE")]
    [InlineData(
        "MIGRATE_HELP=1",
        "unknown environment variable MIGRATE_HELP: see migrate --help for the options that have one, or rename it"
    )]
    [InlineData(
        "MIGRATE_NONSENSE=1",
        "unknown environment variable MIGRATE_NONSENSE: see migrate --help for the options that have one, or rename it"
    )]
    [InlineData(
        "MIGRATE_PLACEHOLDER=a=1",
        "MIGRATE_PLACEHOLDER: placeholders have a variable each; write FLYWAY_PLACEHOLDERS_NAME=VALUE, or --placeholder NAME=VALUE"
    )]
    public void An_unknown_variable_is_refused(string variable, string message)
    {
        var refusal = Assert.Throws<MigrationException>(() => Read("up", variable));

        Assert.Equal((2, message), (refusal.ExitCode, refusal.Message));
    }

    [Theory]
    [InlineData("MIGRATE_SERVICE_HOST=10.0.0.1")]
    [InlineData("MIGRATE_SERVICE_PORT=80")]
    [InlineData("MIGRATE_SERVICE_PORT_HTTP=80")]
    [InlineData("MIGRATE_PORT=tcp://10.0.0.1:80")]
    [InlineData("MIGRATE_PORT_80_TCP=tcp://10.0.0.1:80")]
    [InlineData("MIGRATE_PORT_80_TCP_PROTO=tcp")]
    [InlineData("MIGRATE_DB_PORT_5432_TCP_ADDR=10.0.0.1")]
    [InlineData("MIGRATED=1")]
    [InlineData("MIGRATE_LOCK_TIMEOUT=1s")]
    public void A_known_variable_or_one_of_a_service_is_not(string variable) => Assert.Equal(Verb.Up, Read("up", variable).Verb);

    private static MigrateOptions Read(string line, params string[] variables) => Command(line, variables).Read();

    private static MigrateCommand Command(string line, params string[] variables) =>
        new(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), Environment(variables));

    private static Dictionary<string, string> Environment(params string[] variables) =>
        variables
            .Where(variable => variable.Length > 0)
            .Append("DATABASE_URL=postgres://u@h/d")
            .Select(variable => variable.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}

using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class PlaceholdersTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["schema"] = "app",
        ["Owner"] = "o'neil",
        ["dollar"] = "$1 ${schema} $$",
        ["empty"] = "",
        ["a.b-c"] = "dotted",
    };

    [Theory]
    [InlineData("", "")]
    [InlineData("SELECT 1;", "SELECT 1;")]
    [InlineData("${schema}", "app")]
    [InlineData("CREATE TABLE ${schema}.t (id int);", "CREATE TABLE app.t (id int);")]
    [InlineData("${schema}${schema}", "appapp")]
    [InlineData("${SCHEMA} ${Schema} ${owner}", "app app o'neil")]
    [InlineData("'${schema}' -- ${schema}", "'app' -- app")]
    [InlineData("${empty}x", "x")]
    [InlineData("${a.b-c}", "dotted")]
    // A value is not looked at again.
    [InlineData("${dollar}", "$1 ${schema} $$")]
    // Not begun: text.
    [InlineData("$schema {schema} $ {schema}", "$schema {schema} $ {schema}")]
    // Flyway's own (recordings 137, 337, 339)
    [InlineData("${flyway:user} ${flyway:database} ${flyway:defaultSchema} ${flyway:table}", "me db shop flyway_schema_history")]
    [InlineData("${flyway:filename} ${flyway:timestamp} ${FLYWAY:USER}", "V1__x.sql 2026-01-02 03:04:05 me")]
    [InlineData("${flyway:workingDirectory}", "/work/dir")]
    [InlineData("$${schema}$$", "$app$$")]
    [InlineData("}${schema}}", "}app}")]
    public void They_are_replaced(string text, string expected) => Assert.Equal(expected, Of().Replace("V1__x.sql", text));

    [Theory]
    [InlineData("${unknown}", 1, "unknown", "UNKNOWN")]
    [InlineData("SELECT 1;\n\nSELECT '${my_name}';", 3, "my_name", "MY_NAME")]
    [InlineData("${schema}\r\n${flyway:environment}", 2, "flyway:environment", "FLYWAY:ENVIRONMENT")]
    [InlineData("-- ${}", 1, "", "")]
    [InlineData("${ schema }", 1, " schema ", " SCHEMA ")]
    public void One_without_a_value_is_refused(string text, int line, string name, string variable)
    {
        var message = Assert.Throws<ScriptException>(() => Of().Replace("sub/V1__x.sql", text)).Message;

        Assert.StartsWith($"sub/V1__x.sql, line {line}: ", message, StringComparison.Ordinal);
        Assert.Contains($"${{{name}}}", message, StringComparison.Ordinal);
        Assert.Contains($"FLYWAY_PLACEHOLDERS_{variable} ", message, StringComparison.Ordinal);
        Assert.Contains("--placeholder-replacement=false", message, StringComparison.Ordinal);
    }

    [Theory]
    // recording 345
    [InlineData("${schema} ${schema")]
    [InlineData("${")]
    public void One_without_an_end_is_refused(string text) =>
        Assert.StartsWith(
            "V1__x.sql, line 1: the placeholder that begins here is not ended",
            Assert.Throws<ScriptException>(() => Of().Replace("V1__x.sql", text)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    // recordings 333, 334, 336
    [InlineData("#[", "]", ":", "#[schema] ${schema} #[flyway:user]", "app ${schema} me")]
    [InlineData("@{", "}", ":", "@{schema} ${schema}", "app ${schema}")]
    [InlineData("${", "}", "_", "${flyway_user}", "me")]
    [InlineData("__", "__", ":", "__schema__.t", "app.t")]
    public void Prefix_suffix_and_separator_are_settings(string prefix, string suffix, string separator, string text, string expected) =>
        Assert.Equal(expected, Of(prefix, suffix, separator).Replace("V1__x.sql", text));

    [Fact]
    public void The_environment_has_a_name_where_one_is_given() =>
        Assert.Equal("test", Of(environment: "test").Replace("V1__x.sql", "${flyway:environment}"));

    private static Placeholders Of(string prefix = "${", string suffix = "}", string separator = ":", string? environment = null) =>
        new(
            new FlywaySettings
            {
                Placeholders = Values,
                PlaceholderPrefix = prefix,
                PlaceholderSuffix = suffix,
                PlaceholderSeparator = separator,
                WorkingDirectory = "/work/dir",
                Environment = environment,
            },
            ("me", "db"),
            "shop",
            new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local)
        );
}

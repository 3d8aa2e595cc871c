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
    // Not begun, or not ended: text.
    [InlineData("$schema {schema} $ {schema}", "$schema {schema} $ {schema}")]
    [InlineData("${schema} ${schema", "app ${schema")]
    [InlineData("$${schema}$$", "$app$$")]
    [InlineData("${", "${")]
    [InlineData("}${schema}}", "}app}")]
    public void They_are_replaced(string text, string expected) => Assert.Equal(expected, Placeholders.Replace("V1__x.sql", text, Values));

    [Theory]
    [InlineData("${unknown}", 1, "unknown", "UNKNOWN")]
    [InlineData("SELECT 1;\n\nSELECT '${my_name}';", 3, "my_name", "MY_NAME")]
    [InlineData("${schema}\r\n${flyway:timestamp}", 2, "flyway:timestamp", "FLYWAY:TIMESTAMP")]
    [InlineData("-- ${}", 1, "", "")]
    [InlineData("${ schema }", 1, " schema ", " SCHEMA ")]
    public void One_without_a_value_is_refused(string text, int line, string name, string variable)
    {
        var message = Assert.Throws<ScriptException>(() => Placeholders.Replace("sub/V1__x.sql", text, Values)).Message;

        Assert.StartsWith($"sub/V1__x.sql, line {line}: ", message, StringComparison.Ordinal);
        Assert.Contains($"${{{name}}}", message, StringComparison.Ordinal);
        Assert.Contains($"FLYWAY_PLACEHOLDERS_{variable} ", message, StringComparison.Ordinal);
        Assert.Contains("--placeholder-replacement=false", message, StringComparison.Ordinal);
    }
}

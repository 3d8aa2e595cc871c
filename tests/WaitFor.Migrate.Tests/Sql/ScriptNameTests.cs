using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class ScriptNameTests
{
    [Theory]
    [InlineData("V1__first.sql", "Versioned", "1", "first")]
    [InlineData("V1.sql", "Versioned", "1", "")]
    [InlineData("V1__.sql", "Versioned", "1", "")]
    [InlineData("V12.sql", "Versioned", "12", "")]
    [InlineData("V1_2.sql", "Versioned", "1.2", "")]
    [InlineData("V1_2__add_index.sql", "Versioned", "1.2", "add index")]
    [InlineData("V1.2__add_index.sql", "Versioned", "1.2", "add index")]
    [InlineData("V1.2.3_4__x.sql", "Versioned", "1.2.3.4", "x")]
    [InlineData("V1.0__x.sql", "Versioned", "1.0", "x")]
    [InlineData("V001__x.sql", "Versioned", "001", "x")]
    [InlineData("V20260101120000__x.sql", "Versioned", "20260101120000", "x")]
    [InlineData("V1__a__b.sql", "Versioned", "1", "a  b")]
    [InlineData("V1___a.sql", "Versioned", "1", " a")]
    [InlineData("V1__a.b-c.sql", "Versioned", "1", "a.b-c")]
    [InlineData("V1__a b.sql", "Versioned", "1", "a b")]
    [InlineData("V1__größe_漢字.sql", "Versioned", "1", "größe 漢字")]
    [InlineData("V1__x.sql.sql", "Versioned", "1", "x.sql")]
    [InlineData("B10__schema.sql", "Baseline", "10", "schema")]
    [InlineData("B10.sql", "Baseline", "10", "")]
    [InlineData("R__views.sql", "Repeatable", null, "views")]
    [InlineData("R__all_the_views.sql", "Repeatable", null, "all the views")]
    [InlineData("R__1.sql", "Repeatable", null, "1")]
    public void These_are_migrations(string file, string kind, string? version, string description)
    {
        Assert.True(ScriptName.IsMeant(file));

        var name = ScriptName.Parse(file);

        Assert.Equal((kind, version, description), (name.Kind.ToString(), name.Version?.Text, name.Description));
    }

    [Theory]
    [InlineData("V__first.sql", "there is no version", "V1__description.sql")]
    [InlineData("B__first.sql", "there is no version", "B1__description.sql")]
    [InlineData("V1_x.sql", "\"1_x\" is no version", "__ before the description")]
    [InlineData("V1x.sql", "\"1x\" is no version", "write digits")]
    [InlineData("V1-2__x.sql", "\"1-2\" is no version", "with . or _ between")]
    [InlineData("V1.__x.sql", "\"1.\" is no version", "write digits")]
    [InlineData("V1..2__x.sql", "\"1..2\" is no version", "write digits")]
    [InlineData("V1 __x.sql", "\"1 \" is no version", "write digits")]
    [InlineData("Va__x.sql", "\"a\" is no version", "write digits")]
    [InlineData("V_1__x.sql", "\"_1\" is no version", "write digits")]
    [InlineData("B1a__x.sql", "\"1a\" is no version", "write digits")]
    [InlineData("R1__x.sql", "a repeatable script has no version", "R__description.sql")]
    [InlineData("Report__x.sql", "a repeatable script has no version", "R__description.sql")]
    [InlineData("R__.sql", "needs a description", "R__description.sql")]
    public void These_mean_to_be_and_are_refused(string file, string reason, string next)
    {
        Assert.True(ScriptName.IsMeant(file));

        var message = Assert.Throws<ScriptException>(() => ScriptName.Parse(file)).Message;

        Assert.StartsWith(file + ": ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(next, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.sql")]
    [InlineData("schema.sql")]
    [InlineData("Vacuum.sql")]
    [InlineData("Report.sql")]
    [InlineData("Backup_2026.sql")]
    [InlineData("v1__x.sql")]
    [InlineData("r__x.sql")]
    [InlineData("U1__undo.sql")]
    [InlineData("V1__x.SQL")]
    [InlineData("V1__x.sql.bak")]
    [InlineData("V1__x.sql.conf")]
    [InlineData("V1__x.txt")]
    [InlineData("V1__x")]
    [InlineData("V.sql")]
    [InlineData("R.sql")]
    [InlineData(".sql")]
    [InlineData("sql")]
    [InlineData("")]
    [InlineData("__x.sql")]
    [InlineData("1__x.sql")]
    public void These_are_others(string file) => Assert.False(ScriptName.IsMeant(file));
}

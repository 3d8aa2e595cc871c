using WaitFor.Migrate.Flyway;
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
    // recordings 272, 291
    [InlineData("V1__x.SQL", "Versioned", "1", "x")]
    [InlineData("R__.sql", "Repeatable", null, "")]
    [InlineData("afterMigrate.sql", "Callback", null, "")]
    [InlineData("afterMigrateApplied__b_c.sql", "Callback", null, "b c")]
    public void These_are_read(string file, string kind, string? version, string description)
    {
        var (name, why) = new ScriptNames(new FlywaySettings()).Read(file);

        Assert.Null(why);
        Assert.Equal((kind, version, description), (name!.Kind.ToString(), name.Version?.Text, name.Description));
    }

    [Theory]
    // recordings 258, 265, 285, 286, 177, 149, 148, 129
    [InlineData("V__first.sql", "there is no version: write V1__description.sql")]
    [InlineData("B__first.sql", "there is no version: write B1__description.sql")]
    [InlineData("V1_x.sql", "\"1_x\" is not a version")]
    [InlineData("V1x.sql", "\"1x\" is not a version")]
    [InlineData("V1-2__x.sql", "\"1-2\" is not a version: write digits, with . or _ between them, and __ before the description")]
    [InlineData("V1..2__x.sql", "\"1..2\" is not a version")]
    [InlineData("Va__x.sql", "\"a\" is not a version")]
    [InlineData("V_1__x.sql", "\"_1\" is not a version")]
    [InlineData("Vacuum.sql", "\"acuum\" is not a version")]
    [InlineData("R1__x.sql", "a repeatable script has no version: write R__description.sql")]
    [InlineData("Report.sql", "a repeatable script has no version")]
    [InlineData("R.sql", "a repeatable script needs __ and a description")]
    [InlineData("v1__x.sql", "its prefix differs in case; write V if it is to run")]
    [InlineData("U1__undo.sql", "undo scripts do not run here")]
    [InlineData("notes.sql", "its name begins with none of V, R and B, and is no callback's")]
    [InlineData("aftermigrate.sql", "its prefix differs in case; write afterMigrate if it is to run")]
    [InlineData("afterMigrate2.sql", "a callback is called afterMigrate.sql, or has __ and a description")]
    [InlineData("beforeEachMigrateStatement.sql", "only newer or paid editions of Flyway run the callback beforeEachMigrateStatement")]
    [InlineData("afterConnect.sql", "only newer or paid editions of Flyway run the callback afterConnect")]
    public void These_are_left_out(string file, string why)
    {
        var (name, reason) = new ScriptNames(new FlywaySettings()).Read(file);

        Assert.Null(name);
        Assert.StartsWith(why, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("V1__x.sql.bak")]
    [InlineData("V1__x.sql.conf")]
    [InlineData("V1__x.txt")]
    [InlineData("V1__x")]
    [InlineData(".sql")]
    [InlineData("")]
    public void These_are_no_scripts(string file) => Assert.Null(new ScriptNames(new FlywaySettings()).SuffixOf(file));

    [Theory]
    // recordings 262 to 266, 203, 268, 269, 151, 150
    [InlineData("MIG_1__one.sql", "MIG_", "R", "B", "__", ".sql", "Versioned 1 one")]
    [InlineData("V1__one.sql", "MIG_", "R", "B", "__", ".sql", null)]
    [InlineData("1__one.sql", "", "R", "B", "__", ".sql", "Versioned 1 one")]
    [InlineData("R__v.sql", "", "R", "B", "__", ".sql", "Repeatable  v")]
    [InlineData("A__v.sql", "V", "A", "B", "__", ".sql", "Repeatable  v")]
    [InlineData("BASE2__x.sql", "V", "R", "BASE", "__", ".sql", "Baseline 2 x")]
    [InlineData("V1.2_one.sql", "V", "R", "B", "_", ".sql", "Versioned 1.2 one")]
    [InlineData("V2__two.pgsql", "V", "R", "B", "__", ".sql,.pgsql", "Versioned 2 two")]
    [InlineData("afterMigrate.pgsql", "M", "R", "B", "__", ".pgsql", "Callback  ")]
    public void Prefixes_separator_and_suffixes_are_settings(
        string file,
        string versioned,
        string repeatable,
        string baseline,
        string separator,
        string suffixes,
        string? expected
    )
    {
        var settings = new FlywaySettings
        {
            SqlMigrationPrefix = versioned,
            RepeatableSqlMigrationPrefix = repeatable,
            BaselineMigrationPrefix = baseline,
            SqlMigrationSeparator = separator,
            SqlMigrationSuffixes = suffixes.Split(','),
        };
        var (name, _) = new ScriptNames(settings).Read(file);

        Assert.Equal(expected, name is null ? null : $"{name.Kind} {name.Version} {name.Description}");
    }
}

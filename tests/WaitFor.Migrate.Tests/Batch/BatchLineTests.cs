using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>The comment line: what it says, and what is refused, with file and line.</summary>
public sealed class BatchLineTests
{
    [Theory]
    [InlineData("table=users key=id", "users|id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=Users key=ID", "users|id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=\"Users\" key=\"Id\"", "Users|Id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=app.users key=id", "app.users|id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=\"my app\".\"the users\" key=\"the id\"", "my app.the users|the id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=users key=(tenant, id)", "users|(tenant, id)|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("key=(tenant,id) table=users", "users|(tenant, id)|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=users key=u.id", "users|id|1000|100|50000|200ms|0s|5s|10")]
    [InlineData("table=users key=id size=10", "users|id|10|10|50000|200ms|0s|5s|10")]
    [InlineData("table=users key=id size=100000", "users|id|100000|100|100000|200ms|0s|5s|10")]
    [InlineData("table=users key=id max=500", "users|id|500|100|500|200ms|0s|5s|10")]
    [InlineData("table=users key=id min=2000", "users|id|2000|2000|50000|200ms|0s|5s|10")]
    [InlineData(
        "table=users key=id size=5 min=2 max=9 target=1s pause=50ms max-lag=1m max-waiting=0",
        "users|id|5|2|9|1s|50ms|1m|0"
    )]
    [InlineData("table=users key=id max-lag=0", "users|id|1000|100|50000|200ms|0s|0s|10")]
    public void The_options_are_read(string options, string expected) => Assert.Equal(
            expected,
            Text(BatchScripts.Read($"-- migrate: batch {options}\n{BatchScripts.Update}").Batch!)
        );

    [Theory]
    [InlineData("--migrate: batch table=users key=id")]
    [InlineData("   --   Migrate:  BATCH\ttable=users\tkey=id  ")]
    [InlineData("-- A comment.\n\n/* and another */\n-- migrate: batch table=users key=id\n-- one more")]
    [InlineData("SET lock_timeout = '1s';\n-- migrate: batch table=users key=id")]
    public void The_line_may_stand_anywhere_between_statements(string text) =>
        Assert.Equal("users", BatchScripts.Read($"{text}\n{BatchScripts.Update}").Batch!.Table);

    [Fact]
    public void The_line_may_follow_the_statement_and_have_a_carriage_return() =>
        Assert.Equal(2, BatchScripts.Read($"{BatchScripts.Update}\r\n{BatchScripts.Line}\r\n").Batch!.Line);

    [Theory]
    [InlineData("-- migrate: batch of users, by hand\nUPDATE users SET seen = 1;")]
    [InlineData("-- migrate: batches table=users key=id\nUPDATE users SET seen = 1;")]
    [InlineData("/*\n-- migrate: batch table=users key=id\n*/\nUPDATE users SET seen = 1;")]
    [InlineData("INSERT INTO notes VALUES ('\n-- migrate: batch table=users key=id\n');")]
    [InlineData("DO $$ BEGIN\n-- migrate: batch table=users key=id\nNULL; END $$;")]
    [InlineData("UPDATE users SET seen = 1; -- migrate: batch table=users key=id")]
    public void What_is_no_batch_line_changes_nothing(string text) => Assert.Null(BatchScripts.Read(text).Batch);

    [Theory]
    [InlineData("", "table is missing; write -- migrate: batch table=users key=id")]
    [InlineData("table=users", "key is missing")]
    [InlineData("key=id", "table is missing")]
    [InlineData("table=users key=id sise=5", "there is no option sise; write size")]
    [InlineData("table=users key=id Size=5", "there is no option Size; write size")]
    [InlineData("table=users key=id colour=red", "there is no option colour; the options are table, key, size, min, max, target, pause, "
        + "max-lag, max-waiting")]
    [InlineData("table=users key=id size", "size has no value; write size=value")]
    [InlineData("table=users key=id size=", "size has no value; write size=value")]
    [InlineData("table = users key=id", "table has no value; write table=value, without blanks around =")]
    [InlineData("table=users key=id size=5 size=6", "size is given twice; give it once")]
    [InlineData("table=users key=id size=0", "size=0: write a whole number from 1 to 10000000")]
    [InlineData("table=users key=id size=-1", "size=-1: write a whole number")]
    [InlineData("table=users key=id size=1e3", "size=1e3: write a whole number")]
    [InlineData("table=users key=id size=99999999999", "size=99999999999: write a whole number")]
    [InlineData("table=users key=id min=10 max=5", "min=10 is above max=5")]
    [InlineData("table=users key=id size=10 min=20", "size=10 is not between min=20 and max=50000")]
    [InlineData("table=users key=id size=10 max=5", "min=10 is above max=5")]
    [InlineData("table=users key=id target=200", "target=200: the unit is missing; write 200s for seconds")]
    [InlineData("table=users key=id target=0", "target=0: write a duration above 0s, up to 1m")]
    [InlineData("table=users key=id target=2m", "target=2m: write a duration above 0s, up to 1m")]
    [InlineData("table=users key=id pause=-1s", "pause=-1s: it must not be negative")]
    [InlineData("table=users key=id pause=25h", "pause=25h: write a duration up to 24h")]
    [InlineData("table=users key=id max-lag=soon", "max-lag=soon: write a number with a unit")]
    [InlineData("table=users key=id max-waiting=-1", "max-waiting=-1: write a whole number from 0 to 1000000")]
    [InlineData("table=a.b.c key=id", "table=a.b.c: write a table, such as users, app.users or \"Users\"")]
    [InlineData("table=users; key=id", "table=users;: write a table")]
    [InlineData("table=\"\" key=id", "table=\"\": write a table")]
    [InlineData("table=users key=(tenant id)", "key=(tenant id): write a column, such as id, or more than one, such as (tenant, id)")]
    [InlineData("table=users key=(tenant, tenant)", "the column tenant is named twice")]
    [InlineData("table=users key=()", "key=(): write a column")]
    [InlineData("table=users key=(tenant, id", "(tenant, id: a quote or parenthesis is not closed")]
    [InlineData("table=users key=id+1", "key=id+1: write a column")]
    public void A_wrong_line_is_refused(string options, string why)
    {
        var refusal = Assert.Throws<ScriptException>(() =>
            BatchScripts.Read($"-- a comment\n-- migrate: batch {options}\n{BatchScripts.Update}")
        );

        Assert.StartsWith("V43__fill.sql, line 2: batch: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_line_is_refused() => Assert.Equal(
            "V43__fill.sql, line 2: there is a batch line in line 1 already; a script has one, and one statement",
            Assert
                .Throws<ScriptException>(() => BatchScripts.Read($"{BatchScripts.Line}\n{BatchScripts.Line}\n{BatchScripts.Update}"))
                .Message
        );

    [Fact]
    public void A_line_inside_the_statement_is_refused() => Assert.Equal(
            "V43__fill.sql, line 2: the batch line is inside a statement; write it before the statement",
            Assert.Throws<ScriptException>(() => BatchScripts.Read($"UPDATE users\n{BatchScripts.Line}\nSET seen = 1 WHERE "
                + $"${{batch}};")).Message
        );

    /// <summary>Flyway needs a value for the placeholder; here the line decides.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData(null)]
    public void The_placeholder_is_ours_where_there_is_a_line(string? value)
    {
        var settings = new FlywaySettings
        {
            Placeholders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["t"] = "users",
                [value is null ? "other" : "batch"] = value ?? "",
            },
        };
        var script = BatchScripts.Read($"{BatchScripts.Line}\nUPDATE ${{t}} SET seen = 1 WHERE ${{BATCH}} AND true;", settings: settings);

        Assert.Equal("UPDATE users SET seen = 1 WHERE ${batch} AND true", script.Statements.Single().Text);
    }

    [Fact]
    public void Without_a_line_it_is_a_placeholder_as_any_other()
    {
        var settings = new FlywaySettings
        {
            Placeholders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["batch"] = "true" },
        };

        var script = BatchScripts.Read(BatchScripts.Update, settings: settings);

        Assert.Equal(("UPDATE users SET seen = seen + 1 WHERE true", true), (script.Statements.Single().Text, script.InTransaction));
        Assert.Contains(
            "write the line -- migrate: batch table=TABLE key=COLUMN above it",
            BatchScripts.Read(BatchScripts.Update).Unusable!.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("#[", "]", true)]
    [InlineData("${", "}", false)]
    public void Other_signs_and_no_replacement_do_not_matter(string prefix, string suffix, bool replacement)
    {
        var settings = new FlywaySettings
        {
            PlaceholderPrefix = prefix,
            PlaceholderSuffix = suffix,
            PlaceholderReplacement = replacement,
        };
        var script = BatchScripts.Read($"{BatchScripts.Line}\nUPDATE users SET seen = 1 WHERE {prefix}batch{suffix};", settings: settings);

        Assert.Equal("UPDATE users SET seen = 1 WHERE ${batch}", script.Statements.Single().Text);
    }

    [Fact]
    public void The_checksum_is_that_of_the_text_as_written() => Assert.Equal(
            Checksum.Of($"{BatchScripts.Line}\n{BatchScripts.Update}"),
            BatchScripts.Read($"{BatchScripts.Line}\n{BatchScripts.Update}").Checksum
        );

    [Fact]
    public void What_looks_at_one_batch_gets_the_statement_of_the_first_one()
    {
        var script = BatchScripts.Read(
            "-- migrate: batch table=app.users key=(u.tenant, u.id) size=7\nSET lock_timeout = '1s';\n"
                + "UPDATE app.users u SET note = '${batch}' /* ${batch} */ WHERE ${batch} AND note IS NULL;"
        );

        Assert.Equal(
            [
                "SET lock_timeout = '1s'",
                "UPDATE app.users u SET note = '${batch}' /* ${batch} */ WHERE ((\"u\".\"tenant\", \"u\".\"id\") <= (SELECT \"tenant\", "
                    + "\"id\" "
                    + "FROM (SELECT \"tenant\", \"id\" FROM \"app\".\"users\" ORDER BY \"tenant\", \"id\" LIMIT 7) AS first_batch ORDER BY "
                    + "\"tenant\" DESC, \"id\" DESC LIMIT 1)) AND note IS NULL",
            ],
            BatchText.FirstBatch(script, script.Batch!).Select(statement => statement.Text)
        );
    }

    private static string Text(BatchOptions options) =>
        string.Join(
            '|',
            options.TableText,
            options.KeyText,
            options.Size,
            options.Min,
            options.Max,
            GoDuration.Format(options.Target),
            GoDuration.Format(options.Pause),
            GoDuration.Format(options.MaxLag),
            options.MaxWaiting
        );
}

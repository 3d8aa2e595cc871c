using System.Diagnostics;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class SplitterTests
{
    public static TheoryData<string> Names { get; } = [.. ScriptTable.All.Select((script, index) => $"{index}: {script}")];

    [Fact]
    public void The_table_has_two_hundred_scripts() => Assert.InRange(ScriptTable.All.Count, 200, 2_000);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_script_is_split_where_psql_splits_it(string name)
    {
        var script = ScriptTable.All[int.Parse(name.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)];

        var statements = Splitter.Split("V1__x.sql", script.Text);

        Assert.Equal(script.Statements, statements.Select(statement => (statement.Text, statement.Offset)));
        Assert.All(statements, statement => Assert.Equal(PositionOf(script.Text, statement.Offset), (statement.Line, statement.Column)));
    }

    [Theory]
    [InlineData("SELECT 1", 1, 1)]
    [InlineData("  SELECT 1", 1, 3)]
    [InlineData("\t\tSELECT 1", 1, 3)]
    [InlineData("\n\n  SELECT 1", 3, 3)]
    [InlineData("\r\n\r\n  SELECT 1", 3, 3)]
    [InlineData("-- a\n/* b\nc */ SELECT 1", 3, 6)]
    [InlineData("\uFEFFSELECT 1", 1, 1)]
    [InlineData("\uFEFF\nSELECT 1", 2, 1)]
    [InlineData("/* 漢字 */ SELECT 1", 1, 10)]
    // A character is one column, whatever UTF-16 makes of it.
    [InlineData("/* 😀 */ SELECT 1", 1, 9)]
    [InlineData("/* 😀\n😀 */ SELECT 1", 2, 6)]
    public void A_statement_knows_where_it_begins(string text, int line, int column)
    {
        var statement = Assert.Single(Splitter.Split("V1__x.sql", text));

        Assert.Equal((line, column), (statement.Line, statement.Column));
    }

    [Theory]
    [InlineData("SELECT x", 0, 1, 1)]
    [InlineData("SELECT x", 1, 1, 1)]
    [InlineData("SELECT x", 8, 1, 8)]
    [InlineData("SELECT x", 9, 1, 9)]
    [InlineData("SELECT x", 99, 1, 9)]
    [InlineData("SELECT\n  x", 10, 2, 3)]
    [InlineData("SELECT\r\n  x", 11, 2, 3)]
    [InlineData("SELECT '😀', x", 13, 1, 13)]
    [InlineData("SELECT '😀',\n'漢', x", 18, 2, 6)]
    [InlineData("  SELECT x", 8, 1, 10)]
    [InlineData("-- a\n  SELECT x,\n y", 12, 3, 2)]
    [InlineData("/* 😀 */ SELECT x", 8, 1, 16)]
    public void A_position_of_PostgreSQL_is_a_line_and_a_column(string text, int position, int line, int column) =>
        Assert.Equal((line, column), Assert.Single(Splitter.Split("V1__x.sql", text)).At(position));

    [Theory]
    [InlineData("SELECT 'a", 1, 8, "the quote that begins here is not ended", "end it with '")]
    [InlineData("SELECT 1;\n  SELECT 'it's';\n", 2, 15, "the quote", "end it with '")]
    [InlineData("SELECT E'a\\'", 1, 9, "the quote", "end it with '")]
    [InlineData("SELECT E'a\\", 1, 9, "the quote", "end it with '")]
    [InlineData("SELECT E'a'\n'b\\'", 2, 1, "the quote", "end it with '")]
    [InlineData("SELECT 'a''", 1, 8, "the quote", "end it with '")]
    [InlineData("SELECT \"a;\nb", 1, 8, "the quoted name", "end it with \"")]
    [InlineData("SELECT U&\"a", 1, 10, "the quoted name", "end it with \"")]
    [InlineData("\n/* a; /* b */\nSELECT 1;", 2, 1, "the comment that begins here is not ended", "*/")]
    [InlineData("SELECT 1; /*/", 1, 11, "the comment", "*/")]
    [InlineData("/*", 1, 1, "the comment", "*/")]
    [InlineData("SELECT 1 /* a *", 1, 10, "the comment", "*/")]
    [InlineData("DO $$ BEGIN; END;", 1, 4, "the text in $$ that begins here", "end it with $$")]
    [InlineData("SELECT 1;\r\nDO $do$ BEGIN; END $DO$;", 2, 4, "the text in $do$", "end it with $do$")]
    [InlineData("SELECT $a$ $$ $b$", 1, 8, "the text in $a$", "end it with $a$")]
    [InlineData("SELECT 1;\n SELECT (1;\nSELECT 2;", 2, 2, "a parenthesis of the statement that begins here is not closed", "close it")]
    [InlineData("CREATE TABLE t (id int;", 1, 1, "a parenthesis", "close it")]
    [InlineData("SELECT 1;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\nSELECT 2;", 2, 1, "BEGIN ATOMIC", "END")]
    [InlineData("/* 😀 */ SELECT '", 1, 16, "the quote", "end it with '")]
    public void What_is_not_ended_is_refused(string text, int line, int column, string why, string next) =>
        Refused(text, line, column, why, next);

    [Theory]
    [InlineData("\\connect other", 1, 1)]
    [InlineData("SELECT 1;\n\\i other.sql\n", 2, 1)]
    [InlineData("SELECT 1;\n  \\copy users FROM 'users.csv'", 2, 3)]
    [InlineData("\\.", 1, 1)]
    [InlineData("SELECT 1 \\gexec", 1, 10)]
    [InlineData("SELECT 1\n\\gset\nSELECT 2;", 2, 1)]
    [InlineData("SELECT 1 \\; SELECT 2;", 1, 10)]
    [InlineData("-- fine\n/* fine \\ */ \\echo", 2, 14)]
    public void A_backslash_command_is_refused(string text, int line, int column) =>
        Refused(text, line, column, "backslash command", "migrate exec -- psql");

    [Theory]
    // recordings 408 to 413
    [InlineData("COPY one (id, t) FROM stdin;\n1\tone\n2\t\\N\n\\.\nSELECT 2;", "1\tone\n2\t\\N\n")]
    [InlineData("COPY one FROM stdin;\n\\.\nSELECT 2;", "")]
    [InlineData("COPY one FROM STDIN WITH (FORMAT csv, HEADER);\r\nid\r\n1;--'$$\r\n\\.\r\nSELECT 2", "id\r\n1;--'$$\r\n")]
    [InlineData("copy \"a;b\" from stdin csv ;  \n1\n\\. \n\\..\n\\.\nSELECT 2", "1\n\\. \n\\..\n")]
    public void The_data_of_COPY_are_its_lines(string text, string data)
    {
        var statements = Splitter.Split("V1__x.sql", text);

        Assert.Equal(2, statements.Count);
        Assert.Equal((data, null), (statements[0].Data, statements[1].Data));
        Assert.Equal("SELECT 2", statements[1].Text);
        Assert.NotEqual(Checksum.Of(statements[0].Text + "x"), statements[0].Checksum);
    }

    [Theory]
    [InlineData("SELECT 1;\nCOPY users (id, name) FROM STDIN;", 2, 33, "are not ended", "end them with \\. alone on a line")]
    [InlineData("COPY users FROM stdin;\n1\n", 1, 22, "are not ended", "end them with \\. alone on a line")]
    [InlineData("COPY users FROM stdin; SELECT 1;\n\\.\n", 1, 23, "begin on the line after it", "elsewhere")]
    [InlineData("SELECT 1;\nCOPY users FROM stdin", 2, 1, "there are no data", "semicolon")]
    public void Data_without_an_end_are_refused(string text, int line, int column, string why, string next) =>
        Refused(text, line, column, why, next);

    [Fact]
    public void The_lines_that_pg_dump_puts_around_its_output_are_left_out()
    {
        // recording 414, where Flyway fails
        var statements = Splitter.Split("V1__x.sql", "\\restrict abc\n\nCREATE TABLE one (id int);\n\\unrestrict abc\n");

        Assert.Equal(("CREATE TABLE one (id int)", 3), (Assert.Single(statements).Text, statements[0].Line));
    }

    [Fact]
    public void A_large_script_takes_no_longer_for_each_statement()
    {
        var text = string.Concat(Enumerable.Repeat("INSERT INTO users (id, name) VALUES (1, 'somebody; or other');\n", 100_000));
        var start = Stopwatch.StartNew();

        var statements = Splitter.Split("V1__x.sql", text);

        Assert.Equal(100_000, statements.Count);
        Assert.Equal((100_000, 1), (statements[^1].Line, statements[^1].Column));
        // Where each statement counts the lines from the beginning, the time grows with the square.
        Assert.InRange(start.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_large_statement_takes_no_longer_for_each_word()
    {
        var columns = Enumerable.Range(0, 100_000).Select(number => $"a AS a{number}");
        var text = $"CREATE VIEW v AS SELECT {string.Join(", ", columns)} FROM t; SELECT 2";
        var start = Stopwatch.StartNew();

        Assert.Equal(2, Splitter.Split("V1__x.sql", text).Count);
        Assert.InRange(start.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static void Refused(string text, int line, int column, string why, string next)
    {
        var message = Assert.Throws<ScriptException>(() => Splitter.Split("sub/V1__x.sql", text)).Message;

        Assert.StartsWith($"sub/V1__x.sql, line {line}, column {column}: ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains(next, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SET standard_conforming_strings = off; SELECT 'it\\'s; one'; SELECT 2", 3)]
    [InlineData("set session standard_conforming_strings to 'off'; SELECT 'it\\'s; one'; SELECT 2", 3)]
    [InlineData("SET standard_conforming_strings = off; SET standard_conforming_strings = on; SELECT 'a\\'; SELECT 'b'", 4)]
    [InlineData("SET standard_conforming_strings = on; SELECT 'a\\'; SELECT 'b'", 3)]
    public void Backslashes_escape_where_the_script_says_so(string text, int count) =>
        Assert.Equal(count, Splitter.Split("V1__x.sql", text).Count);

    private static (int Line, int Column) PositionOf(string text, int offset)
    {
        var (line, column) = (1, 1);
        foreach (var rune in text[..offset].TrimStart('\uFEFF').EnumerateRunes())
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        return (line, column);
    }
}

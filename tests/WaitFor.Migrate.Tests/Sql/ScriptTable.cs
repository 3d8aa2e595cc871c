namespace WaitFor.Migrate.Tests.Sql;

/// <summary>Scripts as they are written in the real world. <c>⟦</c> and <c>⟧</c> stand around each statement, and are no part of the
/// script: PostgreSQL's own psql finds the same ones.</summary>
internal static partial class ScriptTable
{
    /// <summary>What cannot be shown in a list of lines: line ends, tabs, byte order marks.</summary>
    private static IEnumerable<MarkedScript> Odd =>
        new[]
        {
            "",
            " ",
            "\n\n\n",
            "\r\n",
            "\t",
            ";",
            " ; ;; \n;\t; ",
            "⟦SELECT 1⟧",
            "⟦SELECT 1⟧\n",
            "⟦SELECT 1⟧ \t\r\n ",
            "⟦SELECT 1⟧;;;",
            ";;⟦SELECT 1⟧;",
            "\uFEFF⟦SELECT 1⟧;",
            "\uFEFF\n⟦SELECT 1⟧;",
            "\uFEFF",
            "\uFEFF-- only a comment",
            "⟦SELECT 1⟧;\r\n⟦SELECT 2⟧;\r\n",
            "⟦SELECT\r\n    1⟧\r\n;\r\n\r\n⟦SELECT 2⟧",
            "\t⟦SELECT\t1⟧\t;\t⟦SELECT\t2⟧\t;",
            "\f⟦SELECT\f1⟧;",
            "-- windows\r\n⟦SELECT 1⟧; -- first\r\n-- second\r\n⟦SELECT 2⟧;\r\n",
            // A comment ends at a lone carriage return too.
            "-- old\r⟦SELECT 1⟧;\r-- mac\r⟦SELECT 2⟧;\r",
            "⟦SELECT 1⟧ -- one\r;⟦SELECT 2⟧",
            "⟦SELECT 'a\r\nb;'⟧;\r\n⟦SELECT 2⟧;",
            "⟦DO $$\r\nBEGIN\r\n  NULL;\r\nEND\r\n$$⟧;\r\n⟦SELECT 2⟧;",
            // A literal goes on after a line end, with the escapes of its beginning.
            "⟦SELECT 'a'\n';b'⟧; ⟦SELECT 2⟧;",
            "-- no line end at the end",
            "⟦SELECT 1⟧; -- no line end at the end",
            "⟦SELECT 1⟧; /* no line end at the end */",
            "⟦SELECT 1⟧ --",
            "⟦SELECT 1⟧;--",
        }.Select(MarkedScript.Of);

    /// <summary>What the server understands, and psql 15 does not: it looks at a line at a time, and takes every begin for one that has an
    /// end.</summary>
    public static IReadOnlyList<MarkedScript> BeyondPsql { get; } =
        new[]
        {
            "⟦SELECT E'a'\n'\\';b'⟧; ⟦SELECT 2⟧;",
            "⟦SELECT E'a' -- ;'\n  -- more\n '\\';b'⟧; ⟦SELECT 2⟧;",
            "⟦SELECT E'a\\\\'\r\n\t'b\\';'⟧; ⟦SELECT 2⟧;",
            "⟦CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$⟧; ⟦DROP FUNCTION begin()⟧;",
            "⟦CREATE FUNCTION g1(begin int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$⟧; ⟦SELECT g1(1)⟧;",
            "⟦CREATE FUNCTION g2(begin int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g2.begin; SELECT begin; END⟧; ⟦SELECT g2(1)⟧;",
        }
            .Select(MarkedScript.Of)
            .ToList();

    /// <summary>All scripts.</summary>
    public static IReadOnlyList<MarkedScript> All { get; } =
    [
        .. Lines(Quotes),
        .. Lines(Comments),
        .. Lines(Tables),
        .. Lines(Rows),
        .. Lines(Routines),
        .. Lines(Maintenance),
        .. Lines(Signs),
        .. Blocks(LongRoutines),
        .. Blocks(LongScripts),
        .. Odd,
        .. BeyondPsql,
    ];

    private static IEnumerable<MarkedScript> Lines(string text) => text.Split('\n').Select(MarkedScript.Of);

    private static IEnumerable<MarkedScript> Blocks(string text) => text.Split("\n================\n").Select(MarkedScript.Of);
}

/// <summary>A script, and the statements that are in it.</summary>
internal sealed record MarkedScript(string Text, IReadOnlyList<(string Text, int Offset)> Statements)
{
    public static MarkedScript Of(string marked)
    {
        var (text, statements) = ("", new List<(string, int)>());
        foreach (var part in marked.Split('⟦'))
        {
            if (part.Split('⟧') is [var statement, var rest])
            {
                statements.Add((statement, text.Length));
                text += statement + rest;
            }
            else
            {
                text += part;
            }
        }

        return new MarkedScript(text, statements);
    }

    public override string ToString() => Text.ReplaceLineEndings("↵");
}

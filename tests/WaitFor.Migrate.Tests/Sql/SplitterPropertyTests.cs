using FsCheck;
using FsCheck.Fluent;
using WaitFor.Migrate.Sql;
using Xunit.Abstractions;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>What holds for every text.</summary>
public sealed class SplitterPropertyTests(ITestOutputHelper output)
{
    private static readonly string[] Rich =
    [
        "'",
        "\"",
        "$$",
        "$a$",
        "$",
        "--",
        "/*",
        "*/",
        "/",
        "*",
        "-",
        ";",
        ";",
        ";",
        "(",
        ")",
        "\\",
        "E'",
        "e",
        "U&'",
        "''",
        "\n",
        "\r\n",
        "\r",
        " ",
        " ",
        "\t",
        "\uFEFF",
        "é",
        "😀",
        "\uD83D",
        "1",
        "$1",
        "a",
        "b1",
        "SELECT ",
        "CREATE FUNCTION ",
        "BEGIN ATOMIC ",
        "CASE ",
        "END",
        " end ",
        "COPY t FROM ",
        "stdin",
        ".",
        ",",
        "::",
        "\u00A0",
        "\0",
    ];

    private static readonly Gen<string> AnyText = Gen.Elements(Rich).ListOf().Select(string.Concat);

    private static readonly Gen<string> SomeScript =
        from parts in Gen.Choose(0, ScriptTable.All.Count - 1).ListOf()
        from between in Gen.Elements(";", ";\n", " ; -- x;\n", ";/* ; */", "\r\n;\r\n", ";;").ArrayOf(parts.Count + 1)
        select string.Concat(parts.Select((part, index) => ScriptTable.All[part].Text.TrimStart('\uFEFF') + "\n" + between[index]));

    private int _split;
    private int _refused;

    [Fact]
    public void Any_text_is_split_without_a_loss_or_refused()
    {
        Prop.ForAll(AnyText.ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(60));
        output.WriteLine($"{_split} split, {_refused} refused");
        Assert.True(_split > 2_000 && _refused > 2_000, $"{_split} split, {_refused} refused");
    }

    [Fact]
    public void Scripts_one_after_another_are_split_without_a_loss()
    {
        Prop.ForAll(SomeScript.ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(30));
        output.WriteLine($"{_split} split, {_refused} refused");
        Assert.Equal(0, _refused);
    }

    [Fact]
    public void A_script_that_is_cut_anywhere_is_split_without_a_loss_or_refused()
    {
        foreach (var script in ScriptTable.All)
        {
            for (var length = 0; length < script.Text.Length; length++)
                Assert.True(Holds(script.Text[..length]), script.Text[..length]);
        }

        output.WriteLine($"{_split} split, {_refused} refused");
    }

    private bool Holds(string text)
    {
        IReadOnlyList<Statement> statements;
        try
        {
            statements = Splitter.Split("V1__x.sql", text);
        }
        catch (ScriptException)
        {
            _refused++;
            return true;
        }

        _split++;
        // A byte order mark is one only at the beginning.
        var (at, joined) = (0, ";");
        foreach (var statement in statements)
        {
            if (
                statement.Text.Length == 0
                || !text.AsSpan(statement.Offset).StartsWith(statement.Text)
                || !IsNothing(text[at..statement.Offset])
            )
                return false;
            at = statement.Offset + statement.Text.Length;
            joined += statement.Text + "\n;\n";
        }

        return IsNothing(text[at..])
            && Splitter
                .Split("V1__x.sql", joined)
                .Select(statement => statement.Text)
                .SequenceEqual(statements.Select(statement => statement.Text));
    }

    /// <summary>Blanks, comments and semicolons; read in another way than the splitter does.</summary>
    private static bool IsNothing(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (char.IsWhiteSpace(rest[0]) || rest[0] is ';' or '\uFEFF')
                rest = rest[1..];
            else if (rest.StartsWith("--"))
                rest = rest.IndexOfAny('\r', '\n') is >= 0 and var end ? rest[end..] : [];
            else if (rest.StartsWith("/*") && EndOfComment(rest) is > 0 and var end)
                rest = rest[end..];
            else
                return false;
        }

        return true;
    }

    private static int EndOfComment(ReadOnlySpan<char> text)
    {
        var at = 2;
        while (at < text.Length && !text[at..].StartsWith("*/"))
            at += text[at..].StartsWith("/*") ? EndOfComment(text[at..]) : 1;
        return at + 2;
    }
}

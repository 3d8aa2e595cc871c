using WaitFor.Process;

namespace WaitFor.Tests.Process;

public sealed class PaletteTests
{
    [Theory]
    [InlineData("xterm-256color", null, false, true)]
    [InlineData("linux", "", false, true)]
    [InlineData("xterm", null, true, false)]
    [InlineData("xterm", "1", false, false)]
    [InlineData("xterm", "0", false, false)]
    [InlineData("dumb", null, false, false)]
    [InlineData("", null, false, false)]
    [InlineData(null, null, false, false)]
    public void Colours_are_for_terminals_of_those_who_want_them(string? terminal, string? noColor, bool redirected, bool colours)
    {
        var palette = Palette.Of(
            name =>
                name switch
                {
                    "TERM" => terminal,
                    "NO_COLOR" => noColor,
                    _ => null,
                },
            redirected
        );

        Assert.Equal(colours ? "\u001b[31mx\u001b[0m" : "x", palette.Red("x"));
        Assert.Equal(colours ? "\u001b[33mx\u001b[0m" : "x", palette.Yellow("x"));
        Assert.Equal(colours ? "\u001b[1mx\u001b[0m" : "x", palette.Bold("x"));
        Assert.Equal(colours ? "\u001b[31mfailed  \u001b[0m" : "failed  ", palette.Verdict("failed  "));
    }

    [Fact]
    public void Other_words_than_verdicts_have_no_colour() =>
        Assert.Equal("VERDICT", Palette.Of(name => name == "TERM" ? "xterm" : null, redirected: false).Verdict("VERDICT"));
}

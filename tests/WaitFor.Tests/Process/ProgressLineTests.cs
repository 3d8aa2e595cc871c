using WaitFor.Process;
using WaitFor.Testing;

namespace WaitFor.Tests.Process;

/// <summary>The line that a terminal shows while the gate waits.</summary>
public sealed class ProgressLineTests
{
    private const string Clear = "\r\u001b[K";

    [Fact]
    public void Is_written_again_each_second_and_is_gone_at_the_end()
    {
        var (terminal, time, second) = (new StringWriter(), new ManualTimeProvider(), 0);
        var line = new ProgressLine(terminal, time, () => $"waiting {++second}s");
        Assert.Equal("", terminal.ToString());

        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        line.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal($"{Clear}waiting 1s{Clear}waiting 2s{Clear}", terminal.ToString());
    }

    [Theory]
    [InlineData(79, 79, "")]
    [InlineData(80, 78, "…")]
    public void Does_not_wrap(int length, int kept, string end)
    {
        var (terminal, time) = (new StringWriter(), new ManualTimeProvider());
        using var line = new ProgressLine(terminal, time, () => new string('x', length));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Clear + new string('x', kept) + end, terminal.ToString());
    }

    /// <summary>Colours and the line go together: neither is for a log, nor for who does not want them.</summary>
    [Theory]
    [InlineData("xterm", "", false, true)]
    [InlineData("xterm", "", true, false)]
    [InlineData("xterm", "1", false, false)]
    [InlineData("dumb", "", false, false)]
    public void Is_for_terminals_only(string term, string noColor, bool redirected, bool shown) =>
        Assert.Equal(
            shown,
            Palette.Of(name => name == "TERM" ? term : name == "NO_COLOR" ? noColor : null, redirected).IsTerminal
        );
}

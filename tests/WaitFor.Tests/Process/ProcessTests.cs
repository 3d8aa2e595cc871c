using System.Text;
using WaitFor.Process;

namespace WaitFor.Tests.Process;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("+5m", 300)]
    [InlineData("250ms", 0.25)]
    [InlineData("1m0.5s", 60.5)]
    [InlineData("1000us", 0.001)]
    [InlineData("1000µs", 0.001)]
    [InlineData(".5s", 0.5)]
    [InlineData("30m1h", 5400)]
    [InlineData("1ns", 0.0000001)]
    public void Reads_what_Go_reads(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration, out _));
        Assert.Equal(seconds, duration.TotalSeconds, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("1..5s")]
    [InlineData("5sm")]
    [InlineData("1e3s")]
    [InlineData("999999999999h")]
    [InlineData("NaNs")]
    public void Refuses_the_rest_with_a_reason(string text)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var reason));
        Assert.NotEmpty(reason!);
    }

    [Theory]
    [InlineData("10m", "10m")]
    [InlineData("90s", "1m30s")]
    [InlineData("2h", "2h")]
    [InlineData("1.5s", "1.5s")]
    [InlineData("250ms", "250ms")]
    [InlineData("0", "0s")]
    public void Writes_it_without_empty_parts(string text, string written)
    {
        Assert.True(GoDuration.TryParse(text, out var duration, out _));
        Assert.Equal(written, GoDuration.Format(duration));
    }
}

public sealed class TerminationMessageTests
{
    [Fact]
    public void A_short_message_is_kept() => Assert.Equal("why"u8, TerminationMessage.Cut("why"));

    [Fact]
    public void A_long_message_is_cut_at_a_lines_end()
    {
        var message = string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"line {i}"));

        var cut = Encoding.UTF8.GetString(TerminationMessage.Cut(message));

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 4080, 4096);
        Assert.StartsWith(cut + "\n", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("é", 0)]
    [InlineData("€", 1)]
    [InlineData("😀", 2)]
    [InlineData("😀", 3)]
    public void A_long_line_is_cut_between_characters(string character, int before)
    {
        var message = new string('x', before) + string.Concat(Enumerable.Repeat(character, 300_000));

        var cut = TerminationMessage.Cut(message);

        Assert.InRange(cut.Length, 4093, 4096);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(cut));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_and_nothing_more() =>
        Assert.Contains("/nowhere/at/all", TerminationMessage.Write("/nowhere/at/all", "why"), StringComparison.Ordinal);
}

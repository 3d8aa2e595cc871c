using System.Text;
using WaitFor.Process;
using WaitFor.Report;

namespace WaitFor.Tests.Report;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly 10", 10, "exactly 10")]
    [InlineData("exactly 11.", 10, "exactly 1…")]
    [InlineData("12345678😀x", 10, "12345678…")]
    [InlineData("1234567😀xy", 10, "1234567😀…")]
    public void A_text_is_cut_between_characters(string text, int longest, string cut) => Assert.Equal(cut, Layout.Cut(text, longest));

    [Theory]
    [InlineData(null, "")]
    [InlineData("  no such table: users\n", "no such table: users")]
    [InlineData("one\r\ntwo\tthree", "one  two three")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred [0m")]
    [InlineData("abc\u202ecba\u200b!", "abc cba !")]
    [InlineData("bell\a back\b line\u2028end", "bell  back  line end")]
    public void A_message_is_one_line_without_control_characters(string? text, string clean) => Assert.Equal(clean, Layout.Clean(text));

    [Fact]
    public void An_endless_message_is_cut() => Assert.InRange(Layout.Clean(new string('x', 1_000_000)).Length, 400, 600);

    [Fact]
    public void Lines_are_filled_up_to_99_columns_and_indented_below_their_label()
    {
        var text = new StringBuilder();

        Layout.Wrap(text, "  1. ", string.Join(' ', Enumerable.Repeat("word", 30)));

        Assert.Equal(
            $"  1. {string.Join(' ', Enumerable.Repeat("word", 19))}\n     {string.Join(' ', Enumerable.Repeat("word", 11))}\n",
            text.ToString()
        );
        Assert.Equal(99, text.ToString().IndexOf('\n', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(94, "a bbb")]
    [InlineData(95, "a\nbbb")]
    public void A_word_that_just_fits_stays_on_the_line(int indentation, string wrapped)
    {
        var text = new StringBuilder();

        Layout.Wrap(text, new string('-', indentation), "a bbb");

        Assert.Equal(
            wrapped,
            text.ToString()
                .Replace(new string('-', indentation), "", StringComparison.Ordinal)
                .Replace(new string(' ', indentation), "", StringComparison.Ordinal)
                .TrimEnd('\n')
        );
    }

    [Fact]
    public void A_word_that_is_longer_than_a_line_is_left_whole()
    {
        var image = "registry.example.test/" + new string('i', 120) + "@sha256:abc";
        var text = new StringBuilder();

        Layout.Wrap(text, "  ", $"cannot pull {image} (ErrImagePull)");

        Assert.Equal($"  cannot pull\n  {image}\n  (ErrImagePull)\n", text.ToString());
    }

    [Fact]
    public void Columns_are_aligned_by_their_longest_cell()
    {
        var text = new StringBuilder();

        Layout.Table(
            text,
            "  ",
            [
                ["TARGET", "VERDICT", "STATE"],
                ["job/a", "Pending", "running"],
                ["service/redis", "Met", "2 endpoints ready, 0 not ready"],
            ]
        );

        Assert.Equal(
            "  TARGET         VERDICT  STATE\n"
                + "  job/a          Pending  running\n"
                + "  service/redis  Met      2 endpoints ready, 0 not ready\n",
            text.ToString()
        );
    }

    [Fact]
    public void A_last_column_without_room_stands_below()
    {
        var text = new StringBuilder();
        var name = "job/" + new string('n', 60);

        Layout.Table(
            text,
            "",
            [
                ["TARGET", "VERDICT", "STATE"],
                [name, "Pending", "not found"],
            ]
        );

        Assert.Equal($"{"TARGET", -49}  VERDICT\n    STATE\n{name}  Pending\n    not found\n", text.ToString());
    }

    [Fact]
    public void Colours_do_not_shift_the_columns()
    {
        var palette = Palette.Of(name => name == "TERM" ? "xterm" : null, redirected: false);
        var text = new StringBuilder();

        Layout.Table(
            text,
            "",
            [
                ["job/a", "not ready", "running"],
                ["job/bcd", "ready", "complete"],
            ],
            palette.Verdict
        );

        Assert.Equal("job/a    \u001b[33mnot ready  \u001b[0mrunning\njob/bcd  \u001b[32mready      \u001b[0mcomplete\n", text.ToString());
    }
}

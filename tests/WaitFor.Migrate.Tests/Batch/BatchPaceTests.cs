using WaitFor.Migrate.Batch;

namespace WaitFor.Migrate.Tests.Batch;

/// <summary>The size of the next batch, and the time left.</summary>
public sealed class BatchPaceTests
{
    private static readonly BatchOptions Options = new()
    {
        Table = "users",
        Key = [new KeyColumn("", "id")],
        Size = 1000,
        Min = 100,
        Max = 20_000,
        Target = TimeSpan.FromMilliseconds(200),
        Line = 1,
    };

    /// <summary>Whatever the server does in a second, the size comes to what takes the target's time, and stays within its
    /// limits.</summary>
    [Theory]
    [InlineData(1_000, 200)]
    [InlineData(5_000, 1_000)]
    [InlineData(50_000, 10_000)]
    [InlineData(1_000_000, 20_000)]
    [InlineData(10, 100)]
    public void The_size_comes_to_what_takes_the_targets_time(int rowsInASecond, int expected)
    {
        var size = new BatchSize(Options, Options.Size);
        for (var batch = 0; batch < 20; batch++)
        {
            Assert.InRange(size.Current, Options.Min, Options.Max);
            size.Took(size.Current, TimeSpan.FromSeconds((double)size.Current / rowsInASecond));
        }

        Assert.InRange(size.Current, expected * 0.98, expected * 1.02);
    }

    [Fact]
    public void One_slow_batch_does_not_take_more_than_half()
    {
        var size = new BatchSize(Options, 10_000);
        size.Took(10_000, TimeSpan.FromSeconds(30));
        Assert.InRange(size.Current, 5_000, 10_000);
    }

    [Fact]
    public void A_batch_that_is_not_full_says_nothing_about_larger_ones()
    {
        var size = new BatchSize(Options, 1000);
        size.Took(3, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1000, size.Current);
    }

    [Fact]
    public void A_batch_that_was_in_the_way_halves_the_next()
    {
        var size = new BatchSize(Options, 1000);
        size.Halve();
        Assert.Equal(500, size.Current);
        for (var time = 0; time < 10; time++)
            size.Halve();
        Assert.Equal(Options.Min, size.Current);
    }

    [Theory]
    [InlineData(50_000, 20_000)]
    [InlineData(1, 100)]
    public void The_size_that_was_noted_is_brought_between_the_limits(int noted, int expected) =>
        Assert.Equal(expected, new BatchSize(Options, noted).Current);

    [Theory]
    [InlineData(0, 1000, 250, 10, 25, "about 30 s left")]
    [InlineData(500, 1000, 250, 60, 75, "about 60 s left")]
    [InlineData(0, 100_000, 1000, 50, 1, "about 82 min left")]
    [InlineData(0, 10_000, 1000, 600, 10, "about 2 h left")]
    [InlineData(0, 100_000, 100, 600, 0, "about 166 h left")]
    [InlineData(0, 100, 400, 10, 99, null)]
    [InlineData(0, 0, 5, 10, 0, null)]
    [InlineData(0, 100, 99, 10, 99, "about 1 s left")]
    [InlineData(0, long.MaxValue / 1000, 1, 100, 0, null)]
    public void The_progress_is_estimated(long walked, long all, int rows, int seconds, int percent, string? text)
    {
        var progress = new BatchProgress(walked, all);
        Assert.Null(progress.LeftText);

        progress.Add(rows, TimeSpan.FromSeconds(seconds));

        Assert.Equal((percent, text), (progress.Percent, progress.LeftText));
    }

    /// <summary>Hours of a slow night do not make the quick morning look slow.</summary>
    [Fact]
    public void The_time_left_is_judged_by_the_last_minutes()
    {
        var progress = new BatchProgress(0, 200_000);
        for (var second = 1; second <= 1000; second++)
            progress.Add(10, TimeSpan.FromSeconds(second));
        for (var second = 1; second <= 130; second++)
            progress.Add(1000, TimeSpan.FromSeconds(1000 + second));

        Assert.Equal(("about 60 s left", 70), (progress.LeftText, progress.Percent));
    }

    [Fact]
    public void How_far_it_is_survives_being_written()
    {
        var state = new BatchState
        {
            After = ["a\"b\\c\n", "1"],
            End = ["é€😀", "2"],
            All = 1000,
            Changed = 3,
            Walked = 1L << 40,
            Batches = 5,
            Work = TimeSpan.FromMilliseconds(6),
            Size = 7,
            Percent = 42,
        };

        var read = BatchState.Parse(state.ToString());

        Assert.Equal(state.ToString(), read.ToString());
        Assert.Equal(state.After, read.After);
        Assert.Equal(state.End, read.End);
        Assert.Null(BatchState.Parse((state with { After = null }).ToString()).After);
    }
}

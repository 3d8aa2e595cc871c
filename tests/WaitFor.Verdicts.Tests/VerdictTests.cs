namespace WaitFor.Verdicts.Tests;

/// <summary>The verdict itself, and numbers in words.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void Pending_is_the_default_as_in_every_doubt_the_gate_stays_shut()
    {
        Assert.Equal(VerdictKind.Pending, default);
        Assert.Equal("Pending NotKnownYet", Verdict.NotKnownYet.Short());
    }

    [Fact]
    public void What_was_not_asked_is_the_strict_reading()
    {
        Assert.Equal((Tolerance.None, OnMissing.Wait, (int?)null), (Asked.Job.Tolerance, Asked.Job.OnMissing, Asked.Job.MinReady));
        Assert.Empty(Asked.Job.Labels);
        Assert.Empty(Asked.Job.Images);
    }

    [Fact]
    public void A_Met_that_cannot_be_confirmed_is_Pending()
    {
        var verdict = Verdict.Met(VerdictCode.PodsReady, "2 of 2 pods ready").Unconfirmed();

        Assert.Equal("Pending Unconfirmed", verdict.Short());
        Assert.Equal("was met (2 of 2 pods ready), cannot be confirmed now", verdict.Sentence);
    }

    [Fact]
    public void Everything_else_stays_what_it_is()
    {
        foreach (
            var verdict in new[]
            {
                Verdict.Pending(VerdictCode.JobRunning, "running"),
                Verdict.Failed(VerdictCode.JobFailed, "failed"),
                Verdict.NotKnownYet,
            }
        )
        {
            Assert.Same(verdict, verdict.Unconfirmed());
        }
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(-5, "0 s")]
    [InlineData(-90_000, "0 s")]
    [InlineData(0.9, "0 s")]
    [InlineData(17.9, "17 s")]
    [InlineData(60, "1 m")]
    [InlineData(200, "3 m 20 s")]
    [InlineData(3599, "59 m 59 s")]
    [InlineData(3600, "1 h")]
    [InlineData(7500, "2 h 5 m")]
    [InlineData(86_400, "1 d")]
    [InlineData(349_200, "4 d 1 h")]
    public void A_duration_is_said_in_its_two_largest_units(double seconds, string expected) =>
        Assert.Equal(expected, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 restarts")]
    [InlineData(1, "1 restart")]
    [InlineData(2, "2 restarts")]
    public void A_count_agrees_with_its_noun(int number, string expected) => Assert.Equal(expected, Words.Count(number, "restart"));
}

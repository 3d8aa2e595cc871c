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
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(-90_000, "0s")]
    [InlineData(0.9, "0s")]
    [InlineData(17.9, "17s")]
    [InlineData(60, "60s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(200, "3m20s")]
    [InlineData(599, "9m59s")]
    [InlineData(3599, "59m")]
    [InlineData(3600, "60m")]
    [InlineData(10_799, "179m")]
    [InlineData(10_800, "3h")]
    [InlineData(12_000, "3h20m")]
    [InlineData(28_799, "7h59m")]
    [InlineData(86_400, "24h")]
    [InlineData(172_799, "47h")]
    [InlineData(349_200, "4d1h")]
    [InlineData(691_199, "7d23h")]
    [InlineData(691_200, "8d")]
    public void A_duration_is_written_as_kubectl_writes_it(double seconds, string expected) =>
        Assert.Equal(expected, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 restarts")]
    [InlineData(1, "1 restart")]
    [InlineData(2, "2 restarts")]
    public void A_count_agrees_with_its_noun(int number, string expected) => Assert.Equal(expected, Words.Count(number, "restart"));
}

using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>A completion record: it counts only while the Job does not exist.</summary>
public sealed class RecordRulesTests
{
    [Theory]
    [InlineData(OnMissing.Wait, false, "Pending Missing")]
    [InlineData(OnMissing.Fail, false, "Failed Missing")]
    [InlineData(OnMissing.Pass, false, "Met Missing")]
    [InlineData(OnMissing.Wait, true, "Met JobRecorded")]
    [InlineData(OnMissing.Fail, true, "Met JobRecorded")]
    [InlineData(OnMissing.Pass, true, "Met JobRecorded")]
    public void A_missing_Job_is_met_by_its_record(OnMissing onMissing, bool recorded, string expected) =>
        Assert.Equal(expected, JobRules.Named(Asked.Job with { OnMissing = onMissing }, job: null, FinishedJobs.None, recorded).Short());

    public static TheoryData<string> States => [.. JobStates.Table.Where(row => row.Object() is not null).Select(row => row.State)];

    [Theory]
    [MemberData(nameof(States))]
    public void A_Job_that_is_there_is_judged_as_without_a_record(string state)
    {
        var row = JobStates.Table.Single(row => row.State == state);

        Assert.Equal(
            JobRules.Named(row.Asked, row.Object()!.Job(), FinishedJobs.None),
            JobRules.Named(row.Asked, row.Object()!.Job(), FinishedJobs.None, recorded: true)
        );
    }

    [Fact]
    public void What_was_seen_to_finish_is_told_rather_than_its_record()
    {
        var finished = FinishedJobs.None.Observe(Asked.Job, [JobStates.Complete().Job()]);

        Assert.Equal("Met JobFinished", JobRules.Named(Asked.Job, job: null, finished, recorded: true).Short());
    }

    [Fact]
    public void A_record_is_read_by_its_keys()
    {
        var record = State.StateReader.Record(
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "migrations" },
                ["data"] = new JsonObject { ["db"] = "done", ["other"] = null },
            }.Bytes()
        );

        Assert.Equal(["db", "other"], record.Data!.Keys);
        Assert.Null(State.StateReader.Record("""{"metadata":{"name":"migrations"}}"""u8).Data);
    }
}

public sealed class WordsTests
{
    [Theory]
    [InlineData(-5, "0s ago")]
    [InlineData(0, "0s ago")]
    [InlineData(0.9, "0s ago")]
    [InlineData(45, "45s ago")]
    [InlineData(99.9, "99s ago")]
    [InlineData(180, "3m ago")]
    [InlineData(6000, "100m ago")]
    [InlineData(12 * 86400, "12d ago")]
    public void An_age_is_a_duration(double seconds, string ago) => Assert.Equal(ago, Words.Ago(TimeSpan.FromSeconds(seconds)));
}

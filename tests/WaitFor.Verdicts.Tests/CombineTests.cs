namespace WaitFor.Verdicts.Tests;

/// <summary>Several targets.</summary>
public sealed class CombineTests
{
    private static readonly Dictionary<string, Verdict> Verdicts = new(StringComparer.Ordinal)
    {
        ["met"] = Verdict.Met(VerdictCode.PodReady, "ready"),
        ["complete"] = Verdict.Met(VerdictCode.JobComplete, "complete"),
        ["pending"] = Verdict.Pending(VerdictCode.JobRunning, "running"),
        ["unknown"] = Verdict.NotKnownYet,
        ["failed"] = Verdict.Failed(VerdictCode.JobFailed, "failed"),
        ["missing"] = Verdict.Failed(VerdictCode.Missing, "not found"),
        ["unconfirmed"] = Verdict.Met(VerdictCode.PodReady, "ready").Unconfirmed(),
    };

    public static TheoryData<string, string, string> Table =>
        new()
        {
            { "", "Pending SomePending", "0 of 0 targets ready" },
            { "met", "Met AllMet", "1 of 1 target ready" },
            { "met complete", "Met AllMet", "2 of 2 targets ready" },
            { "pending", "Pending SomePending", "0 of 1 target ready" },
            { "met pending", "Pending SomePending", "1 of 2 targets ready" },
            { "met unknown", "Pending SomePending", "1 of 2 targets ready" },
            { "met unconfirmed", "Pending SomePending", "1 of 2 targets ready" },
            { "failed", "Failed SomeFailed", "1 of 1 target failed" },
            { "met failed", "Failed SomeFailed", "1 of 2 targets failed" },
            { "pending failed", "Failed SomeFailed", "1 of 2 targets failed" },
            { "met pending failed", "Failed SomeFailed", "1 of 3 targets failed" },
            { "failed failed met", "Failed SomeFailed", "2 of 3 targets failed" },
            { "missing", "Failed Missing", "1 of 1 target failed" },
            { "met missing pending", "Failed Missing", "1 of 3 targets failed" },
            { "missing missing", "Failed Missing", "2 of 2 targets failed" },
            { "missing failed", "Failed SomeFailed", "2 of 2 targets failed" },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void All_Met_is_Met_any_Failed_is_Failed_else_Pending(string targets, string expected, string sentence)
    {
        var verdicts = targets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(target => Verdicts[target]).ToList();

        foreach (var order in new[] { verdicts, verdicts.AsEnumerable().Reverse().ToList() })
        {
            Assert.Equal(expected, Combine.All(order).Short());
            Assert.Equal(sentence, Combine.All(order).Sentence);
        }
    }

    [Fact]
    public void No_target_at_all_is_never_Met() => Assert.NotEqual(VerdictKind.Met, Combine.All([]).Kind);
}

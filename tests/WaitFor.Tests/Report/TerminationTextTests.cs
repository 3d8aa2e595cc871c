using WaitFor.Process;
using WaitFor.Report;

namespace WaitFor.Tests.Report;

/// <summary>The whole termination message: what stands in the log, without colours.</summary>
public sealed class TerminationTextTests
{
    public static TheoryData<string> Scenes => [.. ReportScenes.All.Keys];

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Is_the_headline_and_the_report(string scene)
    {
        var diagnosis = ReportScenes.All[scene]();

        Assert.Equal($"{diagnosis.Headline}\n{ReportText.Log(diagnosis, Palette.None)}", ReportText.Termination(diagnosis));
    }

    [Fact]
    public void Says_what_to_do_where_nothing_more_is_known() =>
        Assert.Equal(
            "pod/cache (namespace shop): timed out after 3m20s: not found\n\nWhat to do\n"
                + "  Apply pod/cache, or correct its name or namespace (-n).",
            ReportText.Termination(Scene.Diagnose("timed-out", new Scene("pod/cache")))
        );
}

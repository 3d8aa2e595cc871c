using System.Text.Json.Nodes;
using WaitFor.Process;
using WaitFor.Report;

namespace WaitFor.Tests.Report;

/// <summary>The end in all its forms: whatever befalls the report, the verdict and the exit code stand.</summary>
public sealed class EndingTests
{
    [Fact]
    public void Everything_is_written_before_anything_is_told()
    {
        var diagnosis = ReportScenes.FailedScript();

        var ending = Ending.Of(diagnosis, 1, json: true, Palette.None);

        Assert.Equal((1, diagnosis.Headline, JsonResult.Of(diagnosis, 1)), (ending.ExitCode, ending.Headline, ending.Json));
        Assert.Equal(ReportText.Log(diagnosis, Palette.None), ending.Details);
        Assert.Equal(ReportText.Termination(diagnosis), ending.Termination);
        Assert.Equal("", Ending.Of(diagnosis, 1, json: false, Palette.None).Json);
    }

    [Fact]
    public void A_signal_has_its_own_exit_code_in_the_document()
    {
        var ending = Ending.Of(Scene.Diagnose("interrupted", HintRow.Running()), 143, json: true, Palette.None);

        Assert.Null(ending.ExitCode);
        Assert.Equal(143, (int?)JsonNode.Parse(ending.Json)!["exitCode"]);
        Assert.Equal(ending.Headline, ending.Termination);
        Assert.Equal("", ending.Details);
    }

    /// <summary>A defect of the report strikes here, where it is caught, and not later.</summary>
    [Fact]
    public void A_surprise_strikes_at_once()
    {
        var good = ReportScenes.FailedScript();

        Assert.ThrowsAny<Exception>(() =>
            Ending.Of(
                new Diagnosis(
                    good.Result,
                    new Facts
                    {
                        Now = Scene.Now,
                        Targets = [null!],
                        Gaps = [],
                    }
                ),
                1,
                json: true,
                Palette.None
            )
        );
    }

    [Theory]
    [InlineData("failed", 1)]
    [InlineData("timed-out", 124)]
    [InlineData("interrupted", 143)]
    public async Task Without_a_report_there_are_the_gates_own_words_and_the_same_exit_code(string outcome, int exitCode)
    {
        var result = Scene.Diagnose(outcome, HintRow.Running()).Result;

        var ending = Ending.WithoutReport(result, exitCode, json: true);

        Assert.Equal(
            (result.ExitCode, result.Message, result.Message, ""),
            (ending.ExitCode, ending.Headline, ending.Termination, ending.Details)
        );
        Assert.Empty(await ResultSchema.ProblemsAsync(ending.Json));
        Assert.Equal(
            (outcome, exitCode),
            ((string?)JsonNode.Parse(ending.Json)!["outcome"], (int?)JsonNode.Parse(ending.Json)!["exitCode"])
        );
        Assert.Equal("", Ending.WithoutReport(result, exitCode, json: false).Json);
    }
}

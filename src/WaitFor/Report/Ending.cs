using WaitFor.Process;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>How a gate ended, in all the forms in which it is reported.</summary>
/// <param name="ExitCode">The exit code; null: a signal came.</param>
/// <param name="Headline">One line that says why.</param>
/// <param name="Details">The lines after it in the log; empty where there is nothing more to say.</param>
/// <param name="Termination">The termination message, which may be too long.</param>
/// <param name="Json">The JSON document; empty where none was asked for.</param>
internal sealed record Ending(int? ExitCode, string Headline, string Details, string Termination, string Json)
{
    /// <summary>With all that was found. Everything is written here, so that a surprise in any of it strikes before anything is
    /// told.</summary>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="exitCode">The exit code, that of a signal included.</param>
    /// <param name="json">Whether the JSON document is wanted.</param>
    /// <param name="palette">Colours of the log.</param>
    public static Ending Of(Diagnosis diagnosis, int exitCode, bool json, Palette palette)
    {
        var report = diagnosis.Result.ExitCode is not (null or WaitFor.ExitCode.Met);
        return new Ending(
            diagnosis.Result.ExitCode,
            diagnosis.Headline,
            report ? ReportText.Log(diagnosis, palette) : "",
            report ? ReportText.Termination(diagnosis) : diagnosis.Headline,
            json ? JsonResult.Of(diagnosis, exitCode) : ""
        );
    }

    /// <summary>With the gate's own words alone.</summary>
    public static Ending WithoutReport(GateResult result, int exitCode, bool json) =>
        new(result.ExitCode, result.Message, "", result.Message, json ? JsonResult.Of(result.Outcome, exitCode, result.Message) : "");
}

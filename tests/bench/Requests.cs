namespace WaitFor.Bench;

/// <summary>How many requests a program has sent, by its own word and by the server's.</summary>
internal static class Requests
{
    /// <summary>What a log of <c>wait-for -v</c> or of <c>kubectl -v=6</c> tells.</summary>
    /// <returns>All requests, and those on Jobs alone (kubectl asks for more than that).</returns>
    public static (int All, int OnJobs) Sent(string log)
    {
        var lines = File.ReadLines(log).Where(line => IsOfWaitFor(line) || IsOfKubectl(line)).ToList();
        return (lines.Count, lines.Count(line => line.Contains("/jobs", StringComparison.Ordinal)));

        // The line before the answer, without a result.
        static bool IsOfWaitFor(string line) =>
            line.Contains(" GET /", StringComparison.Ordinal) && !line.Contains(": ", StringComparison.Ordinal);

        // klog's request lines have changed their form over time; all end with how long it took.
        static bool IsOfKubectl(string line) => line.Contains("milliseconds", StringComparison.Ordinal);
    }

    /// <summary>Waits until the server has counted so many requests on Jobs: it counts a watch once it has noticed its end.</summary>
    /// <param name="stage">The server.</param>
    /// <param name="before">What it had counted before.</param>
    /// <param name="sent">How many were sent since.</param>
    /// <exception cref="MeasureException">The server has counted more, or fewer.</exception>
    public static async Task AgreeAsync(Stage stage, int before, int sent)
    {
        var counted = 0;
        for (var attempt = 0; attempt < 20 && (counted = await stage.RequestsOnJobsAsync() - before) < sent; attempt++)
            await Task.Delay(250);
        if (counted != sent)
            throw new MeasureException($"the server counted {counted} requests on the Jobs, by the programs' own logs there were {sent}");
    }
}

using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A migration that runs more than once.</summary>
internal sealed class ParallelRuns()
    : PatternRule(
        "parallel",
        Level.Error,
        "The Job runs the migration in more than one pod",
        "Leave completions, parallelism and completionMode out"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs)
        {
            var spec = job.Owner.JobSpec();
            foreach (var name in new[] { "completions", "parallelism" })
            {
                if (spec[name] is { } field && field.Number() > 1)
                    yield return Found(
                        job.Owner.Entry,
                        field,
                        $"{name} is {field.Text}: the migration runs "
                            + (name == "completions" ? "that many times" : "in that many pods at once"),
                        $"write {name}: 1, or leave it out"
                    );
            }

            if (spec["completionMode"] is { Text: "Indexed" } mode)
                yield return Found(
                    job.Owner.Entry,
                    mode,
                    "completionMode is Indexed: it is for work that is divided among pods, and a migration cannot be",
                    "leave completionMode out"
                );
        }
    }
}

using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A migration that is tried again by itself.</summary>
internal sealed class Retries()
    : PatternRule(
        "retries",
        Level.Warning,
        "Kubernetes starts a failed migration again",
        "Set backoffLimit: 0 and restartPolicy: Never"
    )
{
    /// <summary>The API server's default. <see href="https://kubernetes.io/docs/concepts/workloads/controllers/job/"/></summary>
    private const long DefaultLimit = 6;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs)
        {
            var spec = job.Owner.JobSpec();
            var limit = spec["backoffLimit"];
            var count = limit is null or { IsNull: true } ? DefaultLimit : limit.Number();
            if (count > 0)
                yield return Found(
                    job.Owner.Entry,
                    limit ?? spec,
                    $"backoffLimit is {count}{(limit is null ? " (the default)" : "")}: a migration that failed half way runs "
                        + $"{count} more time{(count == 1 ? "" : "s")}, and every gate waits for all of them",
                    "write backoffLimit: 0"
                );
            if (job.Owner.PodSpec["restartPolicy"] is { Text: "OnFailure" } policy)
                yield return Found(
                    job.Owner.Entry,
                    policy,
                    "restartPolicy is OnFailure: the kubelet starts the failed migration again, and the log of the first failure is lost",
                    "write restartPolicy: Never"
                );
        }
    }
}

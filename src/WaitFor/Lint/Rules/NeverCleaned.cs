using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>Jobs that stay for ever, with their pods.</summary>
internal sealed class NeverCleaned()
    : PatternRule(
        "never-cleaned",
        Level.Warning,
        "The finished Job and its pod stay for ever: one more with each release",
        "Set ttlSecondsAfterFinished, with a completion record"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from job in pattern.Jobs
        where job.Owner.Entry.Kind == "Job"
        let spec = job.Owner.JobSpec()
        let stage = new Stage(job.Owner.Entry)
        where spec["ttlSecondsAfterFinished"] is null or { IsNull: true } && !stage.HasDeletePolicy
        // What each release replaces under the same name exists only once.
        where !(stage.IsRecreated && ImageName.VersionOf(job.Name) is null)
        select Found(
            job.Owner.Entry,
            spec,
            "neither ttlSecondsAfterFinished nor a delete policy: each release leaves its Job and its pod",
            """
            write, and let the migration write a completion record (--record) for pods that start later:
            ttlSecondsAfterFinished: 86400
            """
        );
}

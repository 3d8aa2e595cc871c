using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A migration that may wait for ever, for a lock or an image.</summary>
internal sealed class NoDeadline()
    : PatternRule(
        "no-deadline",
        Level.Warning,
        "The Job has no deadline: if it is stuck, every pod waits for ever",
        "Set activeDeadlineSeconds to the longest time that the migration may take"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from job in pattern.Jobs
        let spec = job.Owner.JobSpec()
        where spec["activeDeadlineSeconds"] is null or { IsNull: true }
        where job.Owner.PodSpec["activeDeadlineSeconds"] is null or { IsNull: true }
        select Found(
            job.Owner.Entry,
            spec,
            "no activeDeadlineSeconds: a migration that waits for a lock, or whose image is missing, never fails",
            """
            write the longest time that it may take:
            activeDeadlineSeconds: 3600
            """
        );
}

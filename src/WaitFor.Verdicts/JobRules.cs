using System.Globalization;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>The verdict on Jobs. The rules stand in the order in which they apply; the first that applies wins.
/// <see href="https://kubernetes.io/docs/concepts/workloads/controllers/job/"/></summary>
public static class JobRules
{
    /// <summary>Judges one Job by its name.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="job">Its last known state; null when it does not exist.</param>
    /// <param name="finished">The Jobs that were seen Complete.</param>
    /// <param name="recorded">True: there is a completion record of the Job. It counts only while the Job does not exist.</param>
    /// <param name="deleted">The Job as it was last seen, if it existed and is deleted now; null if it never existed.</param>
    public static Verdict Named(Expectation expected, JobState? job, FinishedJobs finished, bool recorded = false, JobState? deleted = null)
    {
        if (job is not null)
            return One(expected, job, finished);
        if (finished.Keys.Count > 0)
            return FinishedAndRemoved;
        return recorded
            ? Verdict.Met(VerdictCode.JobRecorded, "not found, recorded as complete")
            : MissingRules.Decide(expected, deleted is null ? "not found" : $"{Deleted(expected, deleted)}; not found since");
    }

    /// <summary>How a Job that was not seen to end was deleted, as a clause.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="job">Its last state before the deletion.</param>
    public static string Deleted(Expectation expected, JobState job)
    {
        // A set mark tells nothing of what the Job did.
        var before = job.BeingDeleted() && !StaleRules.IsStale(expected, job) ? Running(job) : One(expected, job, FinishedJobs.None);
        return before.Code switch
        {
            VerdictCode.JobNotStarted => "deleted before it started a pod",
            VerdictCode.JobRunning => "deleted while running (" + before.Sentence.Replace("running, ", "", StringComparison.Ordinal) + ")",
            VerdictCode.JobRetrying => $"deleted between two attempts ({Counts(job)})",
            _ => $"deleted (last seen: {before.Sentence})",
        };
    }

    /// <summary>Judges all Jobs that match a selector: all Met, any Failed, else Pending; stale ones are left out.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="jobs">The last known state of all that match.</param>
    /// <param name="finished">The Jobs that were seen Complete; those removed since still count.</param>
    public static Verdict Set(Expectation expected, IReadOnlyCollection<JobState> jobs, FinishedJobs finished)
    {
        var fresh = jobs.Where(job => !StaleRules.IsStale(expected, job)).ToList();
        var present = jobs.Select(job => job.Key()).ToHashSet(StringComparer.Ordinal);
        var name = jobs.Namer();
        var objects = fresh
            .Select(job => new ObjectVerdict(name(job), One(expected, job, finished)))
            .Concat(
                finished
                    .Keys.Where(key => !present.Contains(key))
                    .Select(key => new ObjectVerdict(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..], FinishedAndRemoved))
            )
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .ToList();

        if (objects.Count == 0)
            return jobs.Count > 0 ? StaleRules.AllStale(expected, jobs) : MissingRules.Decide(expected, "no Job matches the selector yet");
        return SetOf(objects) with { Objects = objects };
    }

    private static Verdict SetOf(List<ObjectVerdict> objects)
    {
        if (objects.Find(item => item.Verdict.Kind == VerdictKind.Failed) is { } failed)
            return Verdict.Failed(VerdictCode.JobFailed, $"{failed.Name}: {failed.Verdict.Sentence}");

        var met = objects.Count(item => item.Verdict.Kind == VerdictKind.Met);
        if (met == objects.Count)
            return Verdict.Met(VerdictCode.JobsComplete, $"{met} of {met} Jobs complete");
        var pending = objects.First(item => item.Verdict.Kind == VerdictKind.Pending);
        return Verdict.Pending(
            VerdictCode.JobsRunning,
            $"{met} of {objects.Count} Jobs complete; {pending.Name}: {pending.Verdict.Sentence}"
        );
    }

    /// <summary>The table of one Job that exists.</summary>
    internal static Verdict One(Expectation expected, JobState job, FinishedJobs finished)
    {
        var conditions = job.Status?.Conditions;

        if (StaleRules.Mismatch(expected, job) is { } mismatch)
            return Verdict.Pending(VerdictCode.Stale, mismatch);

        // A TTL first marks the finished Job as being deleted; what was seen before the mark still holds.
        if (job.BeingDeleted())
            return finished.Contains(job) ? FinishedAndRemoved : Verdict.Pending(VerdictCode.BeingDeleted, "being deleted");

        if (conditions.True("Complete") is not null)
            return Verdict.Met(VerdictCode.JobComplete, "complete" + Took(job.Status));

        if (conditions.True("Failed") is { } failed)
        {
            return expected.Tolerance switch
            {
                Tolerance.FailedEnd => Verdict.Met(VerdictCode.JobFinished, $"failed, which is accepted ({Why(failed)})"),
                Tolerance.IfSomeSucceeded when job.Status?.Succeeded >= 1 => Verdict.Met(
                    VerdictCode.JobFinished,
                    $"failed with {job.Status.Succeeded} succeeded, which is accepted ({Why(failed)})"
                ),
                _ => Verdict.Failed(VerdictCode.JobFailed, $"failed: {Why(failed)}{Indexes(job)}"),
            };
        }

        // 1.31 and newer set this before the last pods have ended; then comes Failed.
        if (conditions.True("FailureTarget") is { } failing)
        {
            return expected.Tolerance == Tolerance.None
                ? Verdict.Failed(VerdictCode.JobFailed, $"failed: {Why(failing)}{Indexes(job)}")
                : Verdict.Pending(VerdictCode.JobFailing, $"about to fail, its pods are ending ({Why(failing)})");
        }

        if (conditions.True("SuccessCriteriaMet") is not null)
            return Verdict.Pending(VerdictCode.JobFinishing, "succeeded, its pods are ending");

        if (conditions.True("Suspended") is not null || job.Spec?.Suspend == true)
            return Verdict.Pending(VerdictCode.JobSuspended, "suspended");

        return Running(job);
    }

    private static Verdict Running(JobState job)
    {
        var (active, succeeded, failed) = Numbers(job);
        // A work queue has no completions: one success is enough.
        var of = job.Spec?.Completions ?? 1;

        if (active == 0 && succeeded == 0 && failed == 0 && job.Status?.FailedIndexes is null or "")
            return Verdict.Pending(
                VerdictCode.JobNotStarted,
                job.Status?.Terminating > 0 ? "no pod at present, its last one is being deleted" : "not started, no pod yet"
            );

        // Between two tries there is no active pod and no condition, for many seconds.
        if (active == 0 && failed > 0)
            return Verdict.Pending(VerdictCode.JobRetrying, Counts(job) + "; between two attempts (back-off)");
        var ready = job.Status?.Ready is { } pods ? $" ({pods} ready)" : "";
        return Verdict.Pending(
            VerdictCode.JobRunning,
            succeeded == 0 && failed == 0 && job.Status?.FailedIndexes is null or ""
                ? $"running, {active} active of {of}{ready}"
                : $"running, {Counts(job)}{ready}"
        );
    }

    /// <summary>The pods of a Job in numbers. A pod that has just ended is in a separate list before it is counted, for a moment or for
    /// long: without it a Job between two attempts looks as if it had not started.
    /// <see href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobStatus"/></summary>
    /// <returns>Pods, 0 or more each.</returns>
    public static (int Active, int Succeeded, int Failed) Numbers(JobState job) =>
        (
            job.Status?.Active ?? 0,
            (job.Status?.Succeeded ?? 0) + (job.Status?.UncountedSucceeded ?? 0),
            (job.Status?.Failed ?? 0) + (job.Status?.UncountedFailed ?? 0)
        );

    /// <summary>What failed, in words: <c>2 failed</c>, with the indexes that failed for good. Next to these a count of 0 would contradict
    /// them: it counts pods, and theirs may be gone.</summary>
    public static string Failures(JobState job)
    {
        const int longest = 100;
        var failed = Numbers(job).Failed;
        var indexes = job.Status?.FailedIndexes is { Length: > longest } many ? many[..longest] + "..." : job.Status?.FailedIndexes;
        if (indexes is { Length: > 0 })
            return failed > 0 ? $"{failed} failed, failed indexes {indexes}" : $"failed indexes {indexes}";
        var named = job.Status?.Conditions?.Any(condition => condition is { Status: "True", Reason: "FailedIndexes" }) == true;
        return failed == 0 && named ? "some indexes failed" : $"{failed} failed";
    }

    private static string Counts(JobState job)
    {
        var (active, succeeded, _) = Numbers(job);
        return $"{active} active, {succeeded} of {job.Spec?.Completions ?? 1} succeeded, {Failures(job)}";
    }

    private static Verdict FinishedAndRemoved { get; } = Verdict.Met(VerdictCode.JobFinished, "was seen complete, removed since");

    private static string Indexes(JobState job) =>
        job.Status?.FailedIndexes is { Length: > 0 } indexes ? $" (failed indexes: {indexes})" : "";

    private static string Why(Condition condition) =>
        (condition.Reason, condition.Message) switch
        {
            ({ Length: > 0 } reason, { Length: > 0 } message) => $"{reason}: {message}",
            ({ Length: > 0 } reason, _) => reason,
            (_, { Length: > 0 } message) => message,
            _ => "no reason given",
        };

    private static string Took(JobStatus? status)
    {
        if (!Parse(status?.StartTime, out var start) || !Parse(status?.CompletionTime, out var end) || end < start)
            return "";
        return $" after {Words.Duration(end - start)}";

        static bool Parse(string? text, out DateTimeOffset time) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}

/// <summary>The Jobs that were seen Complete while they were not being deleted. Such a Job stays Met when it is deleted afterwards (its
/// TTL);
/// a Job of the same name and another uid is judged again.</summary>
public sealed class FinishedJobs
{
    private readonly IReadOnlyDictionary<string, string> _uids;

    private FinishedJobs(IReadOnlyDictionary<string, string> uids) => _uids = uids;

    /// <summary>None was seen.</summary>
    public static FinishedJobs None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    internal IReadOnlyCollection<string> Keys => [.. _uids.Keys];

    internal bool Contains(JobState job) =>
        job.Metadata?.Uid is { Length: > 0 } uid && _uids.TryGetValue(job.Key(), out var seen) && uid == seen;

    /// <summary>The memory after this state was seen.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="jobs">All Jobs that exist now.</param>
    public FinishedJobs Observe(Expectation expected, IEnumerable<JobState> jobs)
    {
        var uids = new Dictionary<string, string>(_uids, StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            // What was seen before the deletion mark still holds, as long as it is the same Job.
            if (job.BeingDeleted() && Contains(job) && !StaleRules.IsStale(expected, job))
                continue;
            // Without a uid its successor could not be told from it: it is not remembered. Neither is one that has become stale.
            if (JobRules.One(expected, job, None).Code == VerdictCode.JobComplete && job.Metadata?.Uid is { Length: > 0 } uid)
                uids[job.Key()] = uid;
            else
                uids.Remove(job.Key());
        }

        return new FinishedJobs(uids);
    }
}

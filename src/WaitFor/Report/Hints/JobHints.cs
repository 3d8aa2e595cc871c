using WaitFor.Verdicts;
using WaitFor.Verdicts.State;

namespace WaitFor.Report.Hints;

/// <summary>What a Job itself, and its events, say.</summary>
internal static class JobHints
{
    /// <summary>The Job is not to run at present.</summary>
    public static Finding? Suspended(TargetFacts facts) =>
        facts.Jobs.FirstOrDefault(job => job.Spec?.Suspend == true && Unfinished(facts)) is { Metadata: { } job }
            ? new(
                $"Job {job.Name} is suspended",
                $"Resume it, or let its queue admit it: kubectl patch job {job.Name} -n {job.Namespace} --type merge -p "
                    + $"'{{\"spec\":{{\"suspend\":false}}}}'"
            )
            : null;

    /// <summary>Quota or admission refuses the pods: then there is no pod that could say anything.</summary>
    public static Finding? PodsRefused(TargetFacts facts)
    {
        // The events of a Job that is gone may be another one's.
        if (
            facts.Missing
            || !Unfinished(facts)
            || facts.Events.FirstOrDefault(item => item.Reason is "FailedCreate" or "SuccessfulCreate")
                is not { Reason: "FailedCreate" } refused
        )
            return null;
        var message = Quotes.After(refused.Message ?? "", "Error creating: ");
        return PodsRefused(message);
    }

    /// <summary>The same, by the message of who refused them.</summary>
    internal static Finding PodsRefused(string message) =>
        new(
            $"its pods are refused: {message}",
            message switch
            {
                _ when message.Contains("exceeded quota", StringComparison.Ordinal) =>
                    "Raise the quota, free some of it, or lower what the pod requests.",
                _ when message.Contains("failed quota", StringComparison.Ordinal) =>
                    "Give the pod's containers the requests and limits that the quota requires.",
                _ when message.Contains("violates PodSecurity", StringComparison.Ordinal) =>
                    "Give the pod the securityContext that the Pod Security level of its namespace requires.",
                _ when message.Contains("serviceaccount \"", StringComparison.Ordinal)
                        && message.Contains("not found", StringComparison.Ordinal) =>
                    "Create the service account, or correct serviceAccountName in the pod template.",
                _ => "Correct what the message names; its controller then retries.",
            }
        );

    /// <summary>The Job failed because its time was over; its pods are gone with it.</summary>
    public static Finding? DeadlineExceeded(TargetFacts facts) =>
        facts.Jobs.FirstOrDefault(job =>
            job.Status?.Conditions?.Any(condition =>
                condition is { Status: "True", Type: "Failed" or "FailureTarget", Reason: "DeadlineExceeded" }
            ) == true
        )
            is { } job
            ? new(
                $"Job {job.Metadata?.Name} was active longer than its activeDeadlineSeconds ({job.Spec?.ActiveDeadlineSeconds})",
                "Find out what delayed it (a lock, a slow script, a pod that could not start), or raise activeDeadlineSeconds."
            )
            : null;

    /// <summary>A pod failed and the next try waits, up to six minutes.</summary>
    public static Finding? BackOff(TargetFacts facts) =>
        facts.Jobs.FirstOrDefault(IsBetweenTries) is { } job
            ? new(
                $"Job {job.Metadata?.Name} failed {Words.Count(JobRules.Numbers(job).Failed, "time")} "
                    + $"(backoffLimit {job.Spec?.BackoffLimit ?? 6}) and waits before its next retry",
                "Fix what its last pod reports; set backoffLimit to 0 if a retry cannot help."
            )
            : null;

    private static bool IsBetweenTries(JobState job) =>
        job.Status is { Active: null or 0 }
        && JobRules.Numbers(job).Failed > 0
        && job.Spec?.Suspend != true
        && job.Metadata?.DeletionTimestamp is null
        && job.Status.Conditions?.Any(condition => condition is { Status: "True" }) != true;

    /// <summary>The Job has failed and has taken its pods with it: nothing is left that could say why.</summary>
    public static Finding? PodsGone(TargetFacts facts) =>
        facts.Verdict.Code == VerdictCode.JobFailed
        && facts.PodCount == 0
        && DeadlineExceeded(facts) is null
        && facts.Jobs is [{ Metadata: { } job, Status.Failed: > 0 }, ..]
            ? new(
                $"the pods of Job {job.Name} were deleted, and their logs with them",
                "Set restartPolicy: Never in its pod template: then failed pods, and their messages, stay until the Job is removed."
            )
            : null;

    /// <summary>The work is done, and another container goes on: the pod never ends.</summary>
    public static Finding? KeptAlive(TargetFacts facts)
    {
        foreach (var pod in facts.Pods)
        {
            var containers = (pod.State.Status?.ContainerStatuses ?? []).OfType<ContainerStatus>().ToList();
            if (
                facts.Target.Kind.RunsToCompletion
                && containers.Find(container => container.State?.Terminated is { ExitCode: 0 }) is { } done
                && containers.Find(container => container.State?.Running is not null) is { } running
            )
            {
                return new(
                    $"{pod.Name}: container {done.Name} has finished, but container {running.Name} is still running, so the Job never "
                        + "completes",
                    $"Make {running.Name} an init container with restartPolicy: Always (a sidecar, 1.28 and newer), or let it end when "
                        + "the work is done."
                );
            }
        }

        return null;
    }

    /// <summary>Nothing is wrong but the time-out.</summary>
    public static Finding? StillRunning(TargetFacts facts)
    {
        // What its containers do on a node that does not report, nobody knows.
        if (
            facts.Verdict.Code is not (VerdictCode.JobRunning or VerdictCode.JobsRunning)
            || PodHints.NodeLost(facts) is not null
            || KeptAlive(facts) is not null
        )
            return null;
        foreach (var pod in facts.Pods)
        {
            if (!pod.Failures.Any() && pod.ByWeight.FirstOrDefault(container => container.State?.Running is not null) is { } container)
            {
                return new(
                    $"{pod.Name} is still running" + (pod.Log.Count > 0 ? $", its last line: {pod.Log[^1]}" : ""),
                    "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch "
                        + $"it: kubectl logs -f {pod.Name} -n {pod.State.Metadata?.Namespace} -c {container.Name}"
                );
            }
        }

        return null;
    }

    private static bool Unfinished(TargetFacts facts) => facts.Verdict.Kind == VerdictKind.Pending;
}

using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>Whether a pod cannot start for a reason that no retry cures (<c>--fail-fast</c>).
/// <see href="https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff"/></summary>
public static class FailFastRules
{
    /// <summary>So many restarts show that it is not a neighbour that comes a little later.</summary>
    private const int CrashLoopRestarts = 3;

    private static readonly string[] Refused =
    [
        "not found",
        "manifest unknown",
        "does not exist",
        "access denied",
        "denied",
        "unauthorized",
        "authentication required",
        "403 Forbidden",
    ];

    /// <summary>What a registry says, or a way to it, that may be better in a minute.</summary>
    private static readonly string[] Passing =
    [
        "connection refused",
        "connection reset",
        "timeout",
        "deadline exceeded",
        "no such host",
        "429",
        "500",
        "502",
        "503",
        "504",
    ];

    /// <summary>The verdict where one of the pods cannot start for good; null where none is seen to.</summary>
    /// <param name="pods">The pods of the newest revision.</param>
    public static Verdict? Failed(IEnumerable<PodState> pods) =>
        pods.OrderBy(pod => pod.Name(), StringComparer.Ordinal)
            .Select(pod => Reason(pod) is { } reason ? Verdict.Failed(VerdictCode.PodCannotStart, $"{pod.Name()}: {reason}") : null)
            .FirstOrDefault(verdict => verdict is not null);

    /// <summary>Why the pod cannot start, for good; null where it may.</summary>
    private static string? Reason(PodState pod) =>
        pod.BeingDeleted()
            ? null
            : (pod.Status?.InitContainerStatuses ?? [])
                .Concat(pod.Status?.ContainerStatuses ?? [])
                .Select(container =>
                    container is { State.Waiting: { Reason: { } reason } waiting } && IsFinal(container, reason, waiting.Message ?? "")
                        ? $"container {container.Name}: {reason}{(waiting.Message is { Length: > 0 } message ? $": {message}" : "")}"
                        : null
                )
                .FirstOrDefault(reason => reason is not null);

    private static bool IsFinal(ContainerStatus container, string reason, string message) =>
        reason switch
        {
            "InvalidImageName" or "ErrImageNeverPull" or "CreateContainerConfigError" or "CreateContainerError" => true,
            "ErrImagePull" or "ImagePullBackOff" => Says(Refused, message) && !Says(Passing, message),
            "RunContainerError" => message.Contains("executable file not found", StringComparison.Ordinal)
                || message.Contains("no such file or directory", StringComparison.Ordinal),
            "CrashLoopBackOff" => container.RestartCount >= CrashLoopRestarts,
            _ => false,
        };

    private static bool Says(string[] words, string message) =>
        Array.Exists(words, word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}

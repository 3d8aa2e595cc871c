using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>Why a pod cannot start for a reason that no retry cures (<c>--fail-fast</c>): by the kubelet's reasons and messages.
/// <see href="https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff"/></summary>
public static class FailFastRules
{
    /// <summary>So many restarts make a crash loop final.</summary>
    private const int MostRestarts = 3;

    /// <summary>A registry, or a runtime, that may answer the next time.</summary>
    private static readonly string[] Passing =
    [
        "connection refused", "connection reset", "no such host", "timeout", "timed out", "deadline exceeded", "server misbehaving", "eof",
        "toomanyrequests", "too many requests", "rate limit", "temporar", "is reserved for", " 429", " 500", " 502", " 503", " 504",
        "internal server error", "bad gateway", "service unavailable", "network is unreachable", "no route to host",
    ];

    private static readonly string[] NoSuchImage =
        ["not found", "notfound", "manifest unknown", "name unknown", "does not exist", "no such image", "no match for platform"];

    private static readonly string[] Refused =
        ["denied", "unauthorized", "authentication required", "authorization failed", "forbidden", "insufficient_scope"];

    private static readonly string[] NoSuchCommand = ["executable file not found", "no such file or directory"];

    /// <summary>The final reason, as a clause such as <c>container web cannot start: InvalidImageName</c>; null where a retry may help, or
    /// where the pod is being deleted.</summary>
    /// <param name="pod">A pod of the newest revision.</param>
    public static string? Final(PodState pod)
    {
        if (pod.BeingDeleted())
            return null;
        foreach (var container in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            if (container?.State?.Waiting is not { Reason: { } reason } waiting)
                continue;
            // Words in an image's name say nothing.
            var specs = (pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []);
            var message = waiting.Message ?? "";
            if (specs.FirstOrDefault(one => one?.Name == container.Name)?.Image is { Length: > 0 } image)
                message = message.Replace(image, "", StringComparison.Ordinal);
            if (IsFinal(reason, message, container.RestartCount ?? 0))
                return $"container {container.Name} cannot start: {reason}"
                    + (reason == "CrashLoopBackOff" ? $" ({Words.Count(container.RestartCount ?? 0, "restart")})"
                        : waiting.Message is { Length: > 0 } said ? $": {said}"
                        : "");
        }

        return null;
    }

    private static bool IsFinal(string reason, string message, int restarts) =>
        reason switch
        {
            "InvalidImageName" or "ErrImageNeverPull" => true,
            "CrashLoopBackOff" => restarts >= MostRestarts,
            _ when Has(message, Passing) => false,
            "ErrImagePull" or "ImagePullBackOff" => Has(message, NoSuchImage) || Has(message, Refused),
            "CreateContainerConfigError" or "CreateContainerError" => true,
            "RunContainerError" => Has(message, NoSuchCommand),
            _ => false,
        };

    private static bool Has(string message, string[] words) =>
        words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}

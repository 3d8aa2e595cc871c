using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>Which reasons of a pod that does not start are final.</summary>
public sealed class FailFastTests
{
    [Theory]
    [InlineData("InvalidImageName", null, 0, true)]
    [InlineData("ErrImageNeverPull", null, 0, true)]
    [InlineData("ErrImagePull", "failed to resolve image: localhost:5000/shop/api:2.0: not found", 0, true)]
    [InlineData("ImagePullBackOff", "Back-off pulling image: ErrImagePull: rpc error: code = NotFound desc = failed", 0, true)]
    [InlineData("ErrImagePull", "pull access denied, repository does not exist or may require authorization", 0, true)]
    [InlineData("ErrImagePull", "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized", 0, true)]
    [InlineData("ErrImagePull", "unexpected status from HEAD request: 403 Forbidden", 0, true)]
    [InlineData("ErrImagePull", "dial tcp 127.0.0.1:5000: connect: connection refused", 0, false)]
    [InlineData("ErrImagePull", "dial tcp: lookup registry.example.com: no such host", 0, false)]
    [InlineData("ErrImagePull", "net/http: TLS handshake timeout", 0, false)]
    [InlineData("ErrImagePull", "unexpected status from HEAD request: 503 Service Unavailable", 0, false)]
    [InlineData("ErrImagePull", "unexpected status from GET request: 500 Internal Server Error, token not found", 0, false)]
    [InlineData("ErrImagePull", "toomanyrequests: pull rate limit reached, access denied", 0, false)]
    [InlineData("ErrImagePull", "something else", 0, false)]
    [InlineData("ImagePullBackOff", "Back-off pulling image", 0, false)]
    [InlineData("ErrImagePull", "shop/denied-service:1 broke", 0, false)]
    [InlineData("CreateContainerConfigError", "configmap \"settings\" not found", 0, true)]
    [InlineData("CreateContainerConfigError", "failed to sync configmap cache: timed out waiting for the condition", 0, false)]
    [InlineData("CreateContainerError", "failed to generate spec: no command specified", 0, true)]
    [InlineData("CreateContainerError", "context deadline exceeded", 0, false)]
    [InlineData("RunContainerError", "exec: \"/app\": stat /app: no such file or directory", 0, true)]
    [InlineData("RunContainerError", "exec: \"app\": executable file not found in $PATH", 0, true)]
    [InlineData("RunContainerError", "failed to mount", 0, false)]
    [InlineData("CrashLoopBackOff", "back-off 10s", 2, false)]
    [InlineData("CrashLoopBackOff", "back-off 40s", 3, true)]
    [InlineData("ContainerCreating", "denied", 9, false)]
    [InlineData("PodInitializing", null, 9, false)]
    public void A_reason(string reason, string? message, int restarts, bool final)
    {
        foreach (var list in new[] { "containerStatuses", "initContainerStatuses" })
        {
            var pod = Pod(list, reason, message, restarts);
            var said = FailFastRules.Final(pod.Pod());
            Assert.Equal(final, said?.StartsWith($"container web cannot start: {reason}", StringComparison.Ordinal) == true);
            Assert.Null(FailFastRules.Final(pod.Deleting().Pod()));
        }
    }

    [Theory]
    [InlineData("job-image-pull-error", true)]
    [InlineData("job-missing-configmap", true)]
    // Its third restart still runs.
    [InlineData("pod-crashloop", false)]
    [InlineData("job-complete", false)]
    [InlineData("job-retry-then-complete", false)]
    [InlineData("job-onfailure-retry", false)]
    [InlineData("job-unschedulable", false)]
    public void A_recorded_pod(string scenario, bool final) =>
        Assert.Equal(
            final,
            Recording.Replay(scenario, "pods").SelectMany(pods => pods).Any(pod => FailFastRules.Final(pod.Pod()) is not null)
        );

    private static JsonObject Pod(string list, string reason, string? message, int restarts) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = "web-1" },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["image"] = "shop/denied-service:1" }),
            },
            ["status"] = new JsonObject
            {
                [list] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "web",
                        ["restartCount"] = restarts,
                        ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } },
                    }
                ),
            },
        };
}

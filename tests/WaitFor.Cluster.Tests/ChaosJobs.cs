using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s.Autorest;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>A write, in the time of <see cref="Stopwatch.GetTimestamp"/>.</summary>
/// <param name="Sent">Not before that can it have had an effect.</param>
/// <param name="Acknowledged">From then on it certainly had.</param>
internal readonly record struct Written(long Sent, long Acknowledged);

/// <summary>The Jobs of the chaos test, written by hand (there are no controllers). Writes are repeated until the server acknowledges them,
/// however often it is killed under them.</summary>
internal sealed class ChaosJobs(ControlPlane control, string ns)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>From 1.30 on the server checks a Job's status: how the controller gets to the end must be told, too.</summary>
    private static readonly Version ChecksStatus = new(1, 30);

    private string Collection => $"/apis/batch/v1/namespaces/{ns}/jobs";

    /// <summary>Creates a Job, and lets it run.</summary>
    /// <returns>Its uid.</returns>
    public async Task<string> CreateAsync(string name)
    {
        var job = Cluster.Parse(
            $$$"""
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"{{{name}}}"},
             "spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"migrate","image":"shop-migrate:v42"}]} } } }
            """
        );
        // A server that was killed may have created it without saying so: then it is a conflict the second time.
        await UntilAcknowledgedAsync(() => control.Admin.PostAsync(Collection, job), HttpStatusCode.Conflict);
        JsonNode? made = null;
        await PatchAsync(name, new JsonObject { ["active"] = 1, ["startTime"] = Now() }, answer => made = answer);
        return (string)made!["metadata"]!["uid"]!;
    }

    /// <summary>The Job's first pod has failed, the second runs.</summary>
    public Task RetryAsync(string name) => PatchAsync(name, new JsonObject { ["active"] = 1, ["failed"] = 1 });

    /// <summary>Deletes a Job; it has no pods that would have to go first.</summary>
    public Task DeleteAsync(string name) =>
        UntilAcknowledgedAsync(
            () =>
                control.Admin.DeleteAsync(
                    $"{Collection}/{name}",
                    Cluster.Parse("""{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}""")
                ),
            HttpStatusCode.NotFound
        );

    /// <summary>Ends a Job for good, in one PATCH.</summary>
    public Task<Written> FinishAsync(string name, bool completes)
    {
        var now = Now();
        var conditions = new JsonArray();
        if (control.KubernetesVersion >= ChecksStatus)
            conditions.Add(Condition(completes ? "SuccessCriteriaMet" : "FailureTarget", now));
        conditions.Add(Condition(completes ? "Complete" : "Failed", now));
        var status = new JsonObject
        {
            ["active"] = null,
            [completes ? "succeeded" : "failed"] = 1,
            ["conditions"] = conditions,
        };
        if (completes)
            status["completionTime"] = now;
        return PatchAsync(name, status);
    }

    /// <summary>The condition with which each Job has ended, by the Job's name; null for one that has not.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> EndsAsync() =>
        (await control.Admin.GetAsync(Collection))!["items"]!
            .AsArray()
            .ToDictionary(
                job => (string)job!["metadata"]!["name"]!,
                job =>
                    job!["status"]!
                        ["conditions"]
                        ?.AsArray()
                        .Select(condition => (string?)condition!["type"])
                        .FirstOrDefault(type => type is "Complete" or "Failed")
            );

    private Task<Written> PatchAsync(string name, JsonObject status, Action<JsonNode?>? take = null) =>
        UntilAcknowledgedAsync(async () =>
        {
            var answer = await control.Admin.SetJobStatusAsync(ns, name, status);
            take?.Invoke(answer);
            return answer;
        });

    /// <param name="write">The same write each time.</param>
    /// <param name="done">The answer that says that an earlier try had its effect.</param>
    private static async Task<Written> UntilAcknowledgedAsync(Func<Task<JsonNode?>> write, HttpStatusCode? done = null)
    {
        var start = Stopwatch.GetTimestamp();
        long? arrived = null;
        while (true)
        {
            var sent = Stopwatch.GetTimestamp();
            try
            {
                await write();
                return new Written(arrived ?? sent, Stopwatch.GetTimestamp());
            }
            catch (HttpOperationException exception) when (exception.Response.StatusCode == done)
            {
                return new Written(arrived ?? sent, Stopwatch.GetTimestamp());
            }
            catch (Exception exception) when (MayPass(exception) && Stopwatch.GetElapsedTime(start) < Limit)
            {
                // A connection that was refused carried nothing; one that was reset may have carried the whole write.
                if (exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
                    arrived ??= sent;
            }

            await Task.Delay(Pause);
        }
    }

    // 403 is what the admission plugins say until they have read what they need ("not yet ready to handle request").
    private static bool MayPass(Exception exception) =>
        exception is HttpRequestException or OperationCanceledException
        || (
            exception is HttpOperationException answer
            && (
                answer.Response.StatusCode >= HttpStatusCode.InternalServerError
                || answer.Response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden
            )
        );

    private static JsonObject Condition(string type, string now) =>
        new()
        {
            ["type"] = type,
            ["status"] = "True",
            ["lastProbeTime"] = now,
            ["lastTransitionTime"] = now,
            ["reason"] = "Chaos",
            ["message"] = "",
        };

    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

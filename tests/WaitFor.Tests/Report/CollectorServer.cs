using WaitFor.Testing;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>A fake API server that stands as a recording left it.</summary>
internal static class CollectorServer
{
    /// <summary>Serves the objects at the end of a recording, in its namespace.</summary>
    public static void Put(this FakeApiServer server, string scenario, bool pods = true, bool events = true)
    {
        var @namespace = $"rec-{scenario}";
        Put("jobs", "Job", ApiObjects.Jobs(@namespace));
        Put("services", "Service", ApiObjects.Services(@namespace));
        Put("endpointslices", "EndpointSlice", ApiObjects.EndpointSlices(@namespace));
        if (pods)
            Put("pods", "Pod", ApiObjects.Pods(@namespace));
        if (events)
            Put("events", "Event", ApiObjects.Events(@namespace));

        void Put(string resource, string kind, string collection)
        {
            // Items of a list have no kind, watch events have.
            foreach (var item in Recording.EndItems(scenario, resource))
                server.Objects.Put(collection, item.With("kind", kind));
        }
    }

    /// <summary>What every log is answered with.</summary>
    public static void Log(this FakeApiServer server, Answer answer) => server.Always(request => request.Resource == "log", answer);

    /// <summary>Of each of the two, the next request is answered only when the other has arrived, too.</summary>
    public static void TogetherOnce(this FakeApiServer server, Func<SeenRequest, bool> one, Func<SeenRequest, bool> other)
    {
        var seen = (One: server.Requests.Count(one), Other: server.Requests.Count(other));
        server.Next(one, WhenArrived(other, seen.Other));
        server.Next(other, WhenArrived(one, seen.One));

        Answer WhenArrived(Func<SeenRequest, bool> awaited, int before) =>
            async context =>
            {
                await server.ArrivedAsync(awaited, before + 1);
                await (context.Request.Path.Value!.EndsWith("/log", StringComparison.Ordinal) ? Answers.Text(200, "x") : server.Stored)(
                    context
                );
            };
    }

    /// <summary>The events of the Job of the recording of a failed Job.</summary>
    public static bool JobEvents(SeenRequest request) =>
        request.Query.GetValueOrDefault("fieldSelector")
        == $"involvedObject.uid={Recording.End("job-failed-backoff0", "jobs")["metadata"]!["uid"]}";

    /// <summary>The events of its pod.</summary>
    public static bool PodEvents(SeenRequest request) =>
        request.Query.GetValueOrDefault("fieldSelector")
        == $"involvedObject.uid={Recording.End("job-failed-backoff0", "pods")["metadata"]!["uid"]}";

    /// <summary>Path and query, unescaped.</summary>
    public static string Text(SeenRequest request) =>
        request.Path + "?" + string.Join('&', request.Query.Select(pair => $"{pair.Key}={pair.Value}"));
}

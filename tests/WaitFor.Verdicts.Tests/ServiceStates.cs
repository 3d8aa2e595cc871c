using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>Services by what their endpoints are, and the verdicts on them.</summary>
internal static class ServiceStates
{
    private const string Met = "Met ServiceReady";
    private const string NotReady = "Pending ServiceNotReady";
    private const string Without = "Pending ServiceWithoutEndpoints";

    /// <summary>Slices separated by <c>|</c>, in each its endpoints, separated by blanks: pod <c>:</c> ready, unready, null (both
    /// conditions), none (no conditions), terminating, terminating-ready, published (a service that publishes addresses that are not
    /// ready), serving-unknown.</summary>
    public static TheoryData<string, int?, string, string> Table =>
        new()
        {
            // endpoints, --min-ready, verdict, sentence
            { "", null, Without, "no endpoints yet" },
            { "|", null, Without, "no endpoints yet" },
            { "a:ready", null, Met, "1 endpoint ready, 0 not ready" },
            { "a:ready b:ready", null, Met, "2 endpoints ready, 0 not ready" },
            { "a:null", null, Met, "1 endpoint ready, 0 not ready" },
            { "a:none", null, Met, "1 endpoint ready, 0 not ready" },
            { "a:unready", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:ready b:unready", null, NotReady, "1 endpoint ready, 1 not ready" },
            { "a:none b:unready", null, NotReady, "1 endpoint ready, 1 not ready" },
            { "a:terminating", null, NotReady, "0 endpoints ready, 0 not ready, 1 terminating" },
            { "a:terminating-ready", null, NotReady, "0 endpoints ready, 0 not ready, 1 terminating" },
            { "a:ready b:terminating", null, Met, "1 endpoint ready, 0 not ready, 1 terminating" },
            { "a:ready b:terminating c:unready", null, NotReady, "1 endpoint ready, 1 not ready, 1 terminating" },
            // Several slices: of two ports' names, or of two address families.
            { "a:ready | b:ready", null, Met, "2 endpoints ready, 0 not ready" },
            { "a:ready | b:unready", null, NotReady, "1 endpoint ready, 1 not ready" },
            { "a:ready |", null, Met, "1 endpoint ready, 0 not ready" },
            { "a:ready b:ready | a:ready b:ready", null, Met, "2 endpoints ready, 0 not ready" },
            { "a:unready | a:unready", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:ready | a:unready", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:unready | a:ready", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:ready | a:terminating", null, NotReady, "0 endpoints ready, 0 not ready, 1 terminating" },
            { "a:ready b:ready | a:terminating b:ready", null, Met, "1 endpoint ready, 0 not ready, 1 terminating" },
            { "a:unready | a:terminating", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:ready", 1, Met, "1 endpoint ready, 0 not ready, at least 1 needed" },
            { "a:ready b:unready", 1, Met, "1 endpoint ready, 1 not ready, at least 1 needed" },
            { "a:ready b:terminating", 1, Met, "1 endpoint ready, 0 not ready, 1 terminating, at least 1 needed" },
            { "a:ready b:ready c:unready", 2, Met, "2 endpoints ready, 1 not ready, at least 2 needed" },
            { "a:ready b:ready c:ready", 2, Met, "3 endpoints ready, 0 not ready, at least 2 needed" },
            { "a:ready", 2, NotReady, "1 endpoint ready, 0 not ready, at least 2 needed" },
            { "a:ready | a:ready", 2, NotReady, "1 endpoint ready, 0 not ready, at least 2 needed" },
            { "a:ready b:terminating", 2, NotReady, "1 endpoint ready, 0 not ready, 1 terminating, at least 2 needed" },
            { "a:unready", 1, NotReady, "0 endpoints ready, 1 not ready, at least 1 needed" },
            { "", 1, Without, "no endpoints yet" },
            // publishNotReadyAddresses: "ready" only says that the address is published, "serving" what the pod says.
            { "a:published", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:ready b:published", null, NotReady, "1 endpoint ready, 1 not ready" },
            { "a:ready b:published", 1, Met, "1 endpoint ready, 1 not ready, at least 1 needed" },
            { "a:ready b:published", 2, NotReady, "1 endpoint ready, 1 not ready, at least 2 needed" },
            { "a:ready | a:published", null, NotReady, "0 endpoints ready, 1 not ready" },
            { "a:serving-unknown", null, Met, "1 endpoint ready, 0 not ready" },
            { "a:published-terminating", null, NotReady, "0 endpoints ready, 0 not ready, 1 terminating" },
        };

    public static JsonObject Web() => Recording.End("deployment-service-rollout", "services");

    /// <summary>As recorded: ready, not ready, ready.</summary>
    public static JsonObject Slice() => Recording.End("deployment-service-rollout", "endpointslices");

    /// <summary>The slices of a row.</summary>
    /// <param name="slices">The row.</param>
    /// <param name="withPods">Whether there are pods behind the endpoints.</param>
    /// <param name="service">The service's name.</param>
    public static IEnumerable<JsonObject> Slices(string slices, bool withPods, string service = "web") =>
        slices.Length == 0 ? [] : slices.Split('|').Select((endpoints, index) => OneSlice(endpoints, index, withPods, service));

    private static JsonObject OneSlice(string endpoints, int index, bool withPods, string service)
    {
        var slice = Slice().Named($"{service}-{index}").Label(EndpointSliceState.ServiceNameLabel, service);
        var template = slice["endpoints"]![0]!.AsObject();
        var list = new JsonArray();
        foreach (
            var (pod, state) in endpoints
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => text.Split(':'))
                .Select(pair => (pair[0], pair[1]))
        )
        {
            var endpoint = template
                .DeepClone()
                .AsObject()
                .With("addresses", new JsonArray($"10.0.0.{(int)pod[0]}"))
                .With("targetRef.name", pod);
            if (!withPods)
                endpoint.Remove("targetRef");
            list.Add(
                (JsonNode)(
                    state switch
                    {
                        "ready" => endpoint,
                        "unready" => endpoint.With("conditions.ready", false).With("conditions.serving", false),
                        "null" => endpoint.With("conditions.ready", null).With("conditions.terminating", null),
                        "none" => endpoint.Without("conditions"),
                        "published" => endpoint.With("conditions.serving", false),
                        "published-terminating" => endpoint.With("conditions.serving", false).With("conditions.terminating", true),
                        "serving-unknown" => endpoint.With("conditions.serving", null),
                        "terminating" => endpoint.With("conditions.ready", false).With("conditions.terminating", true),
                        "terminating-ready" => endpoint.With("conditions.terminating", true),
                        _ => throw new ArgumentException(state, nameof(endpoints)),
                    }
                )
            );
        }

        return slice.With("endpoints", list);
    }
}

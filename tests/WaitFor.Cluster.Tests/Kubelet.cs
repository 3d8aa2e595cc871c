using System.Net;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>The kubelet of the one node, as far as a report needs it: kube-apiserver passes a request for a pod's log on to the address
/// that the Node object names.
/// Without <c>--kubelet-certificate-authority</c> it does not check who answers there.
/// <see href="https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#apiserver-to-kubelet"/></summary>
internal sealed class Kubelet
{
    /// <summary>The node's name.</summary>
    public const string Node = "node-1";

    private static readonly Lock Starting = new();
    private static Task<Kubelet>? _started;

    private readonly FakeApiServer _server;

    private Kubelet(FakeApiServer server) => _server = server;

    /// <summary>The kubelet; the first call starts it and makes its Node object.</summary>
    public static Task<Kubelet> OfAsync(Administrator admin)
    {
        lock (Starting)
            return _started ??= StartAsync(admin);
    }

    /// <summary>The lines of a container's log, oldest first; as many of the last ones are sent as are asked for.</summary>
    public void Log(string @namespace, string pod, string container, params string[] lines) =>
        _server.Always(
            request => request.Path == PathOf(@namespace, pod, container),
            async context =>
            {
                var last = int.TryParse(context.Request.Query["tailLines"], System.Globalization.CultureInfo.InvariantCulture, out var tail)
                    ? tail
                    : lines.Length;
                await Answers.Text(200, string.Concat(lines.TakeLast(last).Select(line => line + "\n")))(context);
            }
        );

    /// <summary>Requests for a container's log get no answer, as from a node that is lost.</summary>
    public void KeepSilent(string @namespace, string pod, string container) =>
        _server.Always(request => request.Path == PathOf(@namespace, pod, container), Answers.Silence);

    /// <summary>What was asked for, each time that the container's log was read.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Asked(string @namespace, string pod, string container) =>
        [.. _server.Requests.Where(request => request.Path == PathOf(@namespace, pod, container)).Select(request => request.Query)];

    private static string PathOf(string @namespace, string pod, string container) => $"/containerLogs/{@namespace}/{pod}/{container}";

    private static async Task<Kubelet> StartAsync(Administrator admin)
    {
        var server = await FakeApiServer.StartAsync();
        await admin.PostAsync(
            "/api/v1/nodes",
            Cluster.Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{Node}}}"},
                 "status":{"addresses":[{"type":"InternalIP","address":"{{{IPAddress.Loopback}}}"}],
                           "daemonEndpoints":{"kubeletEndpoint":{"Port":{{{server.Address.Port}}}}} } }
                """
            )
        );
        return new Kubelet(server);
    }
}

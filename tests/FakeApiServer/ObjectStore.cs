using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace WaitFor.Testing;

/// <summary>The objects of a fake API server: consistent lists in pages, and watches from any version that was not compacted
/// away.</summary>
public sealed class ObjectStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<Change> _history = [];
    private readonly List<Channel<Change>> _watches = [];
    private long _version = 1000;
    private long _oldest = 1000;

    private sealed record Change(long Version, string Type, string Collection, JsonObject Object);

    /// <summary>Creates or replaces an object; gives it a resourceVersion, and a uid where it has none.</summary>
    /// <param name="collection">Path of the collection, such as <c>/apis/batch/v1/namespaces/shop/jobs</c>.</param>
    /// <param name="item">The object, as the API server would send it in a watch, with kind and metadata.name.</param>
    public void Put(string collection, JsonObject item)
    {
        lock (_lock)
        {
            var stored = (JsonObject)item.DeepClone();
            var metadata = stored["metadata"]!.AsObject();
            var key = $"{collection}/{metadata["name"]}";
            metadata["namespace"] ??= NamespaceOf(collection);
            metadata["uid"] ??= Guid.NewGuid().ToString();
            metadata["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            Publish(new Change(_version, _objects.ContainsKey(key) ? "MODIFIED" : "ADDED", collection, stored));
            _objects[key] = stored;
        }
    }

    /// <summary>A copy of an object; null where there is none.</summary>
    public JsonObject? Find(string collection, string name)
    {
        lock (_lock)
            return _objects.TryGetValue($"{collection}/{name}", out var item) ? (JsonObject)item.DeepClone() : null;
    }

    /// <summary>Deletes an object; nothing happens where there is none.</summary>
    public void Delete(string collection, string name)
    {
        lock (_lock)
        {
            if (!_objects.Remove($"{collection}/{name}", out var removed))
                return;
            var last = (JsonObject)removed.DeepClone();
            last["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            Publish(new Change(_version, "DELETED", collection, last));
        }
    }

    /// <summary>Forgets the history: a watch from any version up to now is too old.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _oldest = ++_version;
            _history.Clear();
        }
    }

    /// <summary>How often <see cref="EndWatches" /> was called.</summary>
    internal int EndsOfWatches { get; private set; }

    /// <summary>Ends all watches in the ordinary way, as their time-out does: those whose request has arrived and which are not open yet
    /// as well.</summary>
    public void EndWatches()
    {
        lock (_lock)
        {
            EndsOfWatches++;
            foreach (var watch in _watches)
                watch.Writer.TryComplete();
            _watches.Clear();
        }
    }

    private void Publish(Change change)
    {
        _history.Add(change);
        foreach (var watch in _watches)
            watch.Writer.TryWrite(change);
    }

    /// <summary>Answers a list or a watch from the stored objects.</summary>
    public Task ServeAsync(HttpContext context, SeenRequest request)
    {
        if (request.Path == "/version")
            return Answers.Json("""{"major":"1","minor":"36","gitVersion":"v1.36.2"}""")(context);
        var parent = request.Path[..Math.Max(0, request.Path.LastIndexOf('/'))];
        if (KindOf(request.Resource) is null && KindOf(parent[(parent.LastIndexOf('/') + 1)..]) is not null)
            return GetAsync(context, parent, request.Resource);
        if (KindOf(request.Resource) is null)
            return Answers.Status(404, "NotFound", "the server could not find the requested resource")(context);
        return request.IsWatch ? WatchAsync(context, request) : ListAsync(context, request);
    }

    private Task GetAsync(HttpContext context, string collection, string name)
    {
        lock (_lock)
            return (
                _objects.TryGetValue($"{collection}/{name}", out var item)
                    ? Answers.Json(item.ToJsonString())
                    : Answers.NotFound(collection, name)
            )(context);
    }

    private Task ListAsync(HttpContext context, SeenRequest request)
    {
        lock (_lock)
        {
            var items = _objects
                .Where(pair => InCollection(pair.Key[..pair.Key.LastIndexOf('/')], request.Path) && Selectors.Match(request, pair.Value))
                .Select(pair => pair.Value)
                .ToList();
            var from = int.Parse(request.Query.GetValueOrDefault("continue", "0"), CultureInfo.InvariantCulture);
            var limit = int.Parse(request.Query.GetValueOrDefault("limit", "500"), CultureInfo.InvariantCulture);
            var metadata = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) };
            if (from + limit < items.Count)
                metadata["continue"] = (from + limit).ToString(CultureInfo.InvariantCulture);
            var list = new JsonObject
            {
                ["kind"] = KindOf(request.Resource) + "List",
                ["apiVersion"] = "v1",
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. items.Skip(from).Take(limit).Select(item => item.DeepClone())]),
            };
            return Answers.Json(list.ToJsonString())(context);
        }
    }

    private async Task WatchAsync(HttpContext context, SeenRequest request)
    {
        var all = request.Query.GetValueOrDefault("sendInitialEvents") == "true";
        var watch = Channel.CreateUnbounded<Change>();
        long from;
        List<string> first = [];
        lock (_lock)
        {
            from = all ? _version : long.Parse(request.Query["resourceVersion"], CultureInfo.InvariantCulture);
            if (all)
                first = InitialEvents(request);
            if (from >= _oldest)
            {
                foreach (var change in _history.Where(change => change.Version > from))
                    watch.Writer.TryWrite(change);
                if (request.EndsBefore == EndsOfWatches)
                    _watches.Add(watch);
                else
                    watch.Writer.Complete();
            }
        }

        if (from < _oldest)
        {
            await Answers.Lines(
                Answers.Event("ERROR", Answers.StatusObject(410, "Expired", $"too old resource version: {from} ({_oldest})"))
            )(context);
            return;
        }

        try
        {
            await Answers.BeginAsync(context, 200, "application/json");
            foreach (var line in first)
                await Answers.WriteAsync(context, line + "\n");
            await foreach (var change in watch.Reader.ReadAllAsync(context.RequestAborted))
            {
                if (InCollection(change.Collection, request.Path) && Selectors.Match(request, change.Object))
                    await Answers.WriteAsync(context, Answers.Event(change.Type, change.Object) + "\n");
            }
        }
        finally
        {
            lock (_lock)
                _watches.Remove(watch);
        }
    }

    /// <summary>All that exists as added, then the bookmark that says so: what a real 1.36 server was seen to send.</summary>
    private List<string> InitialEvents(SeenRequest request) =>
        [
            .. _objects
                .Where(pair => InCollection(pair.Key[..pair.Key.LastIndexOf('/')], request.Path) && Selectors.Match(request, pair.Value))
                .Select(pair => Answers.Event("ADDED", pair.Value)),
            Answers.InitialEventsEnd(KindOf(request.Resource)!, _version.ToString(CultureInfo.InvariantCulture)),
        ];

    /// <summary>A collection of all namespaces holds those of each.</summary>
    private static bool InCollection(string collection, string asked) =>
        collection == asked
        || (
            NamespaceOf(asked) is null
            && NamespaceOf(collection) is { } name
            && collection.Replace($"namespaces/{name}/", "", StringComparison.Ordinal) == asked
        );

    private static string? NamespaceOf(string path) =>
        path.Split('/') is { } parts && Array.IndexOf(parts, "namespaces") is >= 0 and var index && index + 1 < parts.Length
            ? parts[index + 1]
            : null;

    private static string? KindOf(string resource) =>
        resource switch
        {
            "jobs" => "Job",
            "replicasets" => "ReplicaSet",
            "statefulsets" => "StatefulSet",
            "pods" => "Pod",
            "services" => "Service",
            "endpointslices" => "EndpointSlice",
            "endpoints" => "Endpoints",
            "configmaps" => "ConfigMap",
            "events" => "Event",
            "namespaces" => "Namespace",
            "deployments" => "Deployment",
            "daemonsets" => "DaemonSet",
            "replicationcontrollers" => "ReplicationController",
            "persistentvolumeclaims" => "PersistentVolumeClaim",
            "persistentvolumes" => "PersistentVolume",
            "nodes" => "Node",
            "customresourcedefinitions" => "CustomResourceDefinition",
            "apiservices" => "APIService",
            "clusterroles" => "ClusterRole",
            "databases" => "Database",
            _ => null,
        };
}

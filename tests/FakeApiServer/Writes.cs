using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace WaitFor.Testing;

/// <summary>Writes over HTTP, for a client that plays kubectl and the controllers. Nothing is validated.</summary>
public static class Writes
{
    /// <summary>From now on a POST creates an object, and a PATCH merges into it or into its status (JSON merge patch, RFC 7396);
    /// other requests are answered as before.</summary>
    public static void TakeWrites(this FakeApiServer server) =>
        server.Always(
            _ => true,
            context =>
                context.Request.Method switch
                {
                    "POST" => CreateAsync(server, context),
                    "PATCH" => MergeAsync(server, context),
                    _ => server.Stored(context),
                }
        );

    private static async Task CreateAsync(FakeApiServer server, HttpContext context)
    {
        var item = await ReadAsync(context);
        await PutAsync(server, context, context.Request.Path.Value!, item);
    }

    private static async Task MergeAsync(FakeApiServer server, HttpContext context)
    {
        var path = context.Request.Path.Value!;
        path = path.EndsWith("/status", StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : path;
        var (collection, name) = (path[..path.LastIndexOf('/')], path[(path.LastIndexOf('/') + 1)..]);
        if (server.Objects.Find(collection, name) is not { } item)
        {
            await Answers.Status(404, "NotFound", $"\"{name}\" not found")(context);
            return;
        }

        Merge(item, await ReadAsync(context));
        await PutAsync(server, context, collection, item);
    }

    private static async Task PutAsync(FakeApiServer server, HttpContext context, string collection, JsonObject item)
    {
        server.Objects.Put(collection, item);
        await Answers.Json(server.Objects.Find(collection, (string)item["metadata"]!["name"]!)!.ToJsonString())(context);
    }

    private static void Merge(JsonObject item, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            if (value is null)
                item.Remove(field);
            else if (value is JsonObject inner && item[field] is JsonObject known)
                Merge(known, inner);
            else
                item[field] = value.DeepClone();
        }
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context) =>
        (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
}

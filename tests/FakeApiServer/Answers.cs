using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WaitFor.Testing;

/// <summary>Answers for the script of a <see cref="FakeApiServer"/>.</summary>
public static class Answers
{
    /// <summary>A Status, as the API server writes it.</summary>
    public static Answer Status(int code, string reason, string message, int? retryAfter = null) =>
        Body(code, "application/json", StatusObject(code, reason, message).ToJsonString(), retryAfter);

    /// <summary>Plain text.</summary>
    public static Answer Text(int code, string body, int? retryAfter = null) => Body(code, "text/plain; charset=utf-8", body, retryAfter);

    /// <summary>A document, HTTP 200.</summary>
    public static Answer Json(string body) => Body(200, "application/json", body, retryAfter: null);

    /// <summary>Lines of a watch, and then its ordinary end.</summary>
    public static Answer Lines(params string[] lines) =>
        async context =>
        {
            await BeginAsync(context, 200, "application/json");
            foreach (var line in lines)
                await WriteAsync(context, line + "\n");
        };

    /// <summary>Lines of a watch, and then silence.</summary>
    public static Answer LinesThenSilence(params string[] lines) =>
        async context =>
        {
            await Lines(lines)(context);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

    /// <summary>Any bytes, and then the ordinary end of a stream.</summary>
    public static Answer Bytes(byte[] body) =>
        async context =>
        {
            await BeginAsync(context, 200, "application/json");
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        };

    /// <summary>The first bytes of a body, and then a connection that is reset.</summary>
    public static Answer Cut(byte[] body, int length) =>
        async context =>
        {
            await BeginAsync(context, 200, "application/json");
            await context.Response.Body.WriteAsync(body.AsMemory(0, length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        };

    /// <summary>The first bytes of a body, and then silence.</summary>
    public static Answer Stall(byte[] body, int length) =>
        async context =>
        {
            await BeginAsync(context, 200, "application/json");
            await context.Response.Body.WriteAsync(body.AsMemory(0, length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

    /// <summary>No answer at all, ever.</summary>
    public static Answer Silence => context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>The connection is reset without an answer.</summary>
    public static Answer Reset =>
        context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

    /// <summary>A line of a watch.</summary>
    public static string Event(string type, JsonObject item) =>
        new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString();

    /// <summary>The bookmark that ends the initial events of a WatchList.</summary>
    public static string InitialEventsEnd(string kind, string version) =>
        Event(
            "BOOKMARK",
            new JsonObject
            {
                ["kind"] = kind,
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = version,
                    ["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" },
                },
            }
        );

    /// <summary>The 404 for an object that does not exist.</summary>
    public static Answer NotFound(string collection, string name)
    {
        var resource = collection[(collection.LastIndexOf('/') + 1)..];
        var status = StatusObject(404, "NotFound", $"{resource} \"{name}\" not found");
        status["details"] = new JsonObject { ["name"] = name, ["kind"] = resource };
        return Body(404, "application/json", status.ToJsonString(), retryAfter: null);
    }

    /// <summary>The document of a Status.</summary>
    public static JsonObject StatusObject(int code, string reason, string message) =>
        new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["code"] = code,
        };

    /// <summary>Sends the head of an answer at once, without a length: its body comes bit by bit.</summary>
    public static async Task BeginAsync(HttpContext context, int code, string contentType)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        await context.Response.StartAsync(context.RequestAborted);
        // The head goes out now: a watch is accepted before its first event.
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>Sends a part of a body at once.</summary>
    public static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static Answer Body(int code, string contentType, string body, int? retryAfter) =>
        async context =>
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            context.Response.StatusCode = code;
            context.Response.ContentType = contentType;
            context.Response.ContentLength = bytes.Length;
            if (retryAfter is { } seconds)
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        };
}

using System.Net;

namespace WaitFor.Testing;

/// <summary>The API server answered with something else than success.</summary>
public sealed class AdminException(HttpMethod method, string path, HttpStatusCode status, string body)
    : Exception(FormattableString.Invariant($"{method} {path}: {(int)status} {body}"))
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The body as it came, mostly a <c>Status</c> object in JSON.</summary>
    public string Body { get; } = body;
}

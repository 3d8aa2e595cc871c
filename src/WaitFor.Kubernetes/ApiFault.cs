using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>What went wrong with a request. What follows from it is the caller's matter.</summary>
public enum FaultKind
{
    /// <summary>No answer, a broken one, or an answer that promises nothing: refused, reset, DNS, TLS cut short, 5xx, anything
    /// unknown.</summary>
    Unavailable = 0,

    /// <summary>Not a fault: the server ended a watch in the ordinary way (its time was over, or the server stops).</summary>
    StreamEnded,

    /// <summary>Nothing came for too long: no head of an answer, or a list's body that stopped.</summary>
    Stalled,

    /// <summary>An open watch sent nothing for too long, not even a bookmark. A 1.20 server was seen to send none for a kind that had no
    /// object since their start.</summary>
    SilentWatch,

    /// <summary>The server asks to come back later (429, 503, 504, with Retry-After).</summary>
    Overloaded,

    /// <summary>The resourceVersion or the continue token is too old (410).</summary>
    Expired,

    /// <summary>What came is not what the API promises: broken JSON, another kind, no resourceVersion.</summary>
    Malformed,

    /// <summary>The credentials are not accepted (401), or could not be obtained.</summary>
    Unauthorized,

    /// <summary>RBAC does not allow it (403).</summary>
    Forbidden,

    /// <summary>The server has no such group, version or resource (404 on a collection).</summary>
    NotServed,

    /// <summary>No group has a kind of that name, or several have it, or it cannot be followed.</summary>
    NoSuchKind,

    /// <summary>The request itself is refused: 400 or 422, here always a selector.</summary>
    Rejected,

    /// <summary>The server's certificate is not trusted, or is for another host.</summary>
    Untrusted,

    /// <summary>Not a fault yet: a request waits, for a connection, the TLS handshake or the answer. No call ends with it.</summary>
    Waiting,
}

/// <summary>A fault of a request on the API server.</summary>
/// <param name="Kind">The class it belongs to.</param>
/// <param name="Message">One line for people: the server's own message where there is one. It carries no secret and no control
/// characters.</param>
public sealed record ApiFault(FaultKind Kind, string Message)
{
    /// <summary>How long the server asks to wait; null where it does not say. 0 s or more.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The object that a 404 says does not exist; null where the 404 names none, as for an API that the server does not
    /// have.</summary>
    public string? AbsentName { get; init; }

    /// <summary>True where a write met another one (409): what it was made from is not what the server has now.</summary>
    public bool IsConflict { get; init; }

    /// <summary>True where no request was sent, because there were no credentials for it.</summary>
    public bool NotSent { get; init; }

    /// <summary>True where the connection was refused or reset before the API server has ever answered: the pod's network may not be
    /// there yet, or may never be (an init container that a service mesh's sidecar should serve).</summary>
    public bool NetworkNotReady { get; init; }

    /// <summary>What to do about refused credentials, as a clause; null where nothing is known about them.</summary>
    public string? Advice { get; init; }

    /// <summary>Classifies an answer that is not a success. The body may be a Status, plain text, or nothing at all.</summary>
    /// <param name="code">The HTTP status code, or the <c>code</c> of a Status in an ERROR event of a watch.</param>
    /// <param name="headers">The answer's headers; null for an ERROR event.</param>
    /// <param name="body">The beginning of the body.</param>
    public static ApiFault FromAnswer(int code, HttpResponseHeaders? headers, ReadOnlySpan<byte> body)
    {
        var status = StatusBody.Read(body);
        // Go clients take the header first, then details.retryAfterSeconds (apimachinery, api/errors: SuggestsClientDelay).
        var retryAfter = headers?.RetryAfter?.Delta ?? status.RetryAfter;
        var kind = code switch
        {
            400 or 422 => FaultKind.Rejected,
            401 => FaultKind.Unauthorized,
            403 => FaultKind.Forbidden,
            404 => FaultKind.NotServed,
            410 => FaultKind.Expired,
            429 => FaultKind.Overloaded,
            503 or 504 when retryAfter is not null => FaultKind.Overloaded,
            _ => FaultKind.Unavailable,
        };
        var message = status.Message ?? ((HttpStatusCode)code).ToString();
        return new ApiFault(kind, $"{OneLine(message)} (HTTP {code.ToString(CultureInfo.InvariantCulture)})")
        {
            RetryAfter = retryAfter,
            AbsentName = code == 404 ? status.Name : null,
            IsConflict = code == 409,
        };
    }

    /// <summary>Classifies a request that ended without an answer, or within one. Null for what is no fault of a connection: a
    /// surprise.</summary>
    /// <param name="exception">What the HTTP stack threw.</param>
    /// <param name="rejectedCertificate">Why the server's certificate was rejected, if it was.</param>
    internal static ApiFault? FromException(Exception exception, string? rejectedCertificate) =>
        exception switch
        {
            HttpRequestException { InnerException: AuthenticationException }
            or AuthenticationException when rejectedCertificate is not null => new(FaultKind.Untrusted, OneLine(rejectedCertificate)),
            HttpRequestException or IOException or AuthenticationException or SocketException => new(
                FaultKind.Unavailable,
                OneLine(Innermost(exception))
            ),
            JsonException or MalformedException => new(FaultKind.Malformed, OneLine("unreadable answer: " + exception.Message)),
            Access.AccessException => new(FaultKind.Unauthorized, OneLine(exception.Message)) { NotSent = true },
            _ => null,
        };

    /// <summary>True for a connection that is refused, reset, closed within the TLS handshake, or for which there is no route.</summary>
    internal static bool IsRefusedOrReset(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (
                inner
                is SocketException
                    {
                        SocketErrorCode: SocketError.ConnectionRefused
                            or SocketError.ConnectionReset
                            or SocketError.HostUnreachable
                            or SocketError.NetworkUnreachable
                    }
                    or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
                    or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: IOException }
            )
                return true;
        }

        return false;
    }

    /// <summary>The most telling message of a chain: sockets and TLS say it at the inside.</summary>
    private static string Innermost(Exception exception)
    {
        var inner = exception;
        while (inner.InnerException is { } next)
            inner = next;
        // What a server without TLS sends is no TLS frame.
        if (inner.Message.StartsWith("Cannot determine the frame size", StringComparison.Ordinal))
            return "the server does not speak TLS; check the port and the scheme (https or http) of its address";
        return inner == exception || exception.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? exception.Message
            : $"{exception.Message.TrimEnd('.')}: {inner.Message}";
    }

    /// <summary>What comes from outside is shown on one line, without control characters (no escape sequence reaches a terminal), in at
    /// most 500 characters.</summary>
    public static string OneLine(string text)
    {
        const int longest = 500;
        var line = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.AsSpan().Trim().EnumerateRunes())
        {
            if (line.Length >= longest)
                return line.Append("...").ToString();
            line.Append((IsPrintable(rune) ? rune : new Rune(' ')).ToString());
        }

        return line.ToString();
    }

    /// <summary>False for what does not show a character but moves the cursor, ends the line, or (format characters) turns the direction of
    /// the text around.</summary>
    public static bool IsPrintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}

/// <summary>An answer that is not what the API promises.</summary>
internal sealed class MalformedException(string message) : Exception(message);

/// <summary>The parts of a Status that are read; a body that is not JSON is its own message.
/// <see href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/"/></summary>
internal readonly record struct StatusBody(string? Message, TimeSpan? RetryAfter, int? Code, string? Name = null)
{
    public static StatusBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Told below: it is text, or not even that.
        }

        // "Too many requests, please try again later." and "404 page not found" come as plain text; a proxy's page is no message.
        var plain = Encoding.UTF8.GetString(body).Trim();
        return new StatusBody(plain.Length == 0 || plain.StartsWith('<') ? null : plain, null, null);
    }

    public static StatusBody Read(JsonElement status)
    {
        var message = status.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        int? code =
            status.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value)
                ? value
                : null;
        TimeSpan? retryAfter =
            status.TryGetProperty("details", out var details)
            && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty("retryAfterSeconds", out var seconds)
            && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetInt32(out var delay)
            && delay >= 0
                ? TimeSpan.FromSeconds(delay)
                : null;
        var absent =
            status.TryGetProperty("reason", out var reason)
            && reason.ValueKind == JsonValueKind.String
            && reason.ValueEquals("NotFound"u8)
            && status.TryGetProperty("details", out details)
            && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String
                ? name.GetString()
                : null;
        return new StatusBody(message is { Length: > 0 } ? message : null, retryAfter, code, absent);
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace WaitFor.Kubernetes.Access;

/// <summary>What goes into a request and its connection.</summary>
/// <param name="Authorization">Value of the Authorization header.</param>
/// <param name="ClientCertificate">Certificate for the TLS handshake.</param>
internal sealed record Credential(string? Authorization, ClientIdentity? ClientCertificate)
{
    private const string Bearer = "Bearer ";

    /// <summary>Where the header comes from, for messages.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Never the content.</summary>
    public override string ToString() => nameof(Credential);

    /// <summary>Adds to an answer 401 what is known about the credentials that were sent: what they are, and since when they are not
    /// valid. Nothing of their content but a certificate's names and dates, and a token's dates.</summary>
    /// <param name="fault">The server's answer.</param>
    /// <param name="now">The time now.</param>
    public ApiFault Explain(ApiFault fault, DateTimeOffset now)
    {
        var (fact, advice) = Describe(now);
        return fault with { Message = ApiFault.OneLine($"{fault.Message}: {fact}"), Advice = advice };
    }

    private (string Fact, string Advice) Describe(DateTimeOffset now)
    {
        if (ClientCertificate is { Certificate: var certificate } client && (Authorization is null || Validity(client, now) is not null))
        {
            var name = $"the client certificate {certificate.Subject} of {client.Origin}";
            return Validity(client, now) is { } expired
                ? ($"{name} {expired}", "get a new client certificate, or correct the clock")
                : (
                    $"{name}, signed by {certificate.Issuer}, was sent",
                    "check that the API server trusts this signer (--client-ca-file), and that the file has the whole chain"
                );
        }

        if (Authorization is null)
            return ("no credentials were sent", "give the kubeconfig's user a token, a client certificate or an exec plugin");
        if (!Authorization.StartsWith(Bearer, StringComparison.Ordinal))
            return (
                $"the user name and password of {Origin} were sent",
                "use a token or a client certificate (Kubernetes removed basic authentication in 1.19)"
            );
        return TokenValidity(Authorization[Bearer.Length..], now) is { } over
            ? ($"the token of {Origin} {over}", "get a new token, or correct the clock")
            : ($"the token of {Origin} was sent", "check the token, and that its service account still exists");
    }

    private static string? Validity(ClientIdentity client, DateTimeOffset now) =>
        Validity(
            new DateTimeOffset(client.Certificate.NotBefore.ToUniversalTime()),
            new DateTimeOffset(client.Certificate.NotAfter.ToUniversalTime()),
            now
        );

    /// <summary>The dates of a JSON Web Token, which everybody can read; its signature is for the server to check.
    /// <see href="https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"/></summary>
    private static string? TokenValidity(string token, DateTimeOffset now)
    {
        if (token.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return Validity(Time(claims.RootElement, "nbf"), Time(claims.RootElement, "exp"), now);
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // No such token, then: nothing is known about it.
            return null;
        }

        static DateTimeOffset? Time(JsonElement claims, string name) =>
            claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                ? DateTimeOffset.FromUnixTimeSeconds((long)value.GetDouble())
                : null;
    }

    private static string? Validity(DateTimeOffset? from, DateTimeOffset? until, DateTimeOffset now) =>
        until <= now ? $"expired at {Utc(until.Value)}"
        : from > now ? $"is not valid before {Utc(from.Value)}"
        : null;

    private static string Utc(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Buffers.Text;
using System.Text;
using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Access;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Access;

/// <summary>What an answer 401 is explained with: what was sent, and since when it is not valid.</summary>
public sealed class RefusedCredentialsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    /// <summary>A token's claims, and what is reported.</summary>
    [Theory]
    [InlineData("""{"exp":1795168800}""", "the token of F expired at 2026-11-20 10:00:00Z", "get a new token")]
    [InlineData("""{"exp":1795168801}""", "the token of F was sent", "check the token")]
    [InlineData("""{"nbf":1795172400,"exp":1795258800}""", "the token of F is not valid before 2026-11-20 11:00:00Z", "get a new token")]
    [InlineData("""{"exp":1795168800.5}""", "the token of F expired at 2026-11-20 10:00:00Z", "get a new token")]
    [InlineData("""{"exp":"soon"}""", "the token of F was sent", "check the token")]
    [InlineData("""{"exp":1e300}""", "the token of F was sent", "check the token")]
    [InlineData("""{}""", "the token of F was sent", "check the token")]
    [InlineData("""[1]""", "the token of F was sent", "check the token")]
    [InlineData("not json", "the token of F was sent", "check the token")]
    public void The_dates_of_a_token_are_told_and_nothing_else_of_it(string claims, string fact, string advice)
    {
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims));
        AssertExplained(Bearer($"header.{payload}.signature"), fact, advice, "header", payload, "signature");
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.b")]
    [InlineData("a.!!!.c")]
    [InlineData("a..c")]
    public void Of_another_token_only_its_place_is_told(string token) =>
        AssertExplained(Bearer(token), "the token of F was sent", "check the token", "opaque", "!!!");

    [Theory]
    [InlineData(-1, "is not valid before")]
    [InlineData(0.5, "")]
    [InlineData(2, "expired at")]
    public void The_dates_of_a_client_certificate_are_told(double lives, string validity)
    {
        var authority = new TestAuthority("client-ca");
        using var certificate = authority.Issue("alice");
        var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!;
        var client = ClientIdentity.Read(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), "kubeconfig F");
        var life = certificate.NotAfter - certificate.NotBefore;
        var now = new DateTimeOffset(certificate.NotBefore.ToUniversalTime()) + (life * lives);

        var fault = new Credential(null, client).Explain(new ApiFault(FaultKind.Unauthorized, "Unauthorized (HTTP 401)"), now);

        var at = lives < 0 ? certificate.NotBefore : certificate.NotAfter;
        Assert.Equal(
            validity.Length > 0
                ? "Unauthorized (HTTP 401): the client certificate CN=alice of kubeconfig F "
                    + $"{validity} {at.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z"
                : "Unauthorized (HTTP 401): the client certificate CN=alice of kubeconfig F, signed by CN=client-ca, was sent",
            fault.Message
        );
        Assert.StartsWith(
            validity.Length > 0 ? "get a new client certificate" : "check that the API server trusts this signer",
            fault.Advice,
            StringComparison.Ordinal
        );
        // With a token beside it: the server may have refused either, and an expired certificate is the likelier one.
        var both = new Credential("Bearer opaque", client) { Origin = "F" };
        Assert.Contains(
            validity.Length > 0 ? "the client certificate" : "the token of F was sent",
            both.Explain(new ApiFault(FaultKind.Unauthorized, "x"), now).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Other_credentials_are_named_by_their_kind()
    {
        AssertExplained(new Credential(null, null), "no credentials were sent", "give the kubeconfig's user a token");
        AssertExplained(
            new Credential("Basic bWU6c2VjcmV0", null) { Origin = "F" },
            "the user name and password of F were sent",
            "use a token or a client certificate",
            "bWU6"
        );
    }

    [Fact]
    public async Task The_gate_ends_with_what_is_wrong_with_the_credentials()
    {
        await using var gate = await GateHarness.StartAsync();
        using var refused = gate.Server.Always(_ => true, Answers.Status(401, "Unauthorized", "Unauthorized"));
        var payload = Base64Url.EncodeToString("{\"exp\":1795082400}"u8);
        await File.WriteAllTextAsync(gate.TokenFile, $"header.{payload}.signature");

        var result = await gate.RunAsync("job/db");

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(
            $"job/db: the credentials are not accepted: Unauthorized (HTTP 401): the token of the token file {gate.TokenFile} expired at "
                + "2026-11-19 10:00:00Z; get a new token, or correct the clock",
            result.Message
        );
        Assert.DoesNotContain(payload, string.Join('\n', gate.Lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_obtained_are_not_called_refused()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.User = "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin}";

        var result = await gate.RunAsync("job/db");

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("job/db: no usable credentials: kubeconfig ", result.Message, StringComparison.Ordinal);
        Assert.Empty(gate.Server.Requests);
    }

    private static Credential Bearer(string token) => new("Bearer " + token, null) { Origin = "F" };

    private static void AssertExplained(Credential credential, string fact, string advice, params string[] secrets)
    {
        var fault = credential.Explain(new ApiFault(FaultKind.Unauthorized, "Unauthorized (HTTP 401)"), Now);

        Assert.Equal($"Unauthorized (HTTP 401): {fact}", fault.Message);
        Assert.StartsWith(advice, fault.Advice, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, fault.Message + fault.Advice, StringComparison.Ordinal));
    }
}

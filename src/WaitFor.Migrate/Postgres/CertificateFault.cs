using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>What is wrong with a server's certificate that was refused. Npgsql does not say it: the certificate is fetched by one more
/// handshake, which is cut before any login.</summary>
internal sealed class CertificateFault(ServerSettings settings, ServerAddress server, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly X509Certificate2Collection _more = [];
    private X509Certificate2? _certificate;

    /// <summary>What is wrong, and what to do.</summary>
    public async Task<(string What, string Next)> FindAsync(CancellationToken cancel)
    {
        var authority = settings.Driver.RootCertificate is { } file ? $"a CA in {file}" : "an authority that this host trusts";
        var otherwise = (
            $"the server's certificate is not trusted: it must be signed by {authority}",
            "give the server's CA with sslrootcert"
        );
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            await FetchAsync(both.Token);
            return _certificate is null ? otherwise : Judge(_certificate, authority) ?? otherwise;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The first refusal stands, whatever this look found.
            return otherwise;
        }
        finally
        {
            _certificate?.Dispose();
        }
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        var own = settings.For(server);
        (own.SslMode, own.RootCertificate, own.Timeout) = (SslMode.Require, null, (int)Limit.TotalSeconds);
        try
        {
            await using var session = await Session.OpenAsync(
                own,
                source =>
                    source.UseSslClientAuthenticationOptionsCallback(options =>
                    {
                        options.TargetHost = server.Host;
                        options.RemoteCertificateValidationCallback = Keep;
                    }),
                cancel
            );
        }
        catch (NpgsqlException)
        {
            // Keep has refused it.
        }
    }

    private bool Keep(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not null && _certificate is null)
            _certificate = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
            _more.Add(X509CertificateLoader.LoadCertificate(element.Certificate.RawData));
        return false;
    }

    private (string What, string Next)? Judge(X509Certificate2 certificate, string authority)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (certificate.NotAfter.ToUniversalTime() is var end && end < now)
            return ($"the server's certificate expired on {Text(end)}", "renew it on the server");
        if (certificate.NotBefore.ToUniversalTime() is var start && start > now)
            return ($"the server's certificate is not valid before {Text(start)}", "check the clocks");
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ExtraStore.AddRange(_more);
        if (settings.Driver.RootCertificate is { } file)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }

        if (!chain.Build(certificate))
            return (
                $"the server's certificate is not trusted: it is signed by \"{certificate.Issuer}\", not by {authority}",
                "give the server's CA with sslrootcert"
            );
        if (settings.Driver.SslMode == SslMode.VerifyFull && !certificate.MatchesHostname(server.Host))
            return (
                $"the server's certificate is for {Names(certificate)}, not for {server.Host}",
                "correct the host, or check the CA only (sslmode=verify-ca)"
            );
        return null;
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(address => address.ToString()));
        }

        return names.Count > 0 ? string.Join(", ", names) : $"\"{certificate.Subject}\"";
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}

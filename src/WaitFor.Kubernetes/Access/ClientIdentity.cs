using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WaitFor.Kubernetes.Access;

/// <summary>A client certificate with its key, and the certificates of the authorities between it and a root: a server that trusts only
/// the root can check it with them.</summary>
internal sealed class ClientIdentity
{
    private const string Ed25519 = "1.3.101.112";

    private ClientIdentity(X509Certificate2 certificate, X509Certificate2Collection others, string origin) =>
        (Certificate, Others, Origin) = (certificate, others, origin);

    /// <summary>The client's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What else was given: intermediate authorities, perhaps the root.</summary>
    public X509Certificate2Collection Others { get; }

    /// <summary>Where it was found, for messages.</summary>
    public string Origin { get; }

    /// <summary>Reads PEM texts. The certificates may stand in any order; the client's own is the one that the key belongs to. Other
    /// blocks are skipped, so that both may stand in one file.</summary>
    /// <param name="certificates">One certificate or more.</param>
    /// <param name="key">The private key, RSA or ECDSA, not encrypted.</param>
    /// <param name="origin">Where they were found, for messages.</param>
    /// <exception cref="AccessException">They are not PEM, the key is encrypted or of another kind, or they do not belong
    /// together.</exception>
    public static ClientIdentity Read(string certificates, string key, string origin)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(certificates);
        }
        catch (CryptographicException exception)
        {
            throw Unusable(ApiFault.OneLine(exception.Message));
        }

        if (all.Count == 0)
            throw Unusable("the certificate has no PEM block BEGIN CERTIFICATE");
        if (
            key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
        )
            throw Unusable("the key is encrypted; decrypt it with openssl pkey -in KEY -out NEWKEY");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Unusable("the key has no PEM block BEGIN PRIVATE KEY");
        var own = all.Select(one => Pair(one, key)).FirstOrDefault(one => one is not null)
            ?? throw Unusable(
                all[0].PublicKey.Oid.Value == Ed25519
                    ? "an Ed25519 key is not supported; use an RSA or ECDSA key"
                    : "the key does not belong to the certificate"
            );
        var others = new X509Certificate2Collection();
        foreach (var other in all.Where(one => !one.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span)))
            others.Add(other);
        return new ClientIdentity(own, others, origin);

        AccessException Unusable(string reason) => new($"{origin}: client certificate and key are not usable: {reason}");
    }

    private static X509Certificate2? Pair(X509Certificate2 certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // An authority's, or one with another kind of key.
            return null;
        }
    }
}

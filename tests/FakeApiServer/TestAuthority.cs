using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WaitFor.Testing;

/// <summary>A certificate authority of a test's own.</summary>
public sealed class TestAuthority
{
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its common name.</param>
    public TestAuthority(string name)
        : this(name, signer: null) { }

    private TestAuthority(string name, TestAuthority? signer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (signer is null)
        {
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
            return;
        }

        using var issued = request.Create(
            signer._certificate,
            DateTimeOffset.UtcNow.AddHours(-12),
            DateTimeOffset.UtcNow.AddDays(1.5),
            RandomNumberGenerator.GetBytes(8)
        );
        _certificate = issued.CopyWithPrivateKey(key);
    }

    /// <summary>An authority that another one signed.</summary>
    public static TestAuthority Intermediate(string name, TestAuthority signer) => new(name, signer);

    /// <summary>The authority's certificate as PEM.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A server's or client's certificate for a host, by default one that is valid now.</summary>
    /// <param name="host">DNS name or IP address; a client's common name.</param>
    /// <param name="validFor">How long it is valid from a day ago on; a negative time makes an expired one.</param>
    public X509Certificate2 Issue(string host, TimeSpan? validFor = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        using var issued = Issue(request, host, validFor);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>The same with an RSA key.</summary>
    /// <param name="host">As above.</param>
    public X509Certificate2 IssueRsa(string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var issued = Issue(request, host, validFor: null);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>True where the chain that these make ends at this authority.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="others">What came with it.</param>
    public bool IsAnchorOf(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        return chain.Build(certificate);
    }

    private X509Certificate2 Issue(CertificateRequest request, string host, TimeSpan? validFor)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false)
        );
        var from = DateTimeOffset.UtcNow.AddHours(-2);
        var until = DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromDays(1));
        return request.Create(
            _certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!),
            from < until ? from : until.AddHours(-1),
            until,
            RandomNumberGenerator.GetBytes(8)
        );
    }
}

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace WaitFor.Migrate.Postgres;

/// <summary>The client's certificate where Npgsql cannot read its key, but libpq or pgjdbc can: a key in DER (pgjdbc's pk8), and both in
/// one PKCS#12 file.
/// <see href="https://www.postgresql.org/docs/18/libpq-ssl.html#LIBPQ-SSL-CLIENTCERT"/>
/// <see href="https://jdbc.postgresql.org/documentation/ssl/"/></summary>
internal static class ClientCertificate
{
    private const string Begin = "-----BEGIN ";

    /// <summary>True where Npgsql cannot read the key.</summary>
    public static bool IsOurs(NpgsqlConnectionStringBuilder driver) =>
        driver.SslKey is { } key && File.Exists(key) && (IsPkcs12(key) || !IsPem(File.ReadAllBytes(key)));

    /// <summary>Reads it, with its chain.</summary>
    /// <exception cref="CryptographicException">A file is not valid, or the password is not that of the key.</exception>
    public static X509Certificate2Collection Load(NpgsqlConnectionStringBuilder driver)
    {
        var (key, password) = (driver.SslKey!, driver.SslPassword);
        if (IsPkcs12(key))
            return X509CertificateLoader.LoadPkcs12CollectionFromFile(key, password);
        var chain = new X509Certificate2Collection();
        if (driver.SslCertificate is not { } file)
            throw new CryptographicException("there is a key, and no certificate");
        var content = File.ReadAllBytes(file);
        if (IsPem(content))
            chain.ImportFromPemFile(file);
        else
            chain.Add(X509CertificateLoader.LoadCertificate(content));
        using var leaf = chain[0];
        var (label, bytes) = (Label(File.ReadAllBytes(key)), File.ReadAllBytes(key));
        var pem = PemEncoding.WriteString(label, bytes);
        chain[0] = label.StartsWith("ENCRYPTED", StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(leaf.ExportCertificatePem(), pem, password)
            : X509Certificate2.CreateFromPem(leaf.ExportCertificatePem(), pem);
        return chain;
    }

    /// <summary>What is wrong with the files, if that can be seen; null where it cannot.</summary>
    public static string? Fault(NpgsqlConnectionStringBuilder driver)
    {
        var (certificate, key) = (driver.SslCertificate, driver.SslKey);
        if (certificate is not null && key is null)
            return "sslcert is the client's certificate, and its key is missing; give sslkey, or name the server's CA with sslrootcert";
        if (key is null || !File.Exists(key))
            return null;
        var text = File.ReadAllText(key);
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            return $"sslkey ({key}) is encrypted in OpenSSL's old form; convert it: openssl pkcs8 -topk8 -in {key}";
        return text.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) && driver.SslPassword is not { Length: > 0 }
            ? $"sslkey ({key}) is encrypted; give sslpassword"
            : null;
    }

    private static bool IsPkcs12(string file) =>
        file.EndsWith(".p12", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase);

    private static bool IsPem(byte[] content) => content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Begin)) >= 0;

    /// <summary>What a key in DER is: PKCS#8, encrypted PKCS#8, PKCS#1 or SEC 1.</summary>
    private static string Label(byte[] key)
    {
        try
        {
            var inner = new AsnReader(key, AsnEncodingRules.DER).ReadSequence();
            if (inner.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
                return "ENCRYPTED PRIVATE KEY";
            inner.ReadInteger();
            return inner.PeekTag() switch
            {
                var tag when tag.HasSameClassAndValue(Asn1Tag.Sequence) => "PRIVATE KEY",
                var tag when tag.HasSameClassAndValue(Asn1Tag.Integer) => "RSA PRIVATE KEY",
                _ => "EC PRIVATE KEY",
            };
        }
        catch (AsnContentException exception)
        {
            throw new CryptographicException("the key is neither PEM nor DER", exception);
        }
    }
}

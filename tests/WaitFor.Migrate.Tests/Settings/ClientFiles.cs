using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WaitFor.Testing;

namespace WaitFor.Migrate.Tests.Settings;

/// <summary>Client certificates in all forms in which libpq and pgjdbc read them, and a server that asks one user for it.</summary>
internal static class ClientFiles
{
    /// <summary>Starts a server that lets the user cert in by a certificate only.</summary>
    /// <param name="home">Takes the client's files.</param>
    /// <param name="open">A folder that the server's user can read.</param>
    public static async Task<PostgresServer> StartServerAsync(string home, string open)
    {
        var authority = new TestAuthority("clients");
        var middle = TestAuthority.Intermediate("middle", authority);
        using var client = authority.IssueRsa("cert");
        using var leaf = middle.IssueRsa("cert");
        using var key = client.GetRSAPrivateKey()!;
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        Write("client.crt", client.ExportCertificatePem());
        Write("client.key", key.ExportPkcs8PrivateKeyPem());
        Write("client.p1", key.ExportRSAPrivateKeyPem());
        Write("client.enc", key.ExportEncryptedPkcs8PrivateKeyPem("word", encryption));
        Write("client.pk8", key.ExportPkcs8PrivateKey());
        Write("client.p12", client.Export(X509ContentType.Pkcs12, "word"));
        Write("leaf.crt", leaf.ExportCertificatePem());
        Write("chain.crt", leaf.ExportCertificatePem() + "\n" + middle.Pem);
        Write("leaf.key", leaf.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Write("own/.postgresql/postgresql.crt", client.ExportCertificatePem());
        Write("own/.postgresql/postgresql.key", key.ExportPkcs8PrivateKeyPem());
        Write("other/.postgresql/root.crt", new TestAuthority("another").Pem);

        var (ca, hba) = (Path.Combine(open, "clients.crt"), Path.Combine(open, "hba.conf"));
        await File.WriteAllTextAsync(ca, authority.Pem);
        await File.WriteAllTextAsync(
            hba,
            "hostssl all cert all cert\nhost all free all trust\nlocal all all scram-sha-256\nhost all all all scram-sha-256\n"
        );
        var server = await PostgresServer.StartAsync($"ssl_ca_file = '{ca}'", $"hba_file = '{hba}'");
        File.Copy(server.CaFile, Path.Combine(home, "own/.postgresql/root.crt"));
        return server;

        void Write(string name, object content)
        {
            var path = Path.Combine(home, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (content is byte[] bytes)
                File.WriteAllBytes(path, bytes);
            else
                File.WriteAllText(path, (string)content);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}

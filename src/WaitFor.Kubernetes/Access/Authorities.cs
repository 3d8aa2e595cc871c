using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WaitFor.Kubernetes.Access;

/// <summary>The certificate authorities that a server's certificate is checked against.</summary>
public sealed class Authorities
{
    private readonly string? _file;
    private readonly string _field;

    private Authorities(string? file, string pem, string field)
    {
        _file = file;
        _field = field;
        Pem = pem;
        Certificates = Parse(pem, field);
    }

    /// <summary>The PEM text, as it was given.</summary>
    internal string Pem { get; }

    /// <summary>The certificates.</summary>
    internal X509Certificate2Collection Certificates { get; }

    /// <summary>True when they come from a file, which may be replaced while we run (a rolling CA).</summary>
    public bool FromFile => _file is not null;

    /// <summary>Where they come from, for messages.</summary>
    public string Origin => _file ?? _field;

    /// <summary>Reads them from a PEM file.</summary>
    /// <exception cref="AccessException">The file cannot be read, or holds no certificate.</exception>
    public static Authorities Read(string file) => new(file, Files.Read(file, "the CA file"), file);

    /// <summary>Takes them from PEM text of a kubeconfig's field.</summary>
    /// <exception cref="AccessException">It holds no certificate.</exception>
    internal static Authorities FromData(string pem, string field) => new(file: null, pem, field);

    /// <summary>The same authorities as they are now: read again where they come from a file. An unreadable file changes nothing (it may be
    /// in the middle of its replacement).</summary>
    internal Authorities Refresh()
    {
        try
        {
            return _file is null ? this : Read(_file);
        }
        catch (AccessException)
        {
            return this;
        }
    }

    private static X509Certificate2Collection Parse(string pem, string field)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new AccessException($"{field}: not a PEM certificate ({exception.Message})", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new AccessException($"{field}: no certificate in it; a PEM block BEGIN CERTIFICATE is expected");
    }
}

/// <summary>Reads the small files that access is made of.</summary>
internal static class Files
{
    /// <summary>Reads a text file.</summary>
    /// <exception cref="AccessException">It cannot be read: names the file and the reason.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new AccessException($"{what} {path} cannot be read: {Reason(exception)}; correct the path or the file", exception);
        }
    }

    private static string Reason(Exception exception) =>
        exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "it does not exist",
            UnauthorizedAccessException => "permission denied, or a folder",
            _ => ApiFault.OneLine(exception.Message),
        };
}

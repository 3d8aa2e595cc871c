using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WaitFor.Kubernetes.Access;

/// <summary>Who we are to the API server. Nothing of it is ever logged, and none of the types prints its content.</summary>
public abstract class Credentials
{
    /// <summary>The credentials to use for the next request.</summary>
    /// <param name="refused">True after the server refused the last ones (401): get new ones where that is possible.</param>
    /// <param name="cancel">Ends the wait for a plugin.</param>
    /// <exception cref="AccessException">There are none to be had.</exception>
    internal abstract ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel);

    /// <summary>Nobody: an anonymous client.</summary>
    internal static Credentials None { get; } = new Fixed(new Credential(null, null));

    /// <summary>A bearer token that does not change.</summary>
    internal static Credentials Token(string token, X509Certificate2? client = null) =>
        new Fixed(new Credential("Bearer " + token, client));

    /// <summary>Name and password.</summary>
    internal static Credentials Basic(string user, string password, X509Certificate2? client = null) =>
        new Fixed(new Credential("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), client));

    /// <summary>A client certificate alone.</summary>
    internal static Credentials Certificate(X509Certificate2 client) => new Fixed(new Credential(null, client));

    /// <summary>A bearer token in a file that is replaced now and then (a service account's: the kubelet rotates it at 80 % of its
    /// life).</summary>
    internal static Credentials TokenFile(string file, X509Certificate2? client = null) => new FromFile(file, client);

    /// <summary>A token goes into a header: visible ASCII.</summary>
    internal static string CheckToken(string token, Func<string, AccessException> error) =>
        token.All(character => character is > ' ' and < (char)127)
            ? token
            : throw error("the token holds characters that no token has (a line break, a blank, or not ASCII); get a new one");

    /// <summary>A client certificate with its key, from PEM texts.</summary>
    /// <exception cref="AccessException">They are not PEM, or do not belong together.</exception>
    internal static X509Certificate2 ReadCertificate(string certificate, string key, string origin)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new AccessException(
                $"{origin}: client certificate and key are not usable ({ApiFault.OneLine(exception.Message)})",
                exception
            );
        }
    }

    private sealed class Fixed(Credential credential) : Credentials
    {
        internal override ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel) => new(credential);
    }

    private sealed class FromFile(string file, X509Certificate2? client) : Credentials
    {
        private string? _last;

        /// <summary>Read for every request: there are two of them in ten minutes, and a file that was replaced is never missed.</summary>
        internal override ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel)
        {
            try
            {
                var token = Files.Read(file, "the token file").Trim();
                if (token.Length == 0)
                    throw new AccessException($"the token file {file} is empty; write a token into it");
                _last = CheckToken(token, reason => new AccessException($"the token file {file}: {reason}"));
            }
            catch (AccessException) when (_last is not null)
            {
                // In the middle of its replacement: the last one is good for a while yet.
            }

            return new(new Credential("Bearer " + _last, client));
        }
    }
}

/// <summary>What goes into a request and its connection.</summary>
/// <param name="Authorization">Value of the Authorization header.</param>
/// <param name="ClientCertificate">Certificate for the TLS handshake.</param>
internal sealed record Credential(string? Authorization, X509Certificate2? ClientCertificate)
{
    /// <summary>Never the content.</summary>
    public override string ToString() => nameof(Credential);
}

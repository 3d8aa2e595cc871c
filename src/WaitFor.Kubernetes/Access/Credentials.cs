using System.Text;

namespace WaitFor.Kubernetes.Access;

/// <summary>Who we are to the API server. Nothing of it is ever logged, and none of the types prints its content.</summary>
public abstract class Credentials
{
    /// <summary>The credentials to use for the next request.</summary>
    /// <param name="refused">True after the server refused the last ones (401): get new ones where that is possible.</param>
    /// <param name="cancel">Ends the wait for a plugin.</param>
    /// <exception cref="AccessException">None could be obtained.</exception>
    internal abstract ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel);

    /// <summary>Nobody: an anonymous client.</summary>
    internal static Credentials None { get; } = new Fixed(new Credential(null, null));

    /// <summary>A bearer token that does not change.</summary>
    internal static Credentials Token(string token, string origin, ClientIdentity? client = null) =>
        new Fixed(new Credential("Bearer " + token, client) { Origin = origin });

    /// <summary>The token that a flag gives, which takes the place of all credentials; null where none was given.</summary>
    /// <exception cref="AccessException">It is no token.</exception>
    internal static Credentials? Given(AccessOverrides overrides) =>
        overrides.Token is { } token ? Token(CheckToken(token, reason => new AccessException($"--token: {reason}")), "--token") : null;

    /// <summary>Name and password.</summary>
    internal static Credentials Basic(string user, string password, string origin, ClientIdentity? client = null) =>
        new Fixed(
            new Credential("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), client) { Origin = origin }
        );

    /// <summary>A client certificate alone.</summary>
    internal static Credentials Certificate(ClientIdentity client) => new Fixed(new Credential(null, client));

    /// <summary>A bearer token in a file that is replaced now and then (a service account's: the kubelet rotates it at 80 % of its
    /// life).</summary>
    internal static Credentials TokenFile(string file, ClientIdentity? client = null) => new FromFile(file, client);

    /// <summary>A token goes into a header: visible ASCII.</summary>
    internal static string CheckToken(string token, Func<string, AccessException> error) =>
        token.All(character => character is > ' ' and < (char)127)
            ? token
            : throw error("the token contains characters that are not allowed (a line break, a blank, or not ASCII); get a new one");

    private sealed class Fixed(Credential credential) : Credentials
    {
        internal override ValueTask<Credential> GetAsync(bool refused, CancellationToken cancel) => new(credential);
    }

    private sealed class FromFile(string file, ClientIdentity? client) : Credentials
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

            return new(new Credential("Bearer " + _last, client) { Origin = $"the token file {file}" });
        }
    }
}

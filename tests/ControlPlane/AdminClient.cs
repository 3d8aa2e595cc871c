using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WaitFor.Testing;

/// <summary>
/// Raw JSON to and from the API server. The part in AdminClient.Helpers.cs sets the stage for a test:
/// namespaces, service accounts, access, and the statuses that a kubelet would write.
/// </summary>
public sealed partial class AdminClient : IDisposable
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly Uri server;
    private readonly Version kubernetesVersion;

    /// <summary>A client for one server and one bearer token.</summary>
    /// <param name="server">For example <c>https://127.0.0.1:6443</c>.</param>
    /// <param name="caFile">The certificates to trust, PEM; no others are trusted.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="kubernetesVersion">The server's version: what has to be waited for depends on it.</param>
    public AdminClient(Uri server, string caFile, string token, Version kubernetesVersion)
    {
        this.server = server;
        this.kubernetesVersion = kubernetesVersion;

        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(caFile);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        };
        http = new HttpClient(handler) { Timeout = RequestLimit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>GET.</summary>
    /// <param name="path">Path and query, for example <c>/api/v1/namespaces/a/pods?limit=1</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer's JSON; text that is not JSON as a string; null when the body is empty.</returns>
    /// <exception cref="AdminException">Any answer but success.</exception>
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, body: null, "", cancellationToken);

    /// <summary>POST, for example of a new object to its collection.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PostAsync(string path, JsonNode body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, body, "application/json", cancellationToken);

    /// <summary>POST of a manifest as it stands.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PostYamlAsync(string path, string manifest, CancellationToken cancellationToken = default) =>
        SendTextAsync(HttpMethod.Post, path, manifest, "application/yaml", cancellationToken);

    /// <summary>PATCH with a manifest as it stands, as <c>kubectl apply --server-side</c> does: creates the object, or changes
    /// it.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> ApplyYamlAsync(string path, string manifest, CancellationToken cancellationToken = default) =>
        SendTextAsync(HttpMethod.Patch, path + "?fieldManager=tests", manifest, "application/apply-patch+yaml", cancellationToken);

    /// <summary>PUT, which replaces an object.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PutAsync(string path, JsonNode body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, path, body, "application/json", cancellationToken);

    /// <summary>PATCH.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PatchAsync(
        string path,
        JsonNode body,
        string contentType = "application/merge-patch+json",
        CancellationToken cancellationToken = default
    ) => SendAsync(HttpMethod.Patch, path, body, contentType, cancellationToken);

    /// <summary>DELETE.</summary>
    /// <param name="path">The object's path, or the collection's.</param>
    /// <param name="options">A <c>DeleteOptions</c> object, for example with <c>propagationPolicy</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer's JSON: the object, or a <c>Status</c>.</returns>
    /// <exception cref="AdminException">Any answer but success.</exception>
    public Task<JsonNode?> DeleteAsync(string path, JsonNode? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, path, options, "application/json", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Whether <c>/readyz</c> says yes; no answer, or none in time, is a no.</summary>
    internal async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyLimit);
        try
        {
            using var response = await http.GetAsync(new Uri(server, "/readyz"), limit.Token);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Task<JsonNode?> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string contentType,
        CancellationToken cancellationToken
    ) => SendTextAsync(method, path, body?.ToJsonString(), contentType, cancellationToken);

    private async Task<JsonNode?> SendTextAsync(
        HttpMethod method,
        string path,
        string? body,
        string contentType,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(server, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }

        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? Parse(text) : throw new AdminException(method, path, response.StatusCode, text);
    }

    private async Task<JsonNode?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, cancellationToken);
        }
        catch (AdminException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text); // /readyz, /metrics, a pod's log
        }
    }
}

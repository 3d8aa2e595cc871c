using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;

namespace WaitFor.Testing;

/// <summary>
/// The administrator of a test's API server: KubernetesClient, with requests by path for where a test needs exact JSON.
/// It shares no code with the programs under test, so what it sees on the server is an independent witness.
/// The part in Administrator.Stage.cs prepares the cluster for a test.
/// </summary>
public sealed partial class Administrator : Kubernetes
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    private readonly Version kubernetesVersion;

    /// <summary>A client for one server and one bearer token.</summary>
    /// <param name="server">For example <c>https://127.0.0.1:6443</c>.</param>
    /// <param name="caFile">The certificates to trust, PEM.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="kubernetesVersion">The server's version: what the helpers wait for depends on it.</param>
    public Administrator(Uri server, string caFile, string token, Version kubernetesVersion)
        : base(Configuration(server, caFile, token))
    {
        this.kubernetesVersion = kubernetesVersion;
    }

    /// <summary>GET.</summary>
    /// <param name="path">Path and query, for example <c>/api/v1/namespaces/a/pods?limit=1</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer's JSON; text that is not JSON as a string; null when the body is empty.</returns>
    /// <exception cref="HttpOperationException">Any answer but success.</exception>
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, body: null, "", cancellationToken);

    /// <summary>POST, for example of a new object to its collection.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PostAsync(string path, JsonNode body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, body.ToJsonString(), "application/json", cancellationToken);

    /// <summary>POST of a manifest as it is.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PostYamlAsync(string path, string manifest, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, manifest, "application/yaml", cancellationToken);

    /// <summary>PATCH with a manifest as it is, as <c>kubectl apply --server-side</c> does: creates or changes the object.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> ApplyYamlAsync(string path, string manifest, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Patch, path + "?fieldManager=tests", manifest, "application/apply-patch+yaml", cancellationToken);

    /// <summary>PUT, which replaces an object.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PutAsync(string path, JsonNode body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, path, body.ToJsonString(), "application/json", cancellationToken);

    /// <summary>PATCH.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonNode?> PatchAsync(
        string path,
        JsonNode body,
        string contentType = "application/merge-patch+json",
        CancellationToken cancellationToken = default
    ) => SendAsync(HttpMethod.Patch, path, body.ToJsonString(), contentType, cancellationToken);

    /// <summary>DELETE.</summary>
    /// <param name="path">The object's path, or the collection's.</param>
    /// <param name="options">A <c>DeleteOptions</c> object, for example with <c>propagationPolicy</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer's JSON: the object, or a <c>Status</c>.</returns>
    /// <exception cref="HttpOperationException">Any answer but success.</exception>
    public Task<JsonNode?> DeleteAsync(string path, JsonNode? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, path, options?.ToJsonString(), "application/json", cancellationToken);

    /// <summary>Whether <c>/readyz</c> says yes; no answer, or none within 5s, is a no.</summary>
    internal async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyLimit);
        try
        {
            await GetAsync("/readyz", limit.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or HttpOperationException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static KubernetesClientConfiguration Configuration(Uri server, string caFile, string token)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        return new KubernetesClientConfiguration
        {
            Host = server.AbsoluteUri,
            SslCaCerts = authorities,
            AccessToken = token,
            HttpClientTimeout = RequestLimit,
            FirstMessageHandlerSetup = handler => handler.UseProxy = false,
        };
    }

    private async Task<JsonNode?> SendAsync(
        HttpMethod method,
        string path,
        string? body,
        string contentType,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RequestLimit);
        using var request = new HttpRequestMessage(method, new Uri(BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }

        using var response = await SendRequestRaw(body, request, limit.Token);
        return Parse(await response.Content.ReadAsStringAsync(limit.Token));
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

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WaitFor.Testing;

/// <summary>A request as the server saw it.</summary>
/// <param name="Path">Path without the query.</param>
/// <param name="Query">The query's parameters.</param>
/// <param name="Authorization">The Authorization header, or an empty string.</param>
/// <param name="UserAgent">The User-Agent header, or an empty string.</param>
public sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Query, string Authorization, string UserAgent)
{
    /// <summary>True for a watch, false for a list.</summary>
    public bool IsWatch => Query.ContainsKey("watch");

    /// <summary>The <c>Impersonate-*</c> headers, <c>name: value</c>, in the order of their names.</summary>
    public IReadOnlyList<string> Impersonation { get; init; } = [];

    /// <summary><see cref="ObjectStore.EndsOfWatches" /> when it arrived.</summary>
    internal int EndsBefore { get; init; }

    /// <summary>The last part of the path, such as <c>jobs</c>.</summary>
    public string Resource => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>What a scripted request gets.</summary>
public delegate Task Answer(HttpContext context);

/// <summary>An API server in the process, over TLS on a free port of 127.0.0.1: it serves what is in its <see cref="Objects"/>, except
/// where the script says otherwise.</summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly List<(Func<SeenRequest, bool> Matches, Answer Answer, bool Always)> _script = [];
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Arrived)> _waiters = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Troubles _troubles;

    private FakeApiServer(WebApplication application, TestAuthority authority, ObjectStore objects, Troubles troubles)
    {
        (_application, _troubles) = (application, troubles);
        Authority = authority;
        Objects = objects;
        application.Run(ServeAsync);
    }

    /// <summary>The address, with the port that was free.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The authority that signed the server's certificate.</summary>
    public TestAuthority Authority { get; }

    /// <summary>The server's certificate for new connections.</summary>
    public X509Certificate2 Certificate { get; set; } = null!;

    /// <summary>What is served.</summary>
    public ObjectStore Objects { get; }

    /// <summary>All requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Why connections ended before a request came, the last ones: what a client alone cannot tell.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles.Last;

    /// <summary>Starts a server, and sees that a client can come in: one in some thousands, on a machine under load, closes each connection
    /// before the handshake's end, from its start on
    /// (seen twice; why is not known). Another one is started in its place.</summary>
    /// <param name="certificate">The server's certificate; null: a good one.</param>
    /// <param name="protocols">The versions of HTTP that it offers.</param>
    /// <param name="clients">The authority of its clients, of which it knows the root alone; null: it asks for no certificate.</param>
    /// <exception cref="InvalidOperationException">Three in a row let nobody in.</exception>
    public static async Task<FakeApiServer> StartAsync(
        Func<TestAuthority, X509Certificate2>? certificate = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        TestAuthority? clients = null
    )
    {
        for (var tries = 1; ; tries++)
        {
            var server = await StartOneAsync(certificate, protocols, clients);
            if (await server.LetsInAsync())
                return server;
            var troubles = string.Join('\n', server.Troubles);
            await server.DisposeAsync();
            if (tries == 3)
                throw new InvalidOperationException($"three servers in a row let nobody in; the last one said: {troubles}");
        }
    }

    private async Task<bool> LetsInAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "127.0.0.1",
                    AllowTlsResume = false,
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                }
            );
            return true;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<FakeApiServer> StartOneAsync(
        Func<TestAuthority, X509Certificate2>? certificate,
        HttpProtocols protocols,
        TestAuthority? clients
    )
    {
        var authority = new TestAuthority("fake-api-server-ca");
        FakeApiServer? server = null;
        var troubles = new Troubles();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(troubles).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                listen.UseHttps(https =>
                {
                    https.ServerCertificateSelector = (_, _) => server!.Certificate;
                    if (clients is null)
                        return;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (client, chain, _) =>
                        clients.IsAnchorOf(client, chain?.ChainPolicy.ExtraStore ?? []);
                });
            });
        });
        var application = builder.Build();
        server = new FakeApiServer(application, authority, new ObjectStore(), troubles)
        {
            Certificate = (certificate ?? (from => from.Issue("127.0.0.1")))(authority),
        };
        await application.StartAsync();
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>What a request gets that no script speaks of, for scripts that only hold it up.</summary>
    public Answer Stored => context => Objects.ServeAsync(context, (SeenRequest)context.Items[typeof(SeenRequest)]!);

    /// <summary>Completes when so many matching requests have arrived.</summary>
    public Task ArrivedAsync(Func<SeenRequest, bool> matches, int count)
    {
        lock (_waiters)
        {
            if (_requests.Count(matches) >= count)
                return Task.CompletedTask;
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((() => _requests.Count(matches) >= count, arrived));
            return arrived.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>The next request that matches gets this answer; answers for the same requests are used up in the order in which they were
    /// given.</summary>
    public void Next(Func<SeenRequest, bool> matches, params Answer[] answers)
    {
        lock (_script)
            _script.AddRange(answers.Select(answer => (matches, answer, false)));
    }

    /// <summary>Every request that matches gets this answer, until the result is disposed.</summary>
    public IDisposable Always(Func<SeenRequest, bool> matches, Answer answer)
    {
        var entry = (matches, answer, true);
        lock (_script)
            _script.Add(entry);
        return new Removal(() =>
        {
            lock (_script)
                _script.Remove(entry);
        });
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        using var patience = new CancellationTokenSource();
        await patience.CancelAsync();
        // It does not wait for open watches.
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        _stopped.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = Seen(context) with { EndsBefore = Objects.EndsOfWatches };
        context.Items[typeof(SeenRequest)] = request;
        lock (_waiters)
        {
            _requests.Enqueue(request);
            foreach (var waiter in _waiters.Where(waiter => waiter.Holds()).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Arrived.SetResult();
            }
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopped.Token);
        context.RequestAborted = ended.Token;
        try
        {
            await (Scripted(request) ?? Stored)(context);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client is gone, or the server stops: nobody hears an answer.
        }
    }

    private static SeenRequest Seen(HttpContext context) =>
        new(
            context.Request.Path.Value!,
            context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            context.Request.Headers.Authorization.ToString(),
            context.Request.Headers.UserAgent.ToString()
        )
        {
            Impersonation =
            [
                .. context
                    .Request.Headers.Where(header => header.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
                    .SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}"))
                    .Order(StringComparer.Ordinal),
            ],
        };

    private Answer? Scripted(SeenRequest request)
    {
        lock (_script)
        {
            var index = _script.FindIndex(entry => entry.Matches(request));
            if (index < 0)
                return null;
            var (_, answer, always) = _script[index];
            if (!always)
                _script.RemoveAt(index);
            return answer;
        }
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}

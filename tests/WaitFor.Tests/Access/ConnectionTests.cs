using System.Net;
using System.Net.Sockets;
using System.Text;
using WaitFor.Testing;
using WaitFor.Tests.Watching;

namespace WaitFor.Tests.Access;

/// <summary>What the fields of a kubeconfig's cluster do to a connection.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task The_certificate_may_be_for_the_tls_server_name()
    {
        await using var gate = await GateHarness.StartAsync(certificate: authority => authority.Issue("kubernetes.example"));
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));

        Assert.Equal(0, (await gate.RunAsync("job/db", more: ", tls-server-name: kubernetes.example")).ExitCode);
    }

    /// <summary>As in kubectl: each given certificate is an anchor; and a chain that only looks right is none.</summary>
    [Theory]
    [InlineData("an intermediate authority", 0)]
    [InlineData("the server's own certificate", 0)]
    [InlineData("an authority of the same name with another key", 3)]
    public async Task The_CA_may_be_any_certificate_of_the_chain(string given, int exitCode)
    {
        var intermediate = TestAuthority.Intermediate("intermediate", new TestAuthority("root"));
        var leaf = intermediate.Issue("127.0.0.1");
        await using var gate = await GateHarness.StartAsync(certificate: _ => leaf);
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        await File.WriteAllTextAsync(
            gate.AuthorityFile,
            given switch
            {
                "an intermediate authority" => intermediate.Pem,
                "the server's own certificate" => leaf.ExportCertificatePem(),
                _ => TestAuthority.Intermediate("intermediate", new TestAuthority("root")).Pem,
            }
        );

        Assert.Equal(exitCode, (await gate.RunAsync("job/db", authoritiesFromFile: false)).ExitCode);
    }

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_date()
    {
        await using var gate = await GateHarness.StartAsync(certificate: authority => authority.Issue("127.0.0.1", TimeSpan.FromHours(-1)));

        var result = await gate.RunAsync("job/db", authoritiesFromFile: false);

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith(
            $"job/db: the certificate CN=127.0.0.1 of {gate.Server.Address.Authority} expired at ",
            result.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("Z; renew it on the API server, or correct the clock", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_told()
    {
        await using var gate = await GateHarness.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = RefuseAsync(listener, readsHead: false);
        gate.Through = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        var running = gate.RunAsync("job/db --timeout 1h");
        await gate.Lines.ContainsAsync("API server: the server does not speak TLS; check the port and the scheme");
        gate.Interrupt();
        await running;

        listener.Stop();
        await refusing;
    }

    [Fact]
    public async Task A_proxys_password_is_in_no_line()
    {
        await using var gate = await GateHarness.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = RefuseAsync(listener);

        var running = gate.RunAsync(
            "job/db --timeout 1h",
            more: $", proxy-url: \"http://me:S3CRET@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}\""
        );
        await gate.Lines.ContainsAsync("API server: ");
        gate.Interrupt();

        Assert.DoesNotContain("S3CRET", (await running).Message + string.Join('\n', gate.Lines.All), StringComparison.Ordinal);
        listener.Stop();
        await refusing;
    }

    /// <summary>A proxy that cannot reach anything.</summary>
    private static async Task RefuseAsync(TcpListener listener, bool readsHead = true)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                if (readsHead)
                    await ReadHeadAsync(client.GetStream(), CancellationToken.None);
                await client.GetStream().WriteAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception exception)
            when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    [Fact]
    public async Task Requests_go_through_the_proxy_with_its_password()
    {
        await using var gate = await GateHarness.StartAsync();
        gate.Server.Objects.Put(ApiObjects.Jobs("shop"), ApiObjects.JobComplete("db"));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var heads = new List<string>();
        var serving = ServeProxyAsync(listener, heads, stop.Token);

        var result = await gate.RunAsync(
            "job/db",
            more: $", proxy-url: \"http://me:pass@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}\""
        );
        await stop.CancelAsync();
        await serving;

        Assert.Equal(0, result.ExitCode);
        Assert.All(heads, head =>
            Assert.StartsWith($"CONNECT 127.0.0.1:{gate.Server.Address.Port} HTTP/1.1", head, StringComparison.Ordinal)
        );
        Assert.Contains(heads, head =>
            head.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("me:pass"u8), StringComparison.OrdinalIgnoreCase)
        );
    }

    /// <summary>A proxy that asks for a password, then passes bytes on.</summary>
    private static async Task ServeProxyAsync(TcpListener listener, List<string> heads, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancel);
                var stream = client.GetStream();
                while (await ReadHeadAsync(stream, cancel) is { Length: > 0 } head)
                {
                    heads.Add(head);
                    if (!head.Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
                    {
                        await stream.WriteAsync(
                            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"u8
                                .ToArray()
                                .Concat("Content-Length: 0\r\n\r\n"u8.ToArray())
                                .ToArray(),
                            cancel
                        );
                        continue;
                    }

                    await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancel);
                    using var server = new TcpClient();
                    var target = head.Split(' ')[1].Split(':');
                    await server.ConnectAsync(target[0], int.Parse(target[1], System.Globalization.CultureInfo.InvariantCulture), cancel);
                    await Task.WhenAny(stream.CopyToAsync(server.GetStream(), cancel), server.GetStream().CopyToAsync(stream, cancel));
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The test is over, or a client went away.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancel) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }
}

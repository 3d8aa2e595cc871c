using System.Net;
using System.Net.Sockets;

namespace WaitFor.Migrate.Tests;

/// <summary>A TCP server that does with each connection what a test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    /// <param name="script">What is done with a connection, which is closed after it; the token ends it with the test.</param>
    public ScriptedServer(Func<Socket, CancellationToken, Task> script)
    {
        _listener.Start();
        _accepting = AcceptAsync(script);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Reads what the client sends next, some of it.</summary>
    public static async Task<byte[]> ReadAsync(Socket client, CancellationToken cancel)
    {
        var buffer = new byte[8192];
        return buffer[..await client.ReceiveAsync(buffer, cancel)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> script)
    {
        while (true)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token), script));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client, Func<Socket, CancellationToken, Task> script)
    {
        using (client)
        {
            try
            {
                await script(client, _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The client has left, or the test is over.
            }
        }
    }
}

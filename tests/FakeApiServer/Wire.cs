using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WaitFor.Testing;

/// <summary>The network before a server, for what a server cannot do by itself: to refuse connections, and to let them hang without a
/// word.</summary>
public sealed class Wire : IAsyncDisposable
{
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Pair> _pairs = new();

    /// <summary>Bound, never listening: it keeps the port while nobody listens on it.</summary>
    private readonly Socket _placeholder = Bind(0);
    private readonly int _port;
    private readonly List<Task> _accepting = [];
    private Socket? _listener;

    /// <summary>Makes a wire to a server on this machine, over which connections come through.</summary>
    /// <param name="server">The server's address.</param>
    public Wire(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _port = ((IPEndPoint)_placeholder.LocalEndPoint!).Port;
        Address = new UriBuilder(server) { Port = _port }.Uri;
        Up();
    }

    /// <summary>Where the server is found over this wire.</summary>
    public Uri Address { get; }

    /// <summary>Takes connections again.</summary>
    public void Up()
    {
        _listener = Bind(_port);
        _listener.Listen();
        _accepting.Add(AcceptAsync(_listener));
    }

    /// <summary>Resets all connections, and refuses new ones.</summary>
    public void Down()
    {
        _listener?.Dispose();
        foreach (var pair in _pairs.Values)
            pair.Reset();
    }

    /// <summary>From now on nothing comes through a connection any more, in either direction; both ends stay up.</summary>
    /// <param name="port">The connection's port as the server sees it.</param>
    public void Freeze(int port)
    {
        if (_pairs.TryGetValue(port, out var pair))
            pair.Frozen = true;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Down();
        await _stop.CancelAsync();
        await Task.WhenAll(_accepting);
        _placeholder.Dispose();
        _stop.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(_stop.Token);
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await server.ConnectAsync(_server, _stop.Token);
                client.NoDelay = true;
                var pair = new Pair(client, server);
                _pairs[((IPEndPoint)server.LocalEndPoint!).Port] = pair;
                _ = PumpAsync(pair, client, server);
                _ = PumpAsync(pair, server, client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is down, or the test is over.
        }
    }

    private async Task PumpAsync(Pair pair, Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                // A peer that hangs reads nothing: what was under way is lost.
                if (pair.Frozen)
                    return;
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }

            if (!pair.Frozen)
                to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            pair.Reset();
        }
    }

    private sealed class Pair(Socket client, Socket server)
    {
        public volatile bool Frozen;

        public void Reset()
        {
            client.Close(0);
            server.Close(0);
        }
    }
}

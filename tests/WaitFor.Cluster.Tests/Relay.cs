using System.Net;
using System.Net.Sockets;

namespace WaitFor.Cluster.Tests;

/// <summary>
/// The network between some gates and the API server: its own port that hands all bytes on, and that can be cut.
/// The server stays up meanwhile, so that what happens to a Job then is known to be unseen by the gate. TLS goes through
/// untouched: the certificate is for 127.0.0.1, whatever the port.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _server;
    private readonly Task _accepting;
    private TaskCompletionSource _passage = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to hand on.</summary>
    /// <param name="server">The port of the API server on 127.0.0.1.</param>
    public Relay(int server)
    {
        _server = server;
        _passage.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the gates connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Resets all connections; new ones hang from now on, as they do where packets are lost. So the next thing that a gate asks
    /// for is what it gets
    /// after the cut: were it refused instead, it would ask again, and differently.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _passage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var socket in _open)
                socket.Close(timeout: 0);
            _open.Clear();
        }
    }

    /// <summary>Lets connections through again, those that hang as well.</summary>
    public void Restore() => _passage.TrySetResult();

    public void Dispose()
    {
        Cut();
        // What hangs finds its socket closed.
        Restore();
        _listener.Dispose();
        _accepting.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = HandOnAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was disposed.
        }
    }

    private async Task HandOnAsync(Socket gate)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await Keep(gate, server);
            await server.ConnectAsync(IPAddress.Loopback, _server);
            await using var toGate = new NetworkStream(gate);
            await using var toServer = new NetworkStream(server);
            // What ends one direction ends the connection: neither side of HTTP goes on after the other has closed.
            await await Task.WhenAny(toGate.CopyToAsync(toServer), toServer.CopyToAsync(toGate));
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // The server is down, one side has gone, or the relay was cut: the gate sees a connection that is reset.
        }
        finally
        {
            lock (_lock)
            {
                _open.Remove(gate);
                _open.Remove(server);
            }

            gate.Close(timeout: 0);
        }
    }

    private Task Keep(params Socket[] ends)
    {
        lock (_lock)
        {
            _open.UnionWith(ends);
            return _passage.Task;
        }
    }
}

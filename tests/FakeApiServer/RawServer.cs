using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace WaitFor.Testing;

/// <summary>A server over TLS that keeps to no rule of HTTP: what it answers is up to the test, byte by byte.</summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private readonly X509Certificate2 _certificate;
    private readonly Func<Stream, CancellationToken, Task> _answer;
    private long _sent;
    private int _requests;

    /// <summary>Starts it.</summary>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="answer">Answers one request on a connection, whose head was read; the connection is closed after it.</param>
    public RawServer(X509Certificate2 certificate, Func<Stream, CancellationToken, Task> answer)
    {
        (_certificate, _answer) = (certificate, answer);
        _listener.Start();
        Address = new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Its address.</summary>
    public Uri Address { get; }

    /// <summary>How many requests there were.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many bytes clients took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Sends a piece again and again, until the client does not take it any more.</summary>
    public async Task SendForEverAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        while (true)
        {
            await stream.WriteAsync(piece, cancel);
            Interlocked.Add(ref _sent, piece.Length);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // A listener that is stopped under it would end the loop in another way.
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _requests);
        using (client)
        {
            try
            {
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = _certificate },
                    _stop.Token
                );
                var head = new byte[8 * 1024];
                for (var length = 0; !head.AsSpan(0, length).EndsWith("\r\n\r\n"u8); )
                {
                    var read = await stream.ReadAsync(head.AsMemory(length), _stop.Token);
                    if (read == 0)
                        return;
                    length += read;
                }

                await _answer(stream, _stop.Token);
            }
            catch (Exception exception)
                when (exception is IOException or AuthenticationException or OperationCanceledException or SocketException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace WaitFor.Testing;

/// <summary>Free TCP ports on 127.0.0.1.</summary>
internal static class Ports
{
    // Below the range from which the kernel takes the local ports of outgoing connections: while a server is down between
    // a kill and a restart, no connection may take its port (a client that keeps trying could even connect to itself).
    private const int First = 10_000;
    private const int KernelDefault = 32_768;
    private const int Attempts = 200;

    /// <summary>As many different ports as asked for, free at this moment.</summary>
    /// <exception cref="IOException">None could be found.</exception>
    public static int[] Free(int count)
    {
        var end = EphemeralStart();
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var attempt = 0; attempt < Attempts && listeners.Count < count; attempt++)
            {
                var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(First, end));
                try
                {
                    listener.Start();
                    listeners.Add(listener);
                }
                catch (SocketException)
                {
                    listener.Dispose();
                }
            }

            return listeners.Count == count
                ? [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)]
                : throw new IOException("no free ports on 127.0.0.1");
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    private static int EphemeralStart()
    {
        const string File = "/proc/sys/net/ipv4/ip_local_port_range";
        var text = System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File).Split('\t', ' ')[0] : "";
        var start = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : KernelDefault;
        return start > First + 1000 ? start : KernelDefault;
    }
}

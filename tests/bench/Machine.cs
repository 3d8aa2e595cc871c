using System.Globalization;

namespace WaitFor.Bench;

/// <summary>What the numbers depend on.</summary>
internal static class Machine
{
    /// <summary>How many processors, and which.</summary>
    public static string Cores
    {
        get
        {
            // arm64 kernels do not tell the model.
            var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
            return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores{(model is null ? "" : $" {model}")}");
        }
    }

    /// <summary>The kernel's version.</summary>
    public static string Kernel => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>The load of the last minute: what else ran.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The size of the host's certificate store; with none, the rows with and without it measure the same.</summary>
    public static int Certificates =>
        new[] { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem" } // Debian, Fedora, SUSE
            .Where(File.Exists)
            .Select(file => File.ReadLines(file).Count(line => line.StartsWith("-----BEGIN CERT", StringComparison.Ordinal)))
            .FirstOrDefault();
}

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
            var model = File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[1]
                .Trim();
            return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores{(model is null ? "" : $" {model}")}");
        }
    }

    /// <summary>The kernel's version.</summary>
    public static string Kernel => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>The load of the last minute: what else ran.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The memory that new processes can take, in bytes, without any other having to go.</summary>
    public static double AvailableMemory =>
        1024 * (KiloBytes("/proc/meminfo", "MemAvailable:") ?? throw new MeasureException("/proc/meminfo does not tell MemAvailable"));

    /// <summary>The processor time that a process has taken so far, user and system: its stat, see proc(5).</summary>
    public static TimeSpan ProcessorTime(int processId)
    {
        // The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field, in ticks of 10 ms on every Linux of today.
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(
            10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))
        );
    }

    /// <summary>A line <c>Field:  123 kB</c> of a file below /proc; null where there is none.</summary>
    public static double? KiloBytes(string file, string field) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            : null;

    /// <summary>The size of the host's certificate store; with none, the rows with and without it measure the same.</summary>
    public static int Certificates =>
        new[] { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem" } // Debian, Fedora, SUSE
            .Where(File.Exists)
            .Select(file => File.ReadLines(file).Count(line => line.StartsWith("-----BEGIN CERT", StringComparison.Ordinal)))
            .FirstOrDefault();
}

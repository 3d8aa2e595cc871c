using System.Runtime.InteropServices;

namespace WaitFor.Kubernetes.Access;

/// <summary>The host's certificate store. The runtime loads all of it before the first handshake of the process, whoever makes it
/// (measured: 50 ms of CPU against 8), also where only
/// one authority counts, or none.</summary>
public static partial class HostStore
{
    private static bool _needed;

    /// <summary>A connection of this process trusts the host's authorities. To be told before the first handshake.</summary>
    public static void Need()
    {
        HaveHome();
        _needed = true;
    }

    /// <summary>A connection does without them: they stay unread, unless another needs them. Native code reads libc's environment, which
    /// Environment.SetEnvironmentVariable does not reach.</summary>
    public static void LeaveUnread()
    {
        HaveHome();
        if (_needed || !OperatingSystem.IsLinux())
            return;
        // Fixes the managed copy first: what our child processes see stays as it was.
        _ = System.Environment.GetEnvironmentVariables();
        _ = SetEnv("SSL_CERT_FILE", "/dev/null", 1);
        _ = SetEnv("SSL_CERT_DIR", "/dev/null", 1);
    }

    /// <summary>Before the first handshake the runtime looks for certificates in the home folder, and fails where there is neither HOME nor
    /// an entry in /etc/passwd (an empty image).</summary>
    private static void HaveHome()
    {
        if (string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("HOME")))
            System.Environment.SetEnvironmentVariable("HOME", "/nonexistent");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnv(string name, string value, int overwrite);
}

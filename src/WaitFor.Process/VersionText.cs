using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace WaitFor.Process;

/// <summary>What <c>--version</c> prints.</summary>
public static class VersionText
{
    /// <summary>Two lines: the program and its version; then the runtime, and on Linux the OpenSSL, that it runs with.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="version">The program's version.</param>
    public static string Of(string program, string version) => $"{program} {version}\n{RuntimeInformation.FrameworkDescription}{OpenSsl}";

    // The library itself is asked (OpenSSL_version_num(3)): in the published file that is the one that was linked in.
    // The TLS of other systems is their own, and is updated with them.
    private static string OpenSsl => OperatingSystem.IsLinux() ? ", OpenSSL " + OpenSslVersion(SafeEvpPKeyHandle.OpenSslVersion) : "";

    /// <summary>The version in a number of OpenSSL 3 and newer: 0xMNN00PP0, major, minor and patch
    /// (https://docs.openssl.org/3.0/man3/OpenSSL_version/).</summary>
    private static string OpenSslVersion(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number >> 28}.{(number >> 20) & 0xff}.{(number >> 4) & 0xff}");
}

using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>Starts programs for arm64 on amd64: Debian's qemu-user-static, itself one static file, copied into the root.</summary>
internal static class Emulator
{
    /// <summary>The words that a command in a root begins with; none for this machine's architecture.</summary>
    /// <param name="architecture">The program's architecture.</param>
    /// <param name="root">The root's folder; the emulator is put there.</param>
    public static string[] For(string architecture, string root)
    {
        if (architecture == Repository.OwnArchitecture)
            return [];
        File.Copy(Repository.Arm64Emulator, Path.Combine(root, "qemu"), overwrite: true);
        return ["/qemu"];
    }
}

using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>A file system with nothing but the gate, /dev, and a service account's files: as in the image, in a pod.</summary>
internal sealed class EmptyRoot : IDisposable
{
    private readonly string _serviceAccount;

    public EmptyRoot(string authority, string token, string @namespace)
    {
        Folder = Directory.CreateTempSubdirectory("wait-for-root-").FullName;
        File.Copy(Repository.Gate, Path.Combine(Folder, "wait-for"));
        MakeDevices(Folder);

        // As the kubelet lays it out: the files are links through ..data, which is replaced as a whole.
        _serviceAccount = Path.Combine(Folder, "var", "run", "secrets", "kubernetes.io", "serviceaccount");
        Directory.CreateDirectory(Path.Combine(_serviceAccount, "..first"));
        File.WriteAllText(Path.Combine(_serviceAccount, "..first", "token"), token);
        File.WriteAllText(Path.Combine(_serviceAccount, "..first", "ca.crt"), authority);
        File.WriteAllText(Path.Combine(_serviceAccount, "..first", "namespace"), @namespace);
        File.CreateSymbolicLink(Path.Combine(_serviceAccount, "..data"), "..first");
        foreach (var name in new[] { "token", "ca.crt", "namespace" })
            File.CreateSymbolicLink(Path.Combine(_serviceAccount, name), Path.Combine("..data", name));
    }

    public string Folder { get; }

    public NativeGate Start(Uri server, params string[] arguments) => NativeGate.Start(
        [Folder, "/wait-for", .. arguments],
        new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = server.Host, ["KUBERNETES_SERVICE_PORT"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        "/usr/sbin/chroot");

    public async Task<(int ExitCode, string Output, string Log)> RunAsync(Uri server, params string[] arguments)
    {
        await using var gate = Start(server, arguments);
        var exitCode = await gate.ExitAsync();
        return (exitCode, gate.Output, gate.Log);
    }

    /// <summary>Replaces the token as the kubelet does.</summary>
    public void ReplaceToken(string token)
    {
        Run("cp", "-a", Path.Combine(_serviceAccount, "..first"), Path.Combine(_serviceAccount, "..second"));
        File.WriteAllText(Path.Combine(_serviceAccount, "..second", "token"), token);
        File.CreateSymbolicLink(Path.Combine(_serviceAccount, "..tmp"), "..second");
        Run("mv", "-T", Path.Combine(_serviceAccount, "..tmp"), Path.Combine(_serviceAccount, "..data"));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The devices that every container has.</summary>
    public static void MakeDevices(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "dev"));
        foreach (var (name, minor) in new[] { ("null", "3"), ("random", "8"), ("urandom", "9") })
            Run("mknod", "-m", "666", Path.Combine(folder, "dev", name), "c", "1", minor);
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(command, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}; these tests need root");
    }
}

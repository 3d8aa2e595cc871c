namespace WaitFor.Testing;

/// <summary>A file system with nothing but the gate, /dev, and a service account's files: as in the image, in a pod.</summary>
public sealed class EmptyRoot : IDisposable
{
    private readonly string _serviceAccount;

    /// <summary>Makes it.</summary>
    /// <param name="authority">The API server's CA, PEM.</param>
    /// <param name="token">The service account's token.</param>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="gate">The gate's file; null: the published one.</param>
    public EmptyRoot(string authority, string token, string @namespace, string? gate = null)
    {
        Folder = Directory.CreateTempSubdirectory("wait-for-root-").FullName;
        // The folder is its maker's alone; the gate may run as another user.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        File.Copy(gate ?? Repository.Gate, Path.Combine(Folder, "wait-for"));
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

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Starts the gate in it.</summary>
    public NativeGate Start(Uri server, params string[] arguments) =>
        NativeGate.Start([Folder, "/wait-for", .. arguments], Variables(server), "/usr/sbin/chroot");

    /// <summary>As a restricted pod does: uid 65532 and its group alone, a root that cannot be written, no capabilities, and no way to
    /// any.</summary>
    public NativeGate StartRestricted(Uri server, params string[] arguments) => StartRestrictedCommand(server, ["/wait-for", .. arguments]);

    /// <summary>As <see cref="StartRestricted"/>, with any program in it.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="command">The program's path in the folder, and its arguments.</param>
    /// <param name="path">The image's PATH; null: the one that every test has.</param>
    public NativeGate StartRestrictedCommand(Uri server, IReadOnlyList<string> command, string? path = null)
    {
        var variables = Variables(server);
        if (path is not null)
            variables["PATH"] = path;
        return NativeGate.Start([.. Restricted(Folder), .. command], variables, Unprivileged);
    }

    /// <summary>The program that <see cref="Restricted"/> begins with.</summary>
    public const string Unprivileged = "/usr/bin/setpriv";

    /// <summary>The arguments before a command that runs restricted in a folder; the mount is the command's own, and goes with
    /// it.</summary>
    public static string[] Restricted(string folder) =>
        [
            "--no-new-privs",
            "/usr/bin/unshare",
            "--mount",
            "--propagation",
            "private",
            "/bin/sh",
            "-c",
            "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec chroot --userspec=65532:65532 --groups= \"$0\" \"$@\"",
            folder,
        ];

    /// <summary>Runs the gate in it.</summary>
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

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The devices that every container has.</summary>
    public static void MakeDevices(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "dev"));
        foreach (var (name, minor) in new[] { ("null", "3"), ("random", "8"), ("urandom", "9") })
            Run("mknod", "-m", "666", Path.Combine(folder, "dev", name), "c", "1", minor);
    }

    private static Dictionary<string, string> Variables(Uri server) =>
        new()
        {
            ["KUBERNETES_SERVICE_HOST"] = server.Host,
            ["KUBERNETES_SERVICE_PORT"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    private static void Run(string command, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(command, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}; these tests need root"
            );
    }
}

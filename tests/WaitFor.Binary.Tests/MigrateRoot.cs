using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>A file system with nothing but migrate, /dev, one script and a CA: as in the image. It runs there as the image's
/// user.</summary>
internal sealed class MigrateRoot : IDisposable
{
    private const string User = "65532:65532";

    private readonly string _folder = Directory.CreateTempSubdirectory("migrate-root-").FullName;

    public MigrateRoot(string authority)
    {
        // The folder is its maker's alone.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        File.Copy(Repository.Migrate, Path.Combine(_folder, "migrate"));
        EmptyRoot.MakeDevices(_folder);
        Directory.CreateDirectory(Path.Combine(_folder, "sql"));
        File.WriteAllText(Path.Combine(_folder, "sql", "V1__item.sql"), "CREATE TABLE item (id int);\nINSERT INTO item VALUES (1), (2);\n");
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), authority);
    }

    public Task<(int ExitCode, string Output, string Log)> RunAsync(string url, params string[] arguments) =>
        NativeGate.RunAsync(
            ["--userspec", User, _folder, "/migrate", .. arguments],
            url.Length == 0 ? null : new Dictionary<string, string> { ["DATABASE_URL"] = url },
            "/usr/sbin/chroot"
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using WaitFor.CommandLine;

namespace WaitFor.Manifests;

/// <summary>The files that <c>-f</c> names: files, folders, the standard input.</summary>
/// <param name="standardInput">Opens the standard input.</param>
/// <param name="command">The command that reads manifests from a pipe, for messages.</param>
internal sealed class ManifestFiles(Func<Stream> standardInput, string command)
{
    private const int LargestFile = 64 * 1024 * 1024;
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads one after the other.</summary>
    /// <param name="paths">Files, folders, and <c>-</c> for the standard input.</param>
    /// <param name="recursive">True: folders below folders too.</param>
    /// <exception cref="UsageException">Something cannot be read.</exception>
    public IEnumerable<(string File, byte[] Content)> Read(IReadOnlyList<string> paths, bool recursive)
    {
        foreach (var path in paths)
        {
            if (path == "-")
                yield return (path, ReadOne(path, standardInput));
            else if (Directory.Exists(path))
                foreach (var file in FilesOf(path, recursive))
                    yield return (file, ReadOne(file, () => File.OpenRead(file)));
            else if (path.Contains("://", StringComparison.Ordinal))
                throw new UsageException($"-f {path}: a URL is not read; download it first, for example curl -fsSL {path} | {command}");
            else
                yield return (path, ReadOne(path, () => File.OpenRead(path)));
        }
    }

    private static List<string> FilesOf(string folder, bool recursive)
    {
        // A mounted ConfigMap has its files a second time, in folders whose names begin with two dots.
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        try
        {
            var files = Directory
                .EnumerateFiles(folder, "*", options)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal))
                .Order(StringComparer.Ordinal)
                .ToList();
            var below = Directory
                .EnumerateDirectories(folder, "*", options)
                .Where(one => !Path.GetFileName(one).StartsWith("..", StringComparison.Ordinal))
                .Where(one => new DirectoryInfo(one).LinkTarget is null)
                .Order(StringComparer.Ordinal)
                .ToList();
            if (recursive)
                files.AddRange(below.SelectMany(one => FilesOf(one, recursive)));
            else if (files.Count == 0)
                throw new UsageException(
                    $"-f {folder}: no .yaml, .yml or .json file in it" + (below.Count > 0 ? "; for those in folders below it add -R" : "")
                );
            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"-f {folder}: {exception.Message}");
        }
    }

    private static byte[] ReadOne(string file, Func<Stream> open)
    {
        try
        {
            using var stream = open();
            using var memory = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0; memory.Write(buffer, 0, read))
            {
                if (memory.Length > LargestFile)
                    throw new UsageException($"-f {file}: larger than {LargestFile / 1024 / 1024} MiB");
            }

            return memory.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"-f {file}: no such file or folder; correct the path");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"-f {file}: {exception.Message}");
        }
    }
}

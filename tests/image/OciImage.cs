using System.Diagnostics;
using System.Formats.Tar;
using System.Text.Json.Nodes;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>An image as it is pushed: an OCI layout in a folder
/// (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).</summary>
internal sealed class OciImage
{
    private readonly string _folder;
    private readonly JsonNode _manifest;

    /// <param name="architecture"><c>amd64</c> or <c>arm64</c>.</param>
    /// <param name="name">The image's name.</param>
    public OciImage(string architecture, string name)
    {
        _folder = Path.Combine(Folder, architecture, name);
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "index.json")))!;
        _manifest = JsonNode.Parse(File.ReadAllText(Blob((string)index["manifests"]!.AsArray().Single()!["digest"]!)))!;
        Config = JsonNode.Parse(File.ReadAllText(Blob((string)_manifest["config"]!["digest"]!)))!;
    }

    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "image");

    /// <summary>The image's configuration: architecture, labels, and how it is started.</summary>
    public JsonNode Config { get; }

    /// <summary>The layers' digests, of what is pulled.</summary>
    public IReadOnlyList<string> Layers => [.. _manifest["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!)];

    /// <summary>What a node pulls, in bytes, without the few hundred of the manifest and the configuration.</summary>
    public long CompressedSize => _manifest["layers"]!.AsArray().Sum(layer => (long)layer!["size"]!);

    /// <summary>All that is in its layers, the lowest one first.</summary>
    public IReadOnlyList<TarEntry> Entries()
    {
        var entries = new List<TarEntry>();
        foreach (var layer in Layers)
        {
            using var zstd = Process.Start(
                new ProcessStartInfo("zstd", ["--decompress", "--stdout", Blob(layer)]) { RedirectStandardOutput = true }
            )!;
            using var tar = new TarReader(zstd.StandardOutput.BaseStream);
            while (tar.GetNextEntry(copyData: true) is { } entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Writes its files into a folder, as a runtime does.</summary>
    public void Unpack(string folder)
    {
        foreach (var layer in Layers)
        {
            using var tar = Process.Start("tar", ["--extract", "--zstd", "--file", Blob(layer), "--directory", folder]);
            tar.WaitForExit();
            if (tar.ExitCode != 0)
                throw new InvalidOperationException($"tar ended with {tar.ExitCode} at layer {layer} of {_folder}");
        }
    }

    private string Blob(string digest) => Path.Combine(_folder, "blobs", digest.Replace(':', Path.DirectorySeparatorChar));
}

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

    /// <param name="build">Which build: <c>first</c> or <c>second</c>.</param>
    /// <param name="name">The image's name.</param>
    public OciImage(string build, string name)
    {
        _folder = Path.Combine(Folder, build, name);
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "index.json")))!;
        _manifest = JsonNode.Parse(File.ReadAllText(Blob((string)index["manifests"]!.AsArray().Single()!["digest"]!)))!;
        Config = JsonNode.Parse(File.ReadAllText(Blob((string)_manifest["config"]!["digest"]!)))!;
    }

    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "image");

    /// <summary>What is told of the image: architecture, and how it is started.</summary>
    public JsonNode Config { get; }

    /// <summary>The layers' digests, of what is pulled.</summary>
    public IReadOnlyList<string> Layers => [.. _manifest["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!)];

    /// <summary>What a node pulls, in bytes, without the few hundred of the manifest and the configuration.</summary>
    public long CompressedSize => _manifest["layers"]!.AsArray().Sum(layer => (long)layer!["size"]!);

    /// <summary>All that is in its only layer.</summary>
    public IReadOnlyList<TarEntry> Entries()
    {
        using var zstd = Process.Start(
            new ProcessStartInfo("zstd", ["--decompress", "--stdout", Blob(Layers.Single())]) { RedirectStandardOutput = true }
        )!;
        using var tar = new TarReader(zstd.StandardOutput.BaseStream);
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
            entries.Add(entry);
        return entries;
    }

    private string Blob(string digest) => Path.Combine(_folder, "blobs", digest.Replace(':', Path.DirectorySeparatorChar));
}

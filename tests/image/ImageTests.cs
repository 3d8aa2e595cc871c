using System.Formats.Tar;
using System.Xml.Linq;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>What the images hold and say, as tests/image/run has built them from the Dockerfile.</summary>
public sealed class ImageTests
{
    /// <summary>The images, and the most bytes that a node pulls for each.</summary>
    public static TheoryData<string, int> Images => new() { { "wait-for", 7_000_000 }, { "migrate", 9_000_000 } };

    [ImageTheory]
    [MemberData(nameof(Images))]
    public void It_holds_one_file(string name, int mostBytes)
    {
        var image = new OciImage("first", name);

        var file = Assert.Single(image.Entries());
        Assert.Equal((name, TarEntryType.RegularFile, (UnixFileMode)0b111_101_101, 0), (file.Name, file.EntryType, file.Mode, file.Uid));
        Assert.InRange(image.CompressedSize, 1, mostBytes);
    }

    [ImageTheory]
    [MemberData(nameof(Images))]
    public void It_says_how_it_is_started_and_what_it_is(string name, int mostBytes)
    {
        _ = mostBytes;
        var image = new OciImage("first", name);
        var config = image.Config["config"]!;
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal(("amd64", "linux"), ((string)image.Config["architecture"]!, (string)image.Config["os"]!));
        Assert.Equal("65532:65532", (string)config["User"]!);
        Assert.Equal([$"/{name}"], config["Entrypoint"]!.AsArray().Select(word => (string)word!));
        Assert.Null(config["Cmd"]);
        Assert.Equal(
            [(("title"), name), ("version", version), ("licenses", "MIT")],
            new[] { "title", "version", "licenses" }.Select(label =>
                (label, (string)config["Labels"]![$"org.opencontainers.image.{label}"]!)
            )
        );
        Assert.Matches("^[0-9a-f]{40}$", (string)config["Labels"]!["org.opencontainers.image.revision"]!);
        Assert.NotEmpty((string)config["Labels"]!["org.opencontainers.image.description"]!);
    }

    [ImageTheory]
    [MemberData(nameof(Images))]
    public void Two_builds_give_the_same_bytes(string name, int mostBytes)
    {
        _ = mostBytes;
        Assert.Equal(new OciImage("first", name).Layers, new OciImage("second", name).Layers);
    }
}

using System.Formats.Tar;
using System.Security.Cryptography;
using System.Xml.Linq;
using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>What the images hold and say, as tests/image/run has built them from the Dockerfile.</summary>
public sealed class ImageTests
{
    /// <summary>The images of one file, and the most bytes that a node pulls for each (MB are 10^6 bytes).</summary>
    public static TheoryData<string, string, int> Images =>
        new()
        {
            { "amd64", "wait-for", 6_500_000 },
            { "amd64", "migrate", 7_800_000 },
            { "arm64", "wait-for", 6_500_000 },
            { "arm64", "migrate", 7_800_000 },
        };

    public static TheoryData<string, string, string> Descriptions =>
        new()
        {
            { "wait-for", "/wait-for", "MIT" },
            { "wait-for-shell", "/wait-for", "MIT AND GPL-2.0-only" },
            { "migrate", "/migrate", "MIT" },
        };

    [ImageTheory]
    [MemberData(nameof(Images))]
    public void It_holds_one_file(string architecture, string name, int mostBytes)
    {
        var image = new OciImage(architecture, name);

        var names = image.Entries().Where(entry => entry.EntryType != TarEntryType.Directory).ToList();
        // A second name is a link: the file is stored, and pulled, once.
        Assert.Equal(name == "migrate" ? ["bin/flyway", "migrate"]
            : [name], names.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        var file = Assert.Single(names, entry => entry.EntryType != TarEntryType.HardLink);
        Assert.Equal((TarEntryType.RegularFile, (UnixFileMode)0b111_101_101, 0), (file.EntryType, file.Mode, file.Uid));
        Assert.InRange(image.CompressedSize, 1, mostBytes);
    }

    /// <summary>The Dockerfile and tests/publish give the same bytes, from a folder without .git and from a checkout.</summary>
    [ImageTheory]
    [InlineData("wait-for")]
    [InlineData("migrate")]
    public void Its_program_is_the_published_one(string name)
    {
        foreach (var (file, architecture) in Repository.Binaries(name))
        {
            var program = Assert.Single(
                new OciImage(architecture, name).Entries(),
                entry => entry.EntryType == TarEntryType.RegularFile && entry.DataStream is not null
            );

            Assert.Equal(
                (architecture, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
                (architecture, Convert.ToHexString(SHA256.HashData(program.DataStream!)))
            );
        }
    }

    [ImageTheory]
    [MemberData(nameof(Descriptions))]
    public void It_says_how_it_is_started_and_what_it_is(string name, string entrypoint, string licenses)
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            var image = new OciImage(architecture, name);
            var config = image.Config["config"]!;

            Assert.Equal((architecture, "linux"), ((string)image.Config["architecture"]!, (string)image.Config["os"]!));
            Assert.Equal("65532:65532", (string)config["User"]!);
            Assert.Equal([entrypoint], config["Entrypoint"]!.AsArray().Select(word => (string)word!));
            Assert.Null(config["Cmd"]);
            Assert.Equal(
                [("title", name), ("version", version), ("licenses", licenses)],
                new[] { "title", "version", "licenses" }.Select(label =>
                    (label, (string)config["Labels"]![$"org.opencontainers.image.{label}"]!)
                )
            );
            Assert.Matches("^[0-9a-f]{40}$", (string)config["Labels"]!["org.opencontainers.image.revision"]!);
            Assert.NotEmpty((string)config["Labels"]!["org.opencontainers.image.description"]!);
            Assert.Equal(Published(architecture), (string)config["Labels"]!["waitfor.openssl"]!);
        }
    }

    private static string Published(string architecture) =>
        File.ReadAllText(Path.Combine(Repository.Root, "artifacts", "sbom", $"openssl-{architecture}")).Trim();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>What the programs and their SPDX documents say they are made of, on each architecture.</summary>
public sealed class VersionTests
{
    public static TheoryData<string, string, string> Programs
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var name in new[] { "wait-for", "migrate" })
            foreach (var (file, architecture) in Repository.Binaries(name))
                rows.Add(name, file, architecture);
            return rows;
        }
    }

    [NativeTheory]
    [MemberData(nameof(Programs))]
    public async Task Version_names_the_program_and_what_it_runs_with(string name, string file, string architecture)
    {
        var (exitCode, output, log) =
            architecture == Repository.OwnArchitecture
                ? await NativeGate.RunAsync(["--version"], executable: file)
                : await NativeGate.RunAsync([file, "--version"], executable: Repository.Arm64Emulator);

        Assert.True(exitCode == 0, log);
        Assert.Empty(log);
        var upstream = Linked(architecture).Split('-')[0];
        Assert.Equal([$"{name} {ProductVersion}", $".NET {Environment.Version}, OpenSSL {upstream}"], output.TrimEnd('\n').Split('\n'));
    }

    /// <summary>apt-get update first if this fails for want of a candidate; tests/publish if it fails for an old one.</summary>
    [NativeTheory]
    [MemberData(nameof(Programs))]
    public async Task The_linked_OpenSSL_is_not_older_than_the_one_that_apt_offers(string name, string file, string architecture)
    {
        Assert.True(File.Exists(file), $"no {name} for {architecture}: run tests/publish {architecture}");
        var (_, policy, _) = await NativeGate.RunAsync(["policy", "libssl-dev"], executable: "/usr/bin/apt-cache");
        var candidate = Regex.Match(policy, @"Candidate: (\d\S*)");
        Assert.True(candidate.Success, $"apt does not know libssl-dev: run apt-get update\n{policy}");

        var (older, _, _) = await NativeGate.RunAsync(
            ["--compare-versions", Linked(architecture), "lt", candidate.Groups[1].Value],
            executable: "/usr/bin/dpkg"
        );

        Assert.True(older == 1, $"{file} holds OpenSSL {Linked(architecture)}, apt offers {candidate.Groups[1].Value}: run tests/publish");
    }

    [NativeTheory]
    [MemberData(nameof(Programs))]
    public async Task The_SPDX_document_names_the_file_the_packages_and_OpenSSL(string name, string file, string architecture)
    {
        var spdx = Path.Combine(Sbom, $"{name}-{architecture}.spdx.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(spdx));
        var packages = document.RootElement.GetProperty("packages").EnumerateArray().ToList();
        var versions = packages.ToDictionary(Name, package => package.GetProperty("versionInfo").GetString()!);

        Assert.Equal("SPDX-2.3", document.RootElement.GetProperty("spdxVersion").GetString());
        Assert.Equal(ProductVersion, versions[name]);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file))),
            packages[0].GetProperty("checksums")[0].GetProperty("checksumValue").GetString()
        );
        Assert.Equal(Linked(architecture), versions["openssl"]);
        Assert.Contains("glibc", versions.Keys);
        Assert.Equal(
            Environment.Version.ToString(),
            versions[$"microsoft.netcore.app.runtime.nativeaot.linux-{(architecture == "amd64" ? "x64" : architecture)}"]
        );
        // The packages that the props file holds for the executables, as far as this one refers to them.
        var props = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var central = props
            .Descendants("PackageVersion")
            .ToDictionary(
                package => ((string)package.Attribute("Include")!).ToLowerInvariant(),
                package => (string)package.Attribute("Version")!
            );
        Assert.Empty(new[] { "polly.core", "system.commandline", "yamldotnet" }.Except(versions.Keys));
        Assert.All(versions.Keys.Where(central.ContainsKey), package => Assert.Equal(central[package], versions[package]));

        // Each is contained in the program, and has a package URL that scanners know.
        var contained = document
            .RootElement.GetProperty("relationships")
            .EnumerateArray()
            .Where(relation => relation.GetProperty("relationshipType").GetString() == "CONTAINS")
            .Select(relation => relation.GetProperty("relatedSpdxElement").GetString());
        Assert.Equal(packages.Skip(1).Select(package => package.GetProperty("SPDXID").GetString()), contained);
        Assert.All(packages.Skip(1), package =>
            Assert.Matches(
                "^pkg:(nuget|deb)/[^ ]+@[^ :+]+$",
                package.GetProperty("externalRefs")[0].GetProperty("referenceLocator").GetString()
            )
        );
    }

    private static string Sbom { get; } = Path.Combine(Repository.Root, "artifacts", "sbom");

    private static string ProductVersion { get; } =
        XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The version of the package that tests/publish has linked.</summary>
    private static string Linked(string architecture) => File.ReadAllText(Path.Combine(Sbom, $"openssl-{architecture}")).Trim();

    private static string Name(JsonElement package) => package.GetProperty("name").GetString()!;
}
